import { closeCodes } from '#protocol/codes.js'
import { exitCodes } from '../exit-codes.js'
import { printable } from '../printable.js'

/** How a connection came to its end. */
export type Ending =
  /** There was no answer, or none that is a WebSocket's. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The upgrade was answered with another HTTP status than 101. */
  | { readonly kind: 'upgrade_refused'; readonly status: number; readonly message: string }
  /** The subscription was answered with an `error`. */
  | { readonly kind: 'subscription_refused'; readonly message: string }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }

export interface Verdict {
  /** What happened, in words. */
  readonly words: string
  /** Undefined where trying again may help. */
  readonly exitCode: number | undefined
}

/** The protocol's own codes from here on say that the same connection would fail the same way. */
const finalCodesFrom = 4500
const ownCodesFrom = 4000

/** The standard's codes (RFC 6455 and IANA's registry); those without `final` pass by themselves. */
const standardCodes: Record<number, { words: string; final?: true }> = {
  1000: { words: 'the server has ended the connection', final: true },
  1001: { words: 'the server is going away' },
  1002: { words: 'the protocol was broken', final: true },
  1005: { words: 'the connection was closed without a reason' },
  1006: { words: 'the connection was lost' },
  1009: { words: 'a message was too big', final: true },
  1011: { words: 'the server met an error' },
  1012: { words: 'the server is restarting' },
  1013: { words: 'the server asks to try again later' },
  1014: { words: 'a proxy could not reach the server' },
}

/** @param connectedBefore whether any connection of this tail was ever open: a first try that fails is not repeated. */
export function verdictOn(ending: Ending, connectedBefore: boolean): Verdict {
  switch (ending.kind) {
    case 'unreachable':
      return { words: `cannot connect: ${printable(ending.message)}`, exitCode: connectedBefore ? undefined : exitCodes.unavailable }
    case 'upgrade_refused':
      return { words: refusalWords(ending), exitCode: refusalExitCode(ending.status, connectedBefore) }
    case 'subscription_refused':
      return { words: `the subscription was refused: ${printable(ending.message)}`, exitCode: exitCodes.refused }
    case 'closed':
      return { words: closeWords(ending), exitCode: closeExitCode(ending.code) }
  }
}

function refusalWords({ status, message }: { status: number; message: string }): string {
  return `the server refused the connection with HTTP ${status}${message === '' ? '' : `: ${printable(message)}`}`
}

/** 429 and 5xx speak of the server's state, which may pass; the rest of the request, which stays the same. */
function refusalExitCode(status: number, connectedBefore: boolean): number | undefined {
  if (status === 401 || status === 403) return exitCodes.refused
  const mayPass = status === 429 || status >= 500
  return connectedBefore && mayPass ? undefined : exitCodes.unavailable
}

/** What the server said itself comes first: it may be newer than this table. */
function closeWords({ code, reason }: { code: number; reason: string }): string {
  const known = Object.values(closeCodes).find((close) => close.code === code)?.reason ?? standardCodes[code]?.words
  return `${reason === '' ? (known ?? 'the connection was closed') : printable(reason)} (close code ${code})`
}

function closeExitCode(code: number): number | undefined {
  if (code === closeCodes.token_expired.code) return exitCodes.refused
  if (code >= finalCodesFrom) return exitCodes.unavailable
  if (code >= ownCodesFrom) return undefined
  return standardCodes[code] === undefined || standardCodes[code].final ? exitCodes.unavailable : undefined
}
