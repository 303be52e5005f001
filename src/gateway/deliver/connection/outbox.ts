import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { CloseName } from '#protocol/codes.js'
import type { ConnectionMessage } from '../backlog/backlog.js'
import { Conflation, type Conflated } from '../backlog/conflation.js'
import type { Owed } from '../backlog/owed.js'
import { Actor } from './actor.js'
import type { Client } from './client.js'
import type { ConnectionContext } from './connection-context.js'
import { FrameWriter, socketBytesMax } from './frame-writer.js'
import { owedFrames } from './owed-frames.js'
import type { Answer } from './subscription-snapshot.js'
import type { Transport } from './transport.js'
import { bringInLine, leaveOut, optionsOf, withdrawType } from './waiting-updates.js'

/**
 * What is said to one client, as fast as it takes it. The backlog holds what waits, and the writer knows what is in the socket. What is owed
 * in place of updates that are left out is said by `owed-frames`.
 */
export abstract class Outbox extends Actor<ConnectionMessage> {
  protected readonly writer: FrameWriter
  /** Undefined while nothing is left out, as of nearly all connections: it takes 300 B. */
  private conflation: Conflation | undefined
  /** How many updates were left out before. */
  private leftOut = 0
  /** Whether updates may be among the frames that wait. */
  private updatesWait = false

  protected constructor(
    protected readonly transport: Transport,
    protected readonly context: ConnectionContext,
  ) {
    super(context.scheduler, context.createBacklog(), Math.min(socketBytesMax, context.limits.mailboxBytesMax))
    this.writer = new FrameWriter(transport, context.meter, context.clock)
  }

  protected abstract readonly client: Client
  /** Closes now and drops what waits. */
  abstract close(name: CloseName): void

  /** The memory that is held, counted as if no frame were shared with others. */
  get heldBytes(): number {
    return this.backlog.bytes + this.writer.bufferedBytes + (this.conflation?.pacedBytes ?? 0)
  }

  /** Whether the client reads more slowly than it is sent: it cannot be written to, or a quarter of its mailbox is full. */
  get isSlow(): boolean {
    return this.writer.isBlocked || this.heldBytes > this.context.limits.mailboxBytesMax / 4
  }

  /** How many updates were left out for the client since it came. */
  get updatesLeftOut(): number {
    return this.leftOut + (this.conflation?.leftOut ?? 0)
  }

  /** Whether the client could not be written to for so long, and took nothing meanwhile. */
  tookNothingFor(ms: number): boolean {
    return this.writer.isBlocked && this.context.clock.monotonicMs() - this.writer.lastTakenMs >= ms
  }

  override tell(message: ConnectionMessage): void {
    if (message.kind === 'frame') {
      if (message.update !== undefined) this.updatesWait = true
      if (message.about !== undefined) this.conflation?.standBefore(message.about)
    }
    super.tell(message)
    // Only the first mailbox in which a frame waits adds to the sum. Checking with each delivery took 30 ns of some 350, without the
    // socket.
    if (message.mailboxes === 1) this.checkTotal()
  }

  /** Answers whether the update is left out, and something is owed in its place. */
  leavesOut(update: EntityUpdate, subscription: Conflated): boolean {
    const { conflates, pace } = subscription.options
    const mayBe = this.conflation?.isIdle === false || (conflates && (pace !== undefined || this.writer.isBlocked))
    if (!mayBe || this.isStopped || !this.context.state.isKnown(update.entityType)) return false
    if (!this.owing().leavesOut(update, subscription, this.writer.isBlocked)) return false
    // What was owed stands for two events now, and in the seed's dialect nothing tells that one was left out.
    if (update.isEvent && this.client.dialect === 'seed') this.close('rights_changed')
    return true
  }

  /** Whether the client is first told of a later version of the entity than the latest of now may be. */
  owes(entityId: string, entityType: string): boolean {
    return this.conflation?.owes({ entityId, entityType, subscription: undefined }) === true
  }

