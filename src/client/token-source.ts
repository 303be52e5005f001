import type { ClientOptions, TokenAsk } from './api.js'
import { SluiceError } from './sluice-error.js'
import type { Surroundings } from './surroundings.js'

/** A login that does not answer for so long has failed. */
const answerMsMax = 30_000
/** What may stand in a subprotocol (RFC 9110's token), as a JWT does. */
const tokenPattern = /^[\w!#$%&'*+.^`|~-]+$/

type Answer = (token: string) => void
type Failure = (error: SluiceError) => void

/**
 * Gets tokens, one at a time: whoever asks meanwhile is given the same one, as two refreshes at once end many logins. What is answered too late
 * is thrown away.
 */
export class TokenSource {
  private abort: (() => void) | undefined

  constructor(
    private readonly token: ClientOptions['token'],
    private readonly surroundings: Surroundings,
    private readonly answer: Answer,
    private readonly fail: Failure,
  ) {}

  ask(reason: TokenAsk['reason']): void {
    if (typeof this.token === 'string') return this.check(this.token)
    if (this.abort !== undefined) return
    const { signal, abort } = this.begin()
    const once = (call: () => void): void => {
      if (this.abort !== abort) return
      this.stop()
      call()
    }
    const token = this.token
    new Promise<unknown>((resolve) => resolve(token({ reason, signal }))).then(
      (text) => once(() => this.check(text)),
      (error: unknown) => once(() => this.fail(failureOf(error))),
    )
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.abort?.()
    this.abort = undefined
  }

  private begin(): { readonly signal: TokenAsk['signal']; readonly abort: () => void } {
    const aborter = this.surroundings.aborter()
    const cancel = this.surroundings.after(answerMsMax, () => {
      this.stop()
      this.fail(new SluiceError('token_failed', 'The token function does not answer.'))
    })
    const abort = (): void => {
      cancel()
      aborter.abort()
    }
    this.abort = abort
    return { signal: aborter.signal, abort }
  }

  private check(token: unknown): void {
    if (typeof token === 'string' && tokenPattern.test(token)) this.answer(token)
    else this.fail(new SluiceError('token_failed', 'The token function must answer a JWT.'))
  }
}

function failureOf(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  return new SluiceError('token_failed', error instanceof Error ? error.message : String(error))
}
