import { dialectOf, type Identity } from '../../authenticate/identity.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Audience, Rights } from '#policy/rights.js'
import type { Clock } from '#clock.js'
import { closeCodes, type CloseName, type ProtocolErrorCode } from '#protocol/codes.js'
import type { NoteFault } from '../../observe/judging-faults.js'
import type { Log } from '#log.js'
import type { Meter } from '../../observe/meter.js'
import { Actor, inTurn } from './actor.js'
import type { ActorScheduler } from './actor-scheduler.js'
import type { AcceptedConnection } from './connection-acceptor.js'
import { ConnectionSubscriptions, type SubscriptionListing } from './connection-subscriptions.js'
import type { CurrentRights } from './current-rights.js'
import { answerTo } from './answer.js'
import { type ConnectionLimits, mailboxLimitsOf } from './connection-limits.js'
import { FrameWriter } from './frame-writer.js'
import * as protocol from './protocol.js'
import type { Sized } from './mailbox.js'
import type { Subscriber } from './subscription.js'
import { refusalOf, type KnownTypes } from './subscription-gate.js'
import type { SubscriptionQuota } from './subscription-quota.js'
import type { Transport } from './transport.js'

/** What waits in a connection's mailbox, in the order in which it is to be sent. */
export type ConnectionMessage = Frame | CloseMessage

interface CloseMessage extends Sized {
  readonly kind: 'close'
  readonly name: CloseName
}

export interface ConnectionContext {
  readonly scheduler: ActorScheduler
  readonly index: SubscriptionListing
  readonly types: KnownTypes
  readonly limits: ConnectionLimits
  readonly quota: SubscriptionQuota
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
  readonly noteFault: NoteFault
  /** The connection's socket has gone. */
  readonly left: (connection: Connection, code: number, byThisSide: boolean, lingers: boolean) => void
  /** More waits for all connections together than may. Not called amid a write. */
  readonly overfull: () => void
}

/** One client: its identity, its rights, its subscriptions, and the frames that wait for it. */
export class Connection extends Actor<ConnectionMessage> implements Subscriber, AcceptedConnection {
  private readonly subscriptions: ConnectionSubscriptions
  private readonly writer: FrameWriter

  constructor(
    readonly identity: Identity,
    private readonly rights: CurrentRights,
    private readonly transport: Transport,
    private readonly context: ConnectionContext,
  ) {
    super(context.scheduler, mailboxLimitsOf(context.limits), context.meter)
    this.subscriptions = new ConnectionSubscriptions(context.index, this, context.quota)
    this.writer = new FrameWriter(transport, context.meter, context.clock)
    this.tell(protocol.connectionEstablished(identity.clientId))
  }

  /** What it holds of the memory, where nobody else has the same. */
  get heldBytes(): number {
    return this.waitingBytes + this.writer.bufferedBytes
  }

  override tell(message: ConnectionMessage): void {
    super.tell(message)
    // Only the first mailbox that a frame waits in adds to the sum. Looking at it with each delivery took 30 ns of some 350, the socket not counted.
    if (message.mailboxes === 1) this.checkAll()
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.rights.audienceOf(entityType)
  }

  frameOf(update: EntityUpdate): Frame {
    return update.frame(dialectOf(this.identity))
  }

  /**
   * A request counts from when it arrives, and its answer waits its turn behind what was sent before: after the answer to
   * an unsubscription nothing more comes of it, and a subscription never begins amid the delivery of an event.
   */
  receiveText(text: string): void {
    const { subscriptions, rights, context } = this
    const asking = { dialect: dialectOf(this.identity), subscriptions, rights, types: context.types }
    this.writer.amidHandler(() => this.attempt(() => this.tell(answerTo(text, asking))))
  }

  receiveBinary(): void {
    this.writer.amidHandler(() => this.attempt(() => this.tellOf('binary_frame')))
  }

  /**
   * What waits was authorized by the policy before, and is judged anew. Of what has waited for longer than a round, for one that reads
   * slowly, nothing is known any more but its frame: that may leave where the rules for its type are the same. What is in the socket can
   * only be kept back by hanging up, which a connection that is closing already needs as well: it has its last bytes for some seconds.
   */
  policyChanged(): void {
    if (this.cutWhereHeld((entityType) => !this.rights.areAsBefore(entityType), 'rights_changed')) return
    this.attempt(() => this.judgeWaiting())
  }

  /** Such subscriptions stay, as the rights may come back. */
  tellLostRights(): void {
    this.attempt(() => {
      const former = this.rights.takeFormer()
      if (former === undefined) return
      const showsSome = (rights: Rights, type: string | undefined) => refusalOf(rights, this.context.types, type) === undefined
      for (const { entityId, entityType } of this.subscriptions.all()) {
        if (showsSome(former, entityType) && !showsSome(this.rights, entityType)) this.tellOf('forbidden', { entityId })
      }
    })
  }

