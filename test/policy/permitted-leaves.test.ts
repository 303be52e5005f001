import { fc } from '../support/running/seeded-properties.js'
import { test } from 'tap'
import { Authorizer, type Receiver } from '#gateway/authorize/authorize.js'
import type { EntityUpdate } from '#gateway/authorize/entity-update.js'
import { parsePolicy, type RolePolicy } from '#policy/role-policy.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { Meter } from '#gateway/observe/meter.js'
import { throwFault } from '../support/gateway/throw-fault.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import { entityType, entityValue, unavailable } from '../support/values/arbitrary-entity.js'
import { policyOf, userOf, usersOfOneRole, type RawPolicy, type User, type Vocabulary } from '../support/values/arbitrary-policy.js'
import { permitted } from '../support/values/casl-oracle.js'
import { avroSchemaOf, encode, leavesOf, literalsAt, toText, type ModelValue, type RecordType } from '../support/values/entity-model.js'

/**
 * Two schemas of one entity type, as after a change of its schema, with events of both in any order; and the users that have
 * subscribed to the entity, of whom some are away during some events.
 */
interface World {
  readonly events: readonly { readonly type: RecordType; readonly value: ModelValue; readonly away: readonly number[] }[]
  readonly policy: RawPolicy
  readonly users: readonly User[]
  /** Whether a connector writes the events, which has a text for what is not known. */
  readonly isConnected: boolean
}

const away = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.uniqueArray(fc.nat(19), { maxLength: 15 }) })

function usersOf(vocabulary: Vocabulary): fc.Arbitrary<User[]> {
  const few = fc.array(userOf(vocabulary), { minLength: 1, maxLength: 4 })
  return fc.oneof({ weight: 2, arbitrary: few }, { weight: 1, arbitrary: usersOfOneRole(vocabulary) })
}

const world: fc.Arbitrary<World> = fc
  .array(entityType, { minLength: 1, maxLength: 2 })
  .chain((types) =>
    fc.array(
      fc.constantFrom(...types).chain((type) => fc.record({ type: fc.constant(type), value: entityValue(type), away })),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .chain((events) => {
    const vocabulary = events.flatMap(({ type, value }) => literalsAt(type, value))
    return fc.record({ events: fc.constant(events), policy: policyOf(vocabulary), users: usersOf(vocabulary), isConnected: fc.boolean() })
  })
  .map((made) => ({ ...made, [fc.toStringMethod]: () => described(made) }))

/** A failure is reported as a person would write it down. */
function described({ events, policy, users, isConnected }: World): string {
  const shown = events.map(({ type, value, away: absent }) => ({
    schema: avroSchemaOf(type, 'Thing'),
    away: absent,
    data: toText(type, value, [...leavesOf(type).keys()]),
  }))
  return JSON.stringify({ events: shown, policy, users, isConnected }).slice(0, 20_000)
}

/** The code under test: one policy for all users and events, and all users on one entity, so that what is remembered and shared can show. */
class Stream {
  readonly seen = { alike: 0 }
  private readonly schemas = new Map<RecordType, EntitySchema>()
  private readonly index = new SubscriptionIndex<Receiver>(throwFault)
  private readonly subscriptions: readonly Receiver[]
  private readonly frames = new Map<User, string>()
  private readonly authorizer = new Authorizer({
    types: new EntityTypes([]),
    schemasOf: () => [],
    frameBytesMax: 1_000_000,
    meter: new Meter(),
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
      const memory = { owner: '', sentTimes: new SentTimes(), wasSent: () => false, wasToldOfDelete: () => false }
      const deliver = (update: EntityUpdate) => void this.frames.set(user, this.frames.has(user) ? 'two frames' : dataOf(update))
      return { ...memory, entityId: '1', entityType: 'thing', audienceOf, deliver }
    })
    for (const one of this.subscriptions) this.index.add(one)
  }

  /** The text of the frame's data for each user that gets one. */
  framesFor({ type, value, away: absent }: World['events'][number]): Map<User, string> {
    const unsubscribed = absent.flatMap((number) => this.subscriptions[number] ?? [])
    for (const one of unsubscribed) this.index.remove(one)
    const frames = this.publish(this.eventOf(type, value))
    for (const one of unsubscribed) this.index.add(one)
    return frames
  }

  private publish(event: ChangeEvent): Map<User, string> {
    const audiences = this.index.audiencesOf('thing', '1')
    if (audiences === undefined) return new Map()
    this.seen.alike += [...audiences.all()].length - [...audiences.alikeFor(event)].length
    this.frames.clear()
    for (const { update, receivers } of this.authorizer.authorize({ event, audiences })) {
      for (const receiver of receivers) receiver.deliver(update)
    }
    return new Map(this.frames)
  }

  private eventOf(type: RecordType, value: ModelValue): ChangeEvent {
    const data = { schema: this.schemaOf(type), bytes: encode(type, value, 'Thing'), start: 0 }
    const head = { entityType: 'thing', entityId: '1', operation: 'update', timestampMs: 0, kafkaTimestampMs: 0 } as const
    return { ...head, topic: 'thing', partition: 0, offset: 0, data, tombstone: false }
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

function dataOf(update: EntityUpdate): string {
  const frame = Buffer.from(update.frame('seed').bytes).toString()
  const head = '{"type":"entity_update","entity_id":"1","entity_type":"thing","operation":"update","data":'
  if (!frame.startsWith(head)) throw new Error(frame)
  return frame.slice(head.length, -1)
}

function equal(actual: string | undefined, expected: string | undefined): void {
  if (actual !== expected) throw new Error(`the frame holds ${String(actual)}, plain CASL permits ${String(expected)}`)
}

/** Another seed: `FAST_CHECK_SEED=7`. The one that stands here makes every run the same. */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 500)

test('shows each user exactly the leaves that plain CASL permits, with the rules that can be decided', (t) => {
  const seen = { frames: 0, hidden: 0, decided: 0, undecided: 0, alike: 0 }
  fc.assert(
    fc.property(world, ({ events, policy, users, isConnected }) => {
      const placeholder = isConnected ? unavailable : undefined
      const stream = new Stream(parsePolicy(JSON.stringify(policy)), users, placeholder)
      for (const event of events) {
        const { type, value } = event
        const frames = stream.framesFor(event)
        for (const [number, user] of users.entries()) {
          const permission = permitted(policy, user, 'thing', type, value, placeholder)
          const text = toText(type, value, event.away.includes(number) ? [] : permission.leaves, '', placeholder)
          // Nothing is sent where what is permitted has no place in the event.
          const expected = text === '{}' ? undefined : text
          seen[expected === undefined ? 'hidden' : 'frames']++
          seen.decided += permission.decided
          seen.undecided += permission.undecided
          equal(frames.get(user), expected)
        }
      }
      seen.alike += stream.seen.alike
    }),
    { seed, numRuns, includeErrorInReport: true },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.frames > numRuns && seen.hidden > numRuns / 2, 'both outcomes are met often')
  t.ok(seen.decided > seen.undecided && seen.undecided > numRuns, 'at least half of the conditions are decided, and many are not')
  t.ok(seen.alike > numRuns, 'many are judged by one of them')
  t.end()
})
