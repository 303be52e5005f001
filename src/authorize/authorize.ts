// Stage 4. Enters: a batch of routed events. Leaves: for each event one update a mask, with the subscriptions that receive it.
// Dropped: stale events, and events of which a subscriber may see no field. Fails: a record whose data cannot be read is reported and skipped.
import { map, type OperatorFunction } from 'rxjs'
import type { ChangeEvent } from '../decode/change-event.js'
import type { EntitySchema } from '../decode/entity-schema.js'
import type { Meter } from '../observe/meter.js'
import type { EntityAudiences, Routable } from '../route/entity-audiences.js'
import type { RoutedBatch, RoutedEvent } from '../route/route.js'
import type { RecordBatch } from '../source/partition-source.js'
import { EntityUpdate } from './entity-update.js'
import type { Audience, Mask } from './rights.js'

/** What authorizing needs to know of a subscription. */
export interface Receiver extends Routable<Audience> {
  /** Whether this entity has been sent to the subscription's connection: it may then hear that the entity is gone. */
  wasSent(entityType: string): boolean
}

export interface AuthorizedUpdate<S> {
  readonly update: EntityUpdate
  readonly entityType: string
  readonly receivers: Iterable<S>
}

export interface AuthorizedBatch<S> {
  readonly batch: RecordBatch
  readonly updates: readonly AuthorizedUpdate<S>[]
}

export interface AuthorizeOptions {
  /** Entity types whose operations come in topics of their own, between which Kafka keeps no order. */
  readonly unorderedTypes: ReadonlySet<string>
  /** The newest schema of a type: what a delete without data is judged by. */
  readonly latestSchemaOf: (entityType: string) => EntitySchema | undefined
  readonly reportBadRecord: (event: ChangeEvent, error: unknown) => void
  readonly meter: Meter
}

export function authorize<S extends Receiver>(options: AuthorizeOptions): OperatorFunction<RoutedBatch<Audience, S>, AuthorizedBatch<S>> {
  const authorizer = new Authorizer<S>(options)
  return map(({ batch, routed }) => {
    const updates: AuthorizedUpdate<S>[] = []
    for (const one of routed) authorizer.authorize(one, updates)
    return { batch, updates }
  })
}

class Authorizer<S extends Receiver> {
  private readonly countFrame: () => void

  constructor(private readonly options: AuthorizeOptions) {
    const { meter } = options
    this.countFrame = () => {
      meter.framesEncoded++
    }
  }

  /** Appends the event's updates to `updates`: all of them, or none where its data cannot be read. */
  authorize({ event, audiences }: RoutedEvent<Audience, S>, updates: AuthorizedUpdate<S>[]): void {
    const { unorderedTypes, meter, reportBadRecord } = this.options
    if (unorderedTypes.has(event.entityType) && audiences.isStale(event)) {
      meter.eventsStale++
      return
    }
    if (audiences.isRepeatedDelete(event)) return
    const before = updates.length
    try {
      if (event.data === null) this.authorizeWithoutData(event, audiences, updates)
      else this.authorizeByData(event, audiences, updates)
      if (updates.length > before) audiences.noteSent(event)
      audiences.noteJudged(event)
    } catch (error) {
      updates.length = before
      reportBadRecord(event, error)
    }
  }

  private authorizeByData(event: ChangeEvent, audiences: EntityAudiences<Audience, S>, updates: AuthorizedUpdate<S>[]): void {
    const updateOf = new Map<Mask, EntityUpdate>()
    for (const [audience, receivers] of audiences.entries()) {
      const mask = audience.maskOf(event)
      if (mask === undefined) continue
      let update = updateOf.get(mask)
      if (update === undefined) updateOf.set(mask, (update = new EntityUpdate(event, mask, this.countFrame)))
      if (!update.showsNothing) updates.push({ update, entityType: event.entityType, receivers })
    }
  }

  private authorizeWithoutData(event: ChangeEvent, audiences: EntityAudiences<Audience, S>, updates: AuthorizedUpdate<S>[]): void {
    const { entityType } = event
    const schema = this.options.latestSchemaOf(entityType)
    const update = new EntityUpdate(event, undefined, this.countFrame)
    for (const [audience, all] of audiences.entries()) {
      // What this batch sends them is noted as sent only when it is delivered.
      const sentNow = updates.some(({ receivers }) => receivers === all)
      const everyone = sentNow || (schema !== undefined && audience.canAlwaysReadSomeOf(schema))
      const receivers = everyone ? [...all] : [...all].filter((subscription) => subscription.wasSent(entityType))
      if (receivers.length > 0) updates.push({ update, entityType, receivers })
    }
  }
}
