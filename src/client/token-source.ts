import type { ClientOptions, TokenAsk } from './api.js'
import { SluiceError } from './sluice-error.js'
import type { Surroundings } from './surroundings.js'

/** A login that does not answer for so long has failed. */
const answerMsMax = 30_000
/** What may stand in a subprotocol, as a JWT may (RFC 9110, 5.6.2). A login that has ended often answers a page instead. */
const tokenPattern = /^[\w!#$%&'*+.^`|~-]+$/

export interface TokenSource {
  readonly ask: (reason: TokenAsk['reason']) => void
  /** Nothing is waited for any more. */
  readonly stop: () => void
}

/**
 * Gets tokens, one at a time: whoever asks meanwhile is given the same one, as two refreshes at once end many logins. What is answered too late
 * is thrown away.
 */
export function makeTokenSource(
  token: ClientOptions['token'],
  around: Surroundings,
  answer: (token: string) => void,
  fail: (error: SluiceError) => void,
): TokenSource {
  let stop: (() => void) | undefined
  const settle = (error: unknown, text?: unknown): void => {
    if (typeof text === 'string' && tokenPattern.test(text)) answer(text)
    else if (error instanceof SluiceError) fail(error)
    else fail(new SluiceError('token_failed', error instanceof Error ? error.message : 'no token'))
  }
  const ask = (reason: TokenAsk['reason']): void => {
    if (typeof token === 'string') return settle(undefined, token)
    if (stop) return
    const aborter = around.aborter()
    const mine = (stop = () => {
      stop = undefined
      cancel()
      aborter.abort()
    })
    const once = (error: unknown, text?: unknown): void => {
      if (stop !== mine) return
      mine()
      settle(error, text)
    }
    const cancel = around.after(answerMsMax, () => once(new Error('no token in time')))
    const asked = new Promise<unknown>((resolve) => resolve(token({ reason, signal: aborter.signal })))
    asked.then((text) => once(undefined, text), once)
  }
  return { ask, stop: () => stop?.() }
}
