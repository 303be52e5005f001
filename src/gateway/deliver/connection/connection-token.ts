import type { Identity } from '../../authenticate/identity.js'
import type { Clock } from '#clock.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { TokenRenewals } from './token-renewals.js'

/** So long ahead of its token's end a client is told: enough to log in again. */
const expiringMs = 30_000

/** Changed rights may touch each subscription of a connection, so a client cannot have it done for every frame. */
const renewalPauseMs = 1000

/** The token by which a connection stands: until when, and how it is renewed. */
export class ConnectionToken {
  private isToldOfEnd = false
  /** By the monotonic clock; Infinity while a token is being verified. */
  private renewableFromMs = 0

  constructor(
    private current: Identity,
    private readonly clock: Clock,
  ) {}

  get identity(): Identity {
    return this.current
  }

  get secondsLeft(): number {
    return Math.max(0, Math.floor(this.leftMs / 1000))
  }

  /** `expiring` is answered once of each token. */
  state(): 'good' | 'expiring' | 'expired' {
    const { leftMs } = this
    if (leftMs <= 0) return 'expired'
    if (leftMs > expiringMs || this.isToldOfEnd) return 'good'
    this.isToldOfEnd = true
    return 'expiring'
  }

  /**
   * Answers at once why this token is not even verified, if so. Otherwise calls back later with who the client is then, or why it is who it
   * was; `replaceBy` makes it so.
   */
  verify(token: string, renewals: TokenRenewals, done: (outcome: Identity | ProtocolErrorCode) => void): ProtocolErrorCode | undefined {
    const { clock } = this
    if (clock.monotonicMs() < this.renewableFromMs) return 'authenticate_too_often'
    this.renewableFromMs = Infinity
    renewals.verify(token, this.current, (outcome) => {
      this.renewableFromMs = clock.monotonicMs() + renewalPauseMs
      done(outcome)
    })
    return undefined
  }

  replaceBy(identity: Identity): void {
    this.current = identity
    this.isToldOfEnd = false
  }

  private get leftMs(): number {
    return this.current.expiresAtMs - this.clock.now()
  }
}
