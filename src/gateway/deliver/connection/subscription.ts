import type { Receiver } from '../../authorize/authorize.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Audience, Rights } from '#policy/rights.js'
import type { CurrentRights } from './current-rights.js'
import { SentTimes } from '../../route/sent-times.js'

/** Takes the frames of a subscription: its connection. */
export interface Subscriber {
  readonly identity: { readonly sub: string }
  audienceOf(entityType: string): Audience | undefined
  /** The rights in force, and those of which the client last knew. */
  readonly rights: Pick<CurrentRights, 'inForceNow' | 'lastTold' | 'audienceUnder'>
  frameFor(update: EntityUpdate): Frame
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
  pageRights: Rights | undefined

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

  private goneState(entityType: string): boolean | undefined {
    return this.latestType === entityType ? this.latestIsGone : this.otherStates?.get(entityType)
  }

  private setLatestType(entityType: string): void {
    if (this.latestType !== undefined) (this.otherStates ??= new Map()).set(this.latestType, this.latestIsGone)
    this.latestType = entityType
  }
}

/** One connection's subscription to one entity id, of one type or of any. */
export class Subscription implements Receiver {
  constructor(
    readonly entityId: string,
    readonly entityType: string | undefined,
    private readonly subscriber: Subscriber,
    private readonly sent: SentEntity,
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
    return rights.audienceUnder(this.sent.pageRights ?? rights.lastTold, entityType)
  }

  notePageCompared(): void {
    this.sent.pageRights = this.subscriber.rights.inForceNow
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
      this.subscriber.tell(this.subscriber.frameFor(update))
      this.sent.noteState(update.entityType, update.operation === 'delete')
    } catch (error) {
      this.subscriber.fail(error)
    }
  }
}
