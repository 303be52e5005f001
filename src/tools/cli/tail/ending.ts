import type { LinkEnd } from '#client/sluice-client.js'
import { closeWords } from '#protocol/close-meaning.js'
import { exitCodes } from '../exit-codes.js'
import { printable } from '#text/printable.js'

/** What the gateway has against the token, or against where it comes from. */
const refusals: readonly LinkEnd['name'][] = [
  'token_expired',
  'token_invalid',
  'token_missing',
  'token_not_active',
  'token_failed',
  'revoked',
  'origin_forbidden',
]

/** How a connection came to its end, in words. @param failure why it could not be made; empty where it could. */
export function endingWords({ code, reason }: LinkEnd, failure: string): string {
  if (failure !== '') return `cannot connect: ${printable(failure)}`
  // The server's own words come first, as it may be newer than this table.
  const words = (reason === '' ? (closeWords(code) ?? 'the connection was closed') : printable(reason)).replace(/\.$/, '')
  return code === 0 ? words : `${words} (close code ${code})`
}

/** For an end after which the same connection is not tried again. */
export function endingExitCode({ name }: Pick<LinkEnd, 'name'>): number {
  return refusals.includes(name) ? exitCodes.refused : exitCodes.unavailable
}
