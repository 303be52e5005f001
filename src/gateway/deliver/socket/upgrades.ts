/**
 * Enters: requests for a WebSocket, from any server library. Leaves: clients whose token is good, to the acceptor. A refused request gets a
 * JSON answer with its code, or from a browser a close code, and is counted.
 */
import { Allowance } from '#allowance.js'
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
  /**
   * How many clients may connect now. When a neighbour of this node has ended, all of its clients come at once. To read their tokens, answer
   * their subscriptions and send them their pages would hold up whoever is connected already for seconds; those who are refused come back at
   * moments of their own.
   */
  private readonly allowance: Allowance
  private pending = 0

  constructor(
    private readonly options: ServerOptions,
    private readonly parts: Omit<ServerParts, keyof RouteParts>,
    private readonly waitingSockets: WaitingSockets,
  ) {
    this.admission = new Admission(parts.verifier, options.allowedOrigins)
    this.refusedSockets = new RefusedSockets(options.waitingSocketsMax, parts, waitingSockets)
    this.allowance = new Allowance(options.upgradesPerSecondMax, parts.clock)
  }

  async decide(attempt: UpgradeAttempt): Promise<void> {
    const refusal = this.earlyRefusal()
    if (refusal === undefined) await this.identify(attempt)
    else this.refuse(attempt, refusal)
  }

  private async identify(attempt: UpgradeAttempt): Promise<void> {
    const { meter, clock } = this.parts
    const startedMs = clock.monotonicMs()
    meter.upgradesPending = ++this.pending
    const identity = await this.admission.identify(attempt.request)
    meter.upgradesPending = --this.pending
    // Asked again after the token was read, as other clients have come in meanwhile.
    const refusal = typeof identity === 'string' ? identity : this.parts.acceptor.admissionRefusal(identity)
    if (typeof identity !== 'string' && refusal === undefined && !attempt.isGone()) this.accept(attempt, identity)
    else this.turnAway(attempt, refusal)
    meter.upgradeLatency.observe(clock.monotonicMs() - startedMs)
  }

  private turnAway(attempt: UpgradeAttempt, refusal: HttpErrorCode | undefined): void {
    this.allowance.giveBack()
    if (refusal !== undefined && !attempt.isGone()) this.refuse(attempt, refusal)
  }

  /**
   * What is known before the token is read, so that a crowd at a closed door costs no signatures. A place in this second is taken by this
   * client from now on; who is not let in gives it back, so that a crowd without good tokens keeps nobody out.
   */
  private earlyRefusal(): HttpErrorCode | undefined {
    if (this.pending >= pendingMax) return 'too_many_connections'
    const refusal = this.parts.acceptor.admissionRefusal()
    // At the limit a client may still replace its own older connection, which is known only once the token is read.
    if (refusal !== undefined && refusal !== 'too_many_connections') return refusal
    return this.allowance.take() ? undefined : 'busy'
  }

  private refuse(attempt: UpgradeAttempt, code: HttpErrorCode): void {
    Meter.count(this.parts.meter.upgradesRefused, code)
    this.parts.log.debug({ code }, 'An upgrade was refused.')
    const subprotocol = subprotocolOfBrowser(attempt.request)
    if (subprotocol === undefined || !this.refusedSockets.close(code, subprotocol, (owner) => attempt.accept(owner, subprotocol)))
      attempt.refuse(refusalAnswer(code, this.parts.random()))
  }

  private accept(attempt: UpgradeAttempt, identity: Identity): void {
    const client = new ClientSocket(identity, this.options, this.parts)
    attempt.accept(client, identity.subprotocol)
    this.waitingSockets.upgraded()
    client.open(this.parts.acceptor)
  }
}
