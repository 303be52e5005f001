import type { Clock } from '#clock.js'
import type { ServerMessage } from '#protocol/message.js'
import type { Send } from './follow.js'

export interface TailTokenParts {
  /** The token as it is now. @throws ConfigurationError where there is none. */
  readonly token: () => string
  readonly clock: Clock
  /** One line, without its end. */
  readonly notice: (line: string) => void
}

/** How often another token is looked for once the server has said that this one ends, which it does 30 seconds ahead. */
const lookMs = 1000

/** The token of a tail. An open connection is brought another one when its own ends and there is one by then. */
export class TailToken {
  private used: string
  private cancel: () => void = () => undefined

  /** @throws ConfigurationError where there is none. */
  constructor(private readonly parts: TailTokenParts) {
    this.used = parts.token()
  }

  /** Whether there is another one than the one that was sent last. */
  get isOutdated(): boolean {
    return this.latest() !== this.used
  }

  /** The token for a new connection. */
  next(): string {
    return (this.used = this.latest())
  }

  received(message: ServerMessage, send: Send): void {
    if (message.type === 'token_expiring') {
      this.parts.notice(`The token ends in ${message.token_expires_in_s} s.`)
      this.lookForAnother(send)
    }
    if (message.type === 'authenticated') {
      this.stop()
      this.parts.notice(`Going on with another token, which ends in ${message.token_expires_in_s} s.`)
    }
  }

  /** The connection has ended. */
  stop(): void {
    this.cancel()
  }

  /** Goes on until one is taken: the server may refuse it, as it may be of somebody else. */
  private lookForAnother(send: Send): void {
    this.stop()
    if (this.isOutdated) send({ type: 'authenticate', token: this.next() })
    this.cancel = this.parts.clock.after(lookMs, () => this.lookForAnother(send))
  }

  /** A file that is just being replaced holds none: then it is the one before. */
  private latest(): string {
    try {
      return this.parts.token()
    } catch {
      return this.used
    }
  }
}