  /** Whether nothing more is to be written to the client now. */
  get isBlocked(): boolean {
    return this.writer.isBlocked
  }

  /** The socket can take more. */
  drained(): void {
    this.attempt(() => this.writer.drained())
    this.wake()
    if (!this.isBlocked) this.client.collections.goOn()
  }

  /** What is owed behind this of the same entity is told by whether the client holds something of it then. */
  noteHeld(owed: Owed, isHeld: boolean): void {
    this.conflation?.noteHeld(owed, isHeld)
  }

  /** Ends the subscription to a collection: nothing is owed of it any more. Answers whether there was one. */
  leaveCollection(id: string): boolean {
    this.conflation?.endCollection(id)
    return this.client.collections.remove(id)
  }

  tellAll(answers: () => Iterable<Answer>): void {
    this.attempt(() => this.answer(answers()))
  }

  protected answer(answers: Iterable<Answer>): void {
    for (const answer of answers) {
      if (answer.kind === 'owed') this.owing().begin(answer)
      this.tell(answer)
    }
  }

  /**
   * Nothing waits that the rights of now do not show.
   * @param answer the answer to whoever has asked for them: what waits is judged by them, and comes behind it.
   */
  protected bringInLine(answer: Frame | undefined): void {
    const { client } = this
    if (!this.backlog.isEmpty && !bringInLine(this.backlog, this.owing(), client)) return this.close('rights_changed')
    if (answer !== undefined) this.backlog.pushFirst(answer)
    this.wake()
    // Told behind all else, as a full backlog is written at once.
    this.conflation?.release((entityType) => !client.rights.areAsBefore(entityType))
  }

  /** Nothing waits of this type. */
  protected withdrawWaiting(entityType: string): void {
    this.conflation?.withdraw(entityType)
    withdrawType(this.backlog, entityType)
  }

  /** What waits for its time waits no longer. */
  protected hurry(): void {
    this.conflation?.release(() => true)
  }

  protected override stop(): void {
    super.stop()
    this.conflation?.stop()
  }

  protected override isReady(): boolean {
    return !this.writer.isBlocked
  }

  protected override turn(handleWaiting: () => void): void {
    const isSingle = this.backlog.count === 1 && this.conflation?.isIdle !== false
    this.writer.turn(isSingle, handleWaiting)
    if (this.writer.isBlocked && this.updatesWait) this.leaveOutWaiting()
    if (this.writer.bufferedBytes > 0) this.checkTotal()
    if (this.conflation?.isSpent === true) this.forgetOwing(this.conflation)
  }

  protected override receive(message: ConnectionMessage): void {
    if (message.kind === 'frame') this.writer.write(message)
    else if (message.kind === 'owed') this.pay(message)
    else this.close(message.name)
  }

  protected override overflowed(): void {
    const code = this.backlog.overflow()
    if (code !== undefined) this.close(code)
  }

  private forgetOwing({ leftOut }: Conflation): void {
    this.leftOut += leftOut
    this.conflation = undefined
  }

  private owing(): Conflation {
    return (this.conflation ??= new Conflation(this.context, (owed) => this.tell(owed)))
  }

  private pay(owed: Owed): void {
    const isLasting = this.owing().end(owed)
    for (const frame of owedFrames(owed, this.client, isLasting)) this.writer.write(frame)
  }

  /** A client that cannot be written to has no frames of conflated subscriptions wait for it. */
  private leaveOutWaiting(): void {
    this.updatesWait = false
    const isConflated = (update: EntityUpdate) => optionsOf(update, this.client)?.conflates === true
    if (!this.backlog.isEmpty) leaveOut(this.backlog, this.owing(), this.client, isConflated)
  }

  private checkTotal(): void {
    const { meter, limits, overfull } = this.context
    if (meter.mailboxBytes + meter.socketBytes > limits.mailboxesBytesMax) overfull()
  }
}
