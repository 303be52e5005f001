/**
 * Enters: requests for a WebSocket, from any server library. Leaves: clients whose token is good, to the acceptor. A refused request gets a
 * JSON answer with its code, or from a browser a close code, and is counted.
 */
import { Admission, type UpgradeRequest } from '../../authenticate/admission.js'
import type { Identity } from '../../authenticate/identity.js'
import type { HttpErrorCode } from '#protocol/codes.js'
import { subprotocolOfBrowser } from '#protocol/credentials.js'
import { Meter } from '../../observe/meter.js'
import { ClientSocket, type SocketOwner } from './client-socket.js'
import { refusalAnswer, type HttpAnswer } from './http-answer.js'
import { RefusedSockets } from './refused-sockets.js'
import type { RouteParts } from './routes.js'
import type { ServerOptions, ServerParts } from './server.js'
import type { WaitingSockets } from './waiting-sockets.js'

/** A request for a WebSocket, in the hands of its server library. */
export interface UpgradeAttempt {
  readonly request: UpgradeRequest
  /** Whether the client has left. Then nothing else is called. */
  isGone(): boolean
  refuse(answer: HttpAnswer): void
  /** Makes the request a WebSocket, and attaches that to the client. */
  accept(client: SocketOwner, subprotocol: string | undefined): void
}

/** The limit of upgrades that wait for a slow key server. Each holds its headers: 64 MB together. */
const pendingMax = 4096

export class Upgrades {
  private readonly admission: Admission
  private readonly refusedSockets: RefusedSockets
  private pending = 0

  constructor(
    private readonly options: ServerOptions,
    private readonly parts: Omit<ServerParts, keyof RouteParts>,
    private readonly waitingSockets: WaitingSockets,
  ) {
    this.admission = new Admission(parts.verifier, options.allowedOrigins)
    this.refusedSockets = new RefusedSockets(options.waitingSocketsMax, parts.clock, waitingSockets)
  }

  async decide(attempt: UpgradeAttempt): Promise<void> {
    const outcome = await this.identify(attempt.request)
    if (attempt.isGone()) return
    // Asked again after the token was read, as other clients have come in meanwhile.
    const refusal = typeof outcome === 'string' ? outcome : this.parts.acceptor.admissionRefusal(outcome)
    if (typeof outcome === 'string' || refusal !== undefined) this.refuse(attempt, refusal!)
    else this.accept(attempt, outcome)
  }

  /** Asks the acceptor before the token is read, so that a crowd at a closed door costs no signatures. */
  private async identify(request: UpgradeRequest): Promise<Identity | HttpErrorCode> {
    if (this.pending >= pendingMax) return 'too_many_connections'
    this.pending++
    const early = this.parts.acceptor.admissionRefusal()
    // At the limit a client may still replace its own older connection, which is known only once the token is read.
    const outcome = early === undefined || early === 'too_many_connections' ? await this.admission.identify(request) : early
    this.pending--
    return outcome
  }

  private refuse(attempt: UpgradeAttempt, code: HttpErrorCode): void {
    Meter.count(this.parts.meter.upgradesRefused, code)
    this.parts.log.debug({ code }, 'An upgrade was refused.')
    const subprotocol = subprotocolOfBrowser(attempt.request)
    if (subprotocol === undefined || !this.refusedSockets.close(code, subprotocol, (owner) => attempt.accept(owner, subprotocol)))
      attempt.refuse(refusalAnswer(code))
  }

  private accept(attempt: UpgradeAttempt, identity: Identity): void {
    const client = new ClientSocket(identity, this.options, this.parts)
    attempt.accept(client, identity.subprotocol)
    this.waitingSockets.upgraded()
    client.open(this.parts.acceptor)
  }
}