  /** Of subscriptions to this type alone, and of those by which it was sent an entity of it. They stay, as it may be streamed again. */
  tellStopped(entityType: string): void {
    this.attempt(() => {
      // Whose rights show nothing of it any more learns nothing of it any more.
      if (this.audienceOf(entityType) === undefined) return
      for (const subscription of this.subscriptions.all()) {
        const concerned =
          subscription.entityType === entityType || (subscription.entityType === undefined && subscription.wasSent(entityType))
        if (concerned) this.tellOf('entity_type_stopped', { entityId: subscription.entityId, entityType })
      }
    })
  }

  /** Nothing of this type leaves any more. */
  withdraw(entityType: string): void {
    if (this.cutWhereHeld((held) => held === entityType, 'rights_changed')) return
    const isWithdrawn = (message: ConnectionMessage) => message.kind === 'frame' && message.update?.entityType === entityType
    this.attempt(() => this.reviseWaiting((message) => (isWithdrawn(message) ? undefined : message)))
  }

  /** The rights end with the token, also for what is on its way. */
  expire(): void {
    if (!this.cutWhereHeld(() => true, 'token_expired')) this.close('token_expired')
  }

  /** The socket can take more. */
  drained(): void {
    this.attempt(() => this.writer.drained())
    this.wake()
  }

  /** Closes after all that waits has been sent. */
  closeInOrder(name: CloseName): void {
    this.tell({ kind: 'close', size: 0, mailboxes: 0, name })
  }

  /** Closes now; what waits is let go, as the close code tells the client. */
  close(name: CloseName): void {
    if (!this.isStopped) this.leave(() => this.transport.close(closeCodes[name]))
  }

  /** Lets its memory go: by a close code, or where only its last bytes are left by hanging up. */
  relieve(): void {
    if (this.isStopped) this.cut('too_slow')
    else this.close('too_slow')
  }

  closed(code: number, byThisSide: boolean, lingers = byThisSide): void {
    this.leave(() => {
      this.writer.gone()
      this.context.left(this, code, byThisSide, lingers)
    })
  }

  protected override isReady(): boolean {
    return !this.writer.isBlocked
  }

  protected override turn(handleWaiting: () => void): void {
    this.writer.turn(this.waiting === 1, handleWaiting)
    if (this.writer.bufferedBytes > 0) this.checkAll()
  }

  protected override receive(message: ConnectionMessage): void {
    if (message.kind === 'frame') this.writer.write(message)
    else this.close(message.name)
  }

  protected override overflowed(): void {
    this.close('too_slow')
  }

  protected override failed(error: unknown): void {
    this.leave(() => this.transport.close(closeCodes.internal_error), error)
  }

  private tellOf(code: ProtocolErrorCode, about: Omit<protocol.RequestError, 'code'> = {}): void {
    this.tell(protocol.errorFrame({ code, ...about }, dialectOf(this.identity)))
  }

  /** Both, whatever one of them throws: no fault of ours may leave a socket without its connection, or the reverse. */
  private leave(last: () => void, ...faults: readonly unknown[]): void {
    const all = [...faults, ...inTurn(() => this.end(), last)]
    const { sub, clientId } = this.identity
    for (const err of all) inTurn(() => this.context.log.error({ err, sub, client_id: clientId }, 'A connection failed and is closed.'))
  }

  private judgeWaiting(): void {
    let isKnown = true as boolean
    this.reviseWaiting((message) => {
      const revised = message.kind === 'frame' ? this.judgedAnew(message) : message
      if (revised === 'unknown') isKnown = false
      return typeof revised === 'string' ? undefined : revised
    })
    if (!isKnown) this.close('rights_changed')
  }

  private judgedAnew(frame: Frame): Frame | 'hidden' | 'unknown' {
    const { update } = frame
    if (update === undefined || this.rights.areAsBefore(update.entityType)) return frame
    const verdict = update.judgedBy(this.rights.audienceOf(update.entityType))
    if (verdict === 'unknown') return verdict
    const { entityId, operation } = update.event
    this.subscriptions.noteSent(entityId, update.entityType, verdict === 'hidden' || operation === 'delete')
    return verdict === 'hidden' ? verdict : this.frameOf(verdict)
  }

  private end(): void {
    this.stop()
    this.subscriptions.clear()
  }

  /** A close code would arrive behind what was written before: where some of that must not leave, the connection is cut off without one. */
  private cutWhereHeld(isRevoked: (entityType: string) => boolean, name: CloseName): boolean {
    const isHeld = this.writer.mayHold(isRevoked)
    if (isHeld) this.cut(name)
    return isHeld
  }

  private cut(name: CloseName): void {
    this.leave(() => this.transport.cut(closeCodes[name]))
    this.writer.gone()
  }

  private checkAll(): void {
    const { meter, limits, overfull } = this.context
    if (meter.mailboxBytes + meter.socketBytes > limits.mailboxesBytesMax) overfull()
  }
}
