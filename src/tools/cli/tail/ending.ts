import { isFinalClose } from '#protocol/close-codes.js'
import { closeWords } from '#protocol/close-meaning.js'
import { closeCodes } from '#protocol/codes.js'
import { exitCodes } from '../exit-codes.js'
import { printable } from '../printable.js'

/** How a connection came to its end. */
export type Ending =
  /** There was no answer, or not that of a WebSocket. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The upgrade was answered with another HTTP status than 101. */
  | { readonly kind: 'upgrade_refused'; readonly status: number; readonly message: string }
  /** The subscription was answered with an `error`, which may say that waiting helps. */
  | { readonly kind: 'subscription_refused'; readonly message: string; readonly mayPass: boolean }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }

export interface Verdict {
  /** What happened, in words. */
  readonly words: string
  /** Undefined where trying again may help. */
  readonly exitCode: number | undefined
}

/** @param connectedBefore whether any connection of this tail was ever open: a first try that fails is not repeated. */
export function verdictOn(ending: Ending, connectedBefore: boolean): Verdict {
  switch (ending.kind) {
    case 'unreachable':
      return { words: `cannot connect: ${printable(ending.message)}`, exitCode: connectedBefore ? undefined : exitCodes.unavailable }
    case 'upgrade_refused':
      return { words: refusalWords(ending), exitCode: refusalExitCode(ending.status, connectedBefore) }
    case 'subscription_refused':
      return {
        words: `the subscription was refused: ${printable(ending.message)}`,
        exitCode: ending.mayPass ? undefined : exitCodes.refused,
      }
    case 'closed':
      return { words: closedWords(ending), exitCode: closeExitCode(ending.code) }
  }
}

function refusalWords({ status, message }: { status: number; message: string }): string {
  return `the server refused the connection with HTTP ${status}${message === '' ? '' : `: ${printable(message)}`}`
}

/** 429 and 5xx are about the server's state, which may pass. All others are about the request, which stays the same. */
function refusalExitCode(status: number, connectedBefore: boolean): number | undefined {
  if (status === 401 || status === 403) return exitCodes.refused
  const mayPass = status === 429 || status >= 500
  return connectedBefore && mayPass ? undefined : exitCodes.unavailable
}

/** The server's own words come first, as it may be newer than this table. */
function closedWords({ code, reason }: { code: number; reason: string }): string {
  return `${reason === '' ? (closeWords(code) ?? 'the connection was closed') : printable(reason)} (close code ${code})`
}

function closeExitCode(code: number): number | undefined {
  if (code === closeCodes.token_expired.code) return exitCodes.refused
  return isFinalClose(code) ? exitCodes.unavailable : undefined
}
