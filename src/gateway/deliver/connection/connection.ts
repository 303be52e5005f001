import type { Identity } from '../../authenticate/identity.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Audience } from '#policy/rights.js'
import { closeCodes, type CloseName } from '#protocol/codes.js'
import { dialectOf } from '#protocol/dialect.js'
import { connectionEstablished } from '#protocol/message.js'
import type { ConnectionMessage } from '../backlog/backlog.js'
import { Actor, inTurn } from './actor.js'
import { answerTo, answerToBinary } from './answer.js'
import type { Client } from './client.js'
import type { AcceptedConnection } from './connection-acceptor.js'
import type { ConnectionContext } from './connection-context.js'
import { ConnectionSubscriptions } from './connection-subscriptions.js'
import type { CurrentRights } from './current-rights.js'
import { FrameWriter, socketBytesMax } from './frame-writer.js'
import { tellingLostRights, tellingStopped } from './lost-subscriptions.js'
import { messageFrame } from './message-frame.js'
import type { Subscriber } from './subscription.js'
import type { Transport } from './transport.js'
import { judgeAnew, withdrawType } from './waiting-updates.js'

/**
 * The actor of one client, from its first frame to its close code. What becomes of a request, `answerTo` says; what follows from changed
 * rights, `waiting-updates` and `lost-subscriptions` do; the backlog holds what waits, and the writer knows what is in the socket.
 */
export class Connection extends Actor<ConnectionMessage> implements Subscriber, AcceptedConnection {
  private readonly subscriptions: ConnectionSubscriptions
  private readonly writer: FrameWriter

  constructor(
    readonly identity: Identity,
    private readonly rights: CurrentRights,
    private readonly transport: Transport,
    private readonly context: ConnectionContext,
  ) {
    super(context.scheduler, context.createBacklog(), Math.min(socketBytesMax, context.limits.mailboxBytesMax))
    this.subscriptions = new ConnectionSubscriptions(context.index, this, context.quota)
    this.writer = new FrameWriter(transport, context.meter, context.clock)
    this.tell(messageFrame(connectionEstablished(identity.clientId), dialectOf(identity)))
  }

  /** What it holds of the memory, where nobody else has the same. */
  get heldBytes(): number {
    return this.backlog.bytes + this.writer.bufferedBytes
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
    this.writer.amidHandler(() => this.attempt(() => this.tell(answerTo(text, this.client()))))
  }

  receiveBinary(): void {
    this.writer.amidHandler(() => this.attempt(() => this.tell(answerToBinary(this.client()))))
  }

  /**
   * From here on nothing leaves that the rights of now do not show. What is in the socket can only be kept back by hanging up, also on a
   * connection that is closing: a close code would arrive behind it, and the socket has its last bytes for some seconds.
   */
  policyChanged(): void {
    if (this.writer.mayHold((entityType) => !this.rights.areAsBefore(entityType))) return this.cut('rights_changed')
    this.attempt(() => {
      if (!judgeAnew(this.backlog, this.client())) this.close('rights_changed')
    })
  }

  /** Nothing of this type leaves any more. */
  withdraw(entityType: string): void {
    if (this.writer.mayHold((held) => held === entityType)) return this.cut('rights_changed')
    this.attempt(() => withdrawType(this.backlog, entityType))
  }

  /** The rights end with the token, also for what is on its way. */
  expire(): void {
    if (this.writer.mayHold(() => true)) this.cut('token_expired')
    else this.close('token_expired')
  }

  tellLostRights(): void {
    this.tellAll(() => tellingLostRights(this.client()))
  }

  tellStopped(entityType: string): void {
    this.tellAll(() => tellingStopped(entityType, this.client()))
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
    this.writer.turn(this.backlog.count === 1, handleWaiting)
    if (this.writer.bufferedBytes > 0) this.checkAll()
  }

  protected override receive(message: ConnectionMessage): void {
    if (message.kind === 'frame') this.writer.write(message)
    else this.close(message.name)
  }

  protected override overflowed(): void {
    const code = this.backlog.overflow()
    if (code !== undefined) this.close(code)
  }

  protected override failed(error: unknown): void {
    this.leave(() => this.transport.close(closeCodes.internal_error), error)
  }

  private client(): Client {
    const { identity, rights, subscriptions, context } = this
    return { dialect: dialectOf(identity), rights, subscriptions, types: context.types }
  }

  private tellAll(frames: () => Iterable<Frame>): void {
    this.attempt(() => {
      for (const frame of frames()) this.tell(frame)
    })
  }

  /** Both, whatever one of them throws: no fault of ours may leave a socket without its connection, or the reverse. */
  private leave(last: () => void, ...faults: readonly unknown[]): void {
    const all = [...faults, ...inTurn(() => this.end(), last)]
    const { sub, clientId } = this.identity
    for (const err of all) inTurn(() => this.context.log.error({ err, sub, client_id: clientId }, 'A connection failed and is closed.'))
  }

  private end(): void {
    this.stop()
    this.subscriptions.clear()
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
