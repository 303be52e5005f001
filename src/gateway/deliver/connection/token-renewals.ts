import type { Identity } from '../../authenticate/identity.js'
import type { TokenVerifier } from '../../authenticate/token-verifier.js'
import type { Clock } from '#clock.js'
import { noRevocations, type Revocations } from '../../control/revocations.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'

/** How many tokens are verified at a time, should the key server be slow: each holds its client's frame, 64 MB together. */
const pendingMax = 4096

/** Verifies the tokens that clients of open connections bring. */
export class TokenRenewals {
  private pending = 0

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly clock: Clock,
    private readonly revocations: Pick<Revocations, 'isVoid'> = noRevocations,
  ) {}

  /** Calls back, always later, with who the client is from now on, or with why it is who it was. */
  verify(token: string, identity: Identity, done: (outcome: Identity | ProtocolErrorCode) => void): void {
    if (this.pending >= pendingMax) return this.clock.nextTick(() => done('keys_unavailable'))
    this.pending++
    void this.outcomeOf(token, identity).then((outcome) => {
      this.pending--
      // Not amid what the client's socket is handling: what it holds is known only behind that.
      this.clock.nextTick(() => done(this.unlessVoid(outcome)))
    })
  }

  /** Asked when the token is to count, as it may have been revoked while it was verified. */
  private unlessVoid(outcome: Identity | ProtocolErrorCode): Identity | ProtocolErrorCode {
    return typeof outcome !== 'string' && this.revocations.isVoid(outcome) ? 'token_revoked' : outcome
  }

  private async outcomeOf(token: string, { sub, clientId, subprotocol }: Identity): Promise<Identity | ProtocolErrorCode> {
    const verified = await this.verifier.verify(token)
    if (typeof verified === 'string') return verified
    if (verified.sub !== sub) return 'token_of_another'
    const { roles, claims, expiresAtMs } = verified
    // Member by member, as all identities are made: so they have one shape.
    return { sub, clientId, roles, claims, expiresAtMs, subprotocol }
  }
}
