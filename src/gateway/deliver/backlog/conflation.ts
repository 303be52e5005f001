import type { Clock } from '#clock.js'
import type { About } from '../../authorize/about.js'
import type { EntityUpdate } from '../../authorize/entity-update.js'
import type { Meter } from '../../observe/meter.js'
import type { Backlog, ConnectionMessage } from './backlog.js'
import { OpenOwed } from './open-owed.js'
import { Owed, type Told } from './owed.js'
import type { Pace } from './pace.js'
import { PacedOwed } from './paced-owed.js'

/** What a client wishes of a subscription's updates. */
export interface SubscriptionOptions {
  /** Whether updates may be left out while the client cannot be written to. */
  readonly conflates: boolean
  readonly pace: Pace | undefined
}

/** A subscription as an update comes through it. */
export interface Conflated {
  readonly options: SubscriptionOptions
}

type Waiting = Pick<Backlog<ConnectionMessage>, 'revise'>

/** What the conflations of all connections share. */
interface ConflationContext {
  readonly clock: Clock
  readonly meter: Pick<Meter, 'mailboxBytes' | 'updatesConflated'>
}

/**
 * What one connection is owed in place of updates that are left out, since it cannot be written to or wants no more of them. What is owed
 * of an entity takes in its further updates until it is sent, or a message stands behind it by which the client holds nothing of the entity.
 */
export class Conflation {
  /** How many updates. */
  leftOut = 0
  /** What takes in updates. */
  private readonly open = new OpenOwed()
  /** What takes in nothing more, as a message stands behind it, and is not sent yet. */
  private readonly closed = new OpenOwed()
  private readonly paced: PacedOwed

  constructor(
    private readonly context: ConflationContext,
    /** Puts what is owed behind all that waits. */
    private readonly tell: (owed: Owed) => void,
  ) {
    this.paced = new PacedOwed(context.clock, context.meter, tell)
  }

  /** Whether nothing is owed, now or in its time. */
  get isSpent(): boolean {
    return this.isIdle && this.paced.isIdle
  }

  /** Whether nothing is owed that waits to be sent. */
  get isIdle(): boolean {
    return this.open.isEmpty && this.closed.isEmpty
  }

  /** The size of what waits for its time, and in no mailbox. */
  get pacedBytes(): number {
    return this.paced.bytes
  }

  /** Whether something takes in the updates of the entity. */
  owes(told: Told): boolean {
    return this.open.find(told) !== undefined
  }

  /** Answers whether the update is left out. */
  leavesOut(update: EntityUpdate, { options: { conflates, pace } }: Conflated, isBlocked: boolean): boolean {
    const open = this.open.find(update)
    const now = this.context.clock.monotonicMs()
    // What changed rights do to the page waits for no pace.
    const isEarly = pace !== undefined && update.isEvent && now < pace.dueMs
    // What is owed before is told by the latest version: what comes behind must not be an older one, whatever is wished.
    const isBehind = this.closed.find(update) !== undefined
    if (open === undefined && !isEarly && !isBehind && !(conflates && isBlocked)) {
      pace?.noteSent(now)
      return false
    }
    this.takeIn(open ?? this.newOwed(update, pace, isEarly), update)
    return true
  }

  /** From now on this answer to a request takes in what comes, as soon as what is owed before it is sent. */
  begin(owed: Owed): void {
    this.close(this.open.takeAnswers(owed))
    this.open.add(owed)
  }

  /** What is owed is sent now. Answers whether the client goes on from it: no message behind it takes the entity away. */
  end(owed: Owed): boolean {
    owed.pace?.noteSent(this.context.clock.monotonicMs())
    const goesOn = this.open.remove(owed)
    if (!goesOn) this.closed.remove(owed)
    return goesOn
  }

  /** All that is owed so far of what a message is about is to stand before it. */
  standBefore(about: About): void {
    if ('subscription' in about) this.paced.release((owed) => owed.subscription === about.subscription)
    else for (const owed of this.open.of(about.entityId)) if (owed.subscription === undefined && this.paced.remove(owed)) this.tell(owed)
    this.closeAt(about)
  }

