import type { Receiver } from '../../authorize/authorize.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Audience, Rights } from '#policy/rights.js'
import type { Conflated, SubscriptionOptions } from '../backlog/conflation.js'
import type { CurrentRights } from './current-rights.js'
import { SentTimes } from '../../route/sent-times.js'

/** Takes the frames of a subscription: its connection. */
export interface Subscriber {
  readonly identity: { readonly sub: string }
  audienceOf(entityType: string): Audience | undefined
  /** The rights in force, and those of which the client last knew. */
  readonly rights: Pick<CurrentRights, 'inForceNow' | 'lastTold' | 'audienceUnder'>
  frameFor(update: EntityUpdate): Frame
  /** Answers whether the subscription's update is left out, and what is owed instead is noted. */
  leavesOut(update: EntityUpdate, subscription: Conflated): boolean
  tell(frame: Frame): void
  /** Ends the subscriber, which has missed an update and cannot be told. Never throws. */
  fail(error: unknown): void
}

/**
 * What one connection has been sent of one entity id: for each type, whether the entity is there or gone. Nearly always there is one type.
 */
export class SentEntity extends SentTimes {
  private latestType: string | undefined
  private latestIsGone = false
  private otherStates: Map<string, boolean> | undefined
  /** The rights by which the client's page stands, where those differ from what its connection was last told. */
  private pageRights: Rights | undefined
  /** By type, of which the page was brought up to date apart from the rest: seldom, as that is known of the whole page soon. */
  private typeRights: Map<string, Rights> | undefined

  isThere(entityType: string): boolean {
    return this.goneState(entityType) === false
  }

  isGone(entityType: string): boolean {
    return this.goneState(entityType) === true
  }

  noteState(entityType: string, isGone: boolean): void {
    if (this.latestType !== entityType) this.setLatestType(entityType)
    this.latestIsGone = isGone
  }

  pageRightsOf(entityType: string): Rights | undefined {
    return this.typeRights?.get(entityType) ?? this.pageRights
  }

  notePageRights(rights: Rights): void {
    this.pageRights = rights
    this.typeRights = undefined
  }

  noteTypeRights(entityType: string, rights: Rights): void {
    if (this.pageRights !== rights) (this.typeRights ??= new Map()).set(entityType, rights)
  }

  private goneState(entityType: string): boolean | undefined {
    return this.latestType === entityType ? this.latestIsGone : this.otherStates?.get(entityType)
  }

  private setLatestType(entityType: string): void {
    if (this.latestType !== undefined) (this.otherStates ??= new Map()).set(this.latestType, this.latestIsGone)
    this.latestType = entityType
  }
}

/** One connection's subscription to one entity id, of one type or of any. */
export class Subscription implements Receiver, Conflated {
  constructor(
    readonly entityId: string,
    readonly entityType: string | undefined,
    private readonly subscriber: Subscriber,
    private readonly sent: SentEntity,
    public options: SubscriptionOptions,
  ) {}

  get owner(): string {
    return this.subscriber.identity.sub
  }

  get sentTimes(): SentTimes {
    return this.sent
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.subscriber.audienceOf(entityType)
  }

  pageAudienceOf(entityType: string): Audience | undefined {
    const { rights } = this.subscriber
    return rights.audienceUnder(this.sent.pageRightsOf(entityType) ?? rights.lastTold, entityType)
  }

  notePageCompared(): void {
    this.sent.notePageRights(this.subscriber.rights.inForceNow)
  }

  wasSent(entityType: string): boolean {
    return this.sent.isThere(entityType)
  }

  wasToldOfDelete(entityType: string): boolean {
    return this.sent.isGone(entityType)
  }

  /** Never throws: an error in one subscriber ends that one, and the others get their update. */
  deliver(update: EntityUpdate): void {
    try {
      if (this.subscriber.leavesOut(update, this)) return
      this.subscriber.tell(this.subscriber.frameFor(update))
      this.sent.noteState(update.entityType, update.operation === 'delete')
    } catch (error) {
      this.subscriber.fail(error)
    }
  }
}
