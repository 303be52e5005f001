import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { Cursors } from '#gateway/table/cursor.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { Operation } from '#entities.js'
import { Authorizer, type Receiver } from '#gateway/authorize/authorize.js'
import type { EntityUpdate } from '#gateway/authorize/entity-update.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import { Meter } from '#gateway/observe/meter.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import type { RolePolicy } from '#policy/role-policy.js'
import { throwFault } from './throw-fault.js'
import type { User } from '../values/arbitrary-policy.js'
import { avroSchemaOf, encode, type ModelValue, type RecordType } from '../values/entity-model.js'

export interface SentFrame {
  readonly operation: string
  readonly data: string
}

/** The code under test: one policy for all users and events, and all users on one entity, so that what is remembered and shared can show. */
export class AuthorizedStream {
  readonly seen = { alike: 0 }
  private readonly schemas = new Map<RecordType, EntitySchema>()
  private readonly index = new SubscriptionIndex<Receiver>(throwFault)
  private readonly subscriptions: readonly Receiver[]
  private readonly frames = new Map<User, SentFrame>()
  private readonly authorizer = new Authorizer({
    types: new EntityTypes([]),
    tables: { get: () => undefined, has: () => false, types: () => [] },
    schemasOf: () => [],
    frameBytesMax: 1_000_000,
    meter: new Meter(),
    cursors: new Cursors(() => undefined),
    noteFault: throwFault,
    reportBadRecord: (_event, error) => {
      throw error
    },
  })

  constructor(
    policy: RolePolicy,
    users: readonly User[],
    private readonly unavailableValue: string | undefined,
  ) {
    this.subscriptions = users.map((user) => {
      const rights = policy.rightsOf(user.roles, user.claims)
      const audienceOf = (type: string) => rights.audienceOf(type)
      const memory = {
        owner: '',
        sentTimes: new SentTimes(),
        wasSent: () => false,
        wasToldOfDelete: () => false,
        pageAudienceOf: () => undefined,
        notePageCompared: () => undefined,
      }
      const deliver = (update: EntityUpdate) => {
        if (this.frames.has(user)) throw new Error('an event was sent twice')
        this.frames.set(user, sentFrame(update))
      }
      return { ...memory, entityId: '1', entityType: 'thing', audienceOf, deliver }
    })
    for (const one of this.subscriptions) this.index.add(one)
  }

  /**
   * What each user is sent that is sent anything: the operation, and the text of the data.
   * @param before the versions of the entity before the event, the last one first; undefined where there is no table.
   * @param away the numbers of the users who are not subscribed meanwhile.
   */
  framesFor(event: ChangeEvent, before: Iterable<ChangeEvent> | undefined, away: readonly number[] = []): Map<User, SentFrame> {
    const unsubscribed = away.flatMap((number) => this.subscriptions[number] ?? [])
    for (const one of unsubscribed) this.index.remove(one)
    this.publish(event, before)
    for (const one of unsubscribed) this.index.add(one)
    return new Map(this.frames)
  }

  eventOf(type: RecordType, value: ModelValue, operation: Operation = 'update'): ChangeEvent {
    const data = { schema: this.schemaOf(type), bytes: encode(type, value, 'Thing'), start: 0 }
    const head = { entityType: 'thing', entityId: '1', operation, timestampMs: 0, kafkaTimestampMs: 0 } as const
    return { ...head, topic: 'thing', partition: 0, offset: 0, data, tombstone: false, value: null, hidden: false }
  }

  private publish(event: ChangeEvent, before: Iterable<ChangeEvent> | undefined): void {
    this.frames.clear()
    const audiences = this.index.audiencesOf('thing', '1')
    if (audiences === undefined) return
    this.seen.alike += [...audiences.all()].length - [...audiences.alikeFor(event)].length
    for (const { update, receivers } of this.authorizer.authorize({ event, before, audiences, collections: [] })) {
      for (const receiver of receivers) receiver.deliver(update)
    }
  }

  private schemaOf(type: RecordType): EntitySchema {
    const known = this.schemas.get(type)
    if (known !== undefined) return known
    const { unavailableValue } = this
    const schema = parseEntitySchema('thing', { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] }, { unavailableValue })
    this.schemas.set(type, schema)
    return schema
  }
}

function sentFrame(update: EntityUpdate): SentFrame {
  const frame = Buffer.from(update.frame('seed').bytes).toString()
  const parts = /^{"type":"entity_update","entity_id":"1","entity_type":"thing","operation":"(\w+)","data":(.*)}$/s.exec(frame)
  if (parts === null) throw new Error(frame)
  return { operation: parts[1]!, data: parts[2]! }
}