  /** What is owed of these types waits for its time no longer. */
  release(isMeant: (entityType: string) => boolean): void {
    this.paced.release(({ entityType }) => entityType !== undefined && isMeant(entityType))
  }

  /** What is owed next of the same entity finds the client so. */
  noteHeld({ entityId, entityType, subscription }: Owed, isHeld: boolean): void {
    if (entityType === undefined) return
    const about = { entityId, entityType, subscription }
    const next = this.closed.find(about) ?? this.open.find(about)
    if (next !== undefined) next.isHeld = isHeld
  }

  /** Nothing is owed by this collection any more. */
  endCollection(subscription: string): void {
    this.paced.withdraw((owed) => owed.subscription === subscription)
    this.close(this.open.takeCollection(subscription))
  }

  /** Nothing is owed of the type any more; requests are answered all the same. */
  withdraw(entityType: string): void {
    this.paced.withdraw((owed) => owed.entityType === entityType)
    this.open.removeType(entityType)
    this.closed.removeType(entityType)
  }

  /**
   * Replaces waiting updates by what is owed in place of them. Answers whether there was one of each entity and type.
   * @param paceOf the pace of the update's subscription.
   */
  gather(waiting: Waiting, isMeant: (update: EntityUpdate) => boolean, paceOf: (update: EntityUpdate) => Pace | undefined): boolean {
    this.open.clear()
    this.closed.clear()
    let isOneOfEach = true as boolean
    waiting.revise((message) => {
      if (message.kind === 'owed') return this.kept(message)
      if (message.kind === 'frame' && message.about !== undefined) this.closeAt(message.about)
      const update = message.kind === 'frame' ? message.update : undefined
      if (update === undefined || !isMeant(update)) return message
      const owed = this.replacing(update, paceOf(update))
      if (owed === undefined) isOneOfEach = false
      return owed
    })
    for (const owed of this.paced.all()) if (this.joined(owed)) this.paced.remove(owed)
    return isOneOfEach
  }

  /** Undefined where something that waits before the update takes it in. */
  private replacing(update: EntityUpdate, pace: Pace | undefined): Owed | undefined {
    const open = this.open.find(update)
    const owed = open ?? Owed.insteadOf(update, pace)
    this.takeIn(owed, update)
    if (open !== undefined) return undefined
    this.open.add(owed)
    return owed
  }

  /** Undefined where something that waits before it stands for it too, as nothing does for the answer to a request. */
  private kept(owed: Owed): Owed | undefined {
    if (owed.snapshot === undefined) return this.joined(owed) ? undefined : owed
    this.begin(owed)
    return owed
  }

  /** Answers whether something that waits before it stands for it too. Otherwise it takes in what comes from now on. */
  private joined(owed: Owed): boolean {
    const { entityId, entityType, subscription } = owed
    const before = entityType === undefined ? undefined : this.open.find({ entityId, entityType, subscription })
    if (before === undefined) this.open.add(owed)
    else before.missed += owed.missed
    return before !== undefined
  }

  /** What stands behind such a message is told by itself. */
  private closeAt(about: About): void {
    if ('subscription' in about) this.close(this.open.takeCollection(about.subscription))
    else if (about.isEnd) this.close(this.open.takeEnded(about))
  }

  private close(taken: readonly Owed[]): void {
    for (const owed of taken) this.closed.add(owed)
  }

  private newOwed(update: EntityUpdate, pace: Pace | undefined, isEarly: boolean): Owed {
    const owed = Owed.insteadOf(update, pace)
    this.open.add(owed)
    if (isEarly) this.paced.add(owed)
    else this.tell(owed)
    return owed
  }

  private takeIn(owed: Owed, update: EntityUpdate): void {
    if (update.isEvent) {
      this.context.meter.updatesConflated++
      this.leftOut++
    }
    owed.takeIn(update)
  }

  /** Nothing is owed any more. */
  stop(): void {
    this.paced.clear()
    this.open.clear()
    this.closed.clear()
  }
}
