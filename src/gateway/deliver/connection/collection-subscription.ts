import type { Collection } from '#policy/collection/collection.js'
import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { Rights } from '#policy/rights.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Ref } from '#protocol/member.js'
import type { ServerMessage } from '#protocol/message.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { CollectionMember, MemberWork } from '../../collections/collection-member.js'
import { SentTimes } from '../../route/sent-times.js'
import { messageFrame } from './message-frame.js'
import type { Conflated, SubscriptionOptions } from '../backlog/conflation.js'

/** The connection of a subscription to a collection. None of these throws. */
export interface CollectionSubscriber {
  readonly identity: { readonly sub: string }
  readonly isBlocked: boolean
  /** The same object until the rights change. */
  readonly rightsNow: Rights
  collectionAudience(collection: Collection): CollectionAudience | undefined
  frameFor(update: EntityUpdate): Frame
  leavesOut(update: EntityUpdate, subscription: Conflated): boolean
  tell(frame: Frame): void
  tellAll(answers: () => Iterable<Frame>): void
  /** Why nothing is shown of the collection, by the rights of now. */
  tellLostCollection(collection: Collection): void
  endCollection(subscription: string, code: ProtocolErrorCode): void
  fail(error: unknown): void
}

/** Types with tables have an order of their own. */
const neverSent = new SentTimes()

/** One connection's subscription to a collection. */
export class CollectionSubscription implements CollectionMember, Conflated {
  readonly sentTimes = neverSent
  work: MemberWork | undefined
  private page: CollectionAudience | undefined
  /** The entities that stand by the rights of now already, while the rest is compared with them. */
  private compared: Set<string> | undefined
  /** Of the request that asked for the snapshot that is being sent. */
  ref: Ref | undefined
  private rights: Rights | undefined
  private standing: CollectionAudience | undefined

  constructor(
    readonly collection: Collection,
    private readonly subscriber: CollectionSubscriber,
    public options: SubscriptionOptions,
  ) {
    this.page = this.audience
  }

  get owner(): string {
    return this.subscriber.identity.sub
  }

  get entityType(): string {
    return this.collection.entityType
  }

  get isBlocked(): boolean {
    return this.subscriber.isBlocked
  }

  /** Asked for once for the same rights, though more may be known of the type by then: who stands in a list is found there again. */
  get audience(): CollectionAudience | undefined {
    const { rightsNow } = this.subscriber
    if (this.rights !== rightsNow) {
      this.rights = rightsNow
      this.standing = this.subscriber.collectionAudience(this.collection)
    }
    return this.standing
  }

  audienceOf(): CollectionAudience | undefined {
    return this.audience
  }

  get pageAudience(): CollectionAudience | undefined {
    return this.page
  }

  set pageAudience(audience: CollectionAudience | undefined) {
    this.page = audience
    this.compared = undefined
  }

  /** The client has been told of the latest version of the entity, by the rights of now. */
  noteCompared(entityId: string): void {
    if (this.audience?.key !== this.page?.key) (this.compared ??= new Set()).add(entityId)
  }

  deliver(update: EntityUpdate): void {
    if (!update.isEvent && this.compared?.has(update.entityId) === true) return
    try {
      if (!this.subscriber.leavesOut(update, this)) this.subscriber.tell(this.subscriber.frameFor(update))
    } catch (error) {
      this.subscriber.fail(error)
    }
  }

  snapshotStarted(): void {
    this.ref = undefined
    this.tell({ type: 'snapshot_started', ...this.name })
  }

  snapshotComplete(count: number): void {
    this.tell({ type: 'snapshot_complete', ...this.name, ref: this.ref, count })
  }

  tellLost(): void {
    this.subscriber.tellLostCollection(this.collection)
  }

  fail(error: unknown): void {
    this.subscriber.fail(error)
  }

  end(code: ProtocolErrorCode): void {
    this.subscriber.endCollection(this.collection.id, code)
  }

  /** How messages name the collection. */
  get name() {
    return { subscription: this.collection.id, entity_type: this.entityType }
  }

  private tell(message: ServerMessage): void {
    this.subscriber.tellAll(() => [messageFrame(message, 'sluice.v1')])
  }
}
