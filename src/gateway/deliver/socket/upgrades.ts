/**
 * Enters: requests for a WebSocket, of whatever library. Leaves: those whose token is good, as clients of the acceptor. What is refused
 * gets a JSON answer with its code, and is counted.
 */
import { Admission, type UpgradeRequest } from '../../authenticate/admission.js'
import type { Identity } from '../../authenticate/identity.js'
import type { HttpErrorCode } from '#protocol/codes.js'
import { Meter } from '../../observe/meter.js'
import { ClientSocket } from './client-socket.js'
import { refusalAnswer, type HttpAnswer } from './http-answer.js'
import type { ServerOptions, ServerParts } from './server.js'
import type { WaitingSockets } from './waiting-sockets.js'

/** A request for a WebSocket, as its server's library has it. */
export interface UpgradeAttempt {
  readonly request: UpgradeRequest
  /** Whether whoever asked has left. Nothing else is called then. */
  isGone(): boolean
  refuse(answer: HttpAnswer): void
  /** Makes it a WebSocket, and attaches that to the client. */
  accept(client: ClientSocket, subprotocol: string | undefined): void
}

/** Upgrades that wait for the keys of a slow key server hold their headers: 64 MB together. */
const pendingMax = 4096

export class Upgrades {
  private readonly admission: Admission
  private pending = 0

  constructor(
    private readonly options: ServerOptions,
    private readonly parts: ServerParts,
    private readonly waitingSockets: WaitingSockets,
  ) {
    this.admission = new Admission(parts.verifier, options.allowedOrigins)
  }

  async decide(attempt: UpgradeAttempt): Promise<void> {
    const outcome = await this.identify(attempt.request)
    if (attempt.isGone()) return
    // Asked when nothing else comes in between, as others came in while the token was read.
    const refusal = typeof outcome === 'string' ? outcome : this.parts.acceptor.refusal(outcome)
    if (typeof outcome === 'string' || refusal !== undefined) this.refuse(attempt, refusal!)
    else this.accept(attempt, outcome)
  }

  /** Whether it is open at all is asked before, so that a crowd costs no signatures. */
  private async identify(request: UpgradeRequest): Promise<Identity | HttpErrorCode> {
    if (this.pending >= pendingMax) return 'too_many_connections'
    this.pending++
    const early = this.parts.acceptor.refusal()
    // At the limit somebody may still come in the place of an older connection of the same client: that is known once the token is read.
    const outcome = early === undefined || early === 'too_many_connections' ? await this.admission.identify(request) : early
    this.pending--
    return outcome
  }

  private refuse(attempt: UpgradeAttempt, code: HttpErrorCode): void {
    Meter.count(this.parts.meter.upgradesRefused, code)
    this.parts.log.debug({ code }, 'An upgrade was refused.')
    attempt.refuse(refusalAnswer(code))
  }

  private accept(attempt: UpgradeAttempt, identity: Identity): void {
    const client = new ClientSocket(identity, this.options, this.parts)
    attempt.accept(client, identity.subprotocol)
    this.waitingSockets.upgraded()
    client.open(this.parts.acceptor)
  }
}
