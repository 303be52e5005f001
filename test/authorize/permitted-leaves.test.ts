import { fc } from '../support/seeded-properties.js'
import { test } from 'tap'
import { EntityUpdate } from '../../src/authorize/entity-update.js'
import type { Rights } from '../../src/authorize/rights.js'
import { parsePolicy, type RolePolicy } from '../../src/authorize/policy/role-policy.js'
import { parseEntitySchema } from '../../src/decode/avro/avro-entity-schema.js'
import type { ChangeEvent } from '../../src/decode/change-event.js'
import type { EntitySchema } from '../../src/decode/entity-schema.js'
import { entityType, entityValue } from '../support/arbitrary-entity.js'
import { policyOf, userOf, type RawPolicy, type User } from '../support/arbitrary-policy.js'
import { permittedLeaves } from '../support/casl-oracle.js'
import { avroSchemaOf, encode, leavesOf, literalsAt, toText, type ModelValue, type RecordType } from '../support/entity-model.js'

/** Two schemas of one entity type, as after a change of its schema, with events of both in any order. */
interface World {
  readonly events: readonly { readonly type: RecordType; readonly value: ModelValue }[]
  readonly policy: RawPolicy
  readonly users: readonly User[]
}

const world: fc.Arbitrary<World> = fc
  .array(entityType, { minLength: 1, maxLength: 2 })
  .chain((types) =>
    fc.array(
      fc.constantFrom(...types).chain((type) => entityValue(type).map((value) => ({ type, value }))),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .chain((events) => {
    const vocabulary = events.flatMap(({ type, value }) => literalsAt(type, value))
    return fc.record({
      events: fc.constant(events),
      policy: policyOf(vocabulary),
      users: fc.array(userOf(vocabulary), { minLength: 1, maxLength: 4 }),
    })
  })
  .map((made) => ({ ...made, [fc.toStringMethod]: () => described(made) }))

/** A failure is reported as a person would write it down. */
function described({ events, policy, users }: World): string {
  const shown = events.map(({ type, value }) => ({
    schema: avroSchemaOf(type, 'Thing'),
    data: toText(type, value, [...leavesOf(type).keys()]),
  }))
  return JSON.stringify({ events: shown, policy, users })
}

/** The code under test: one policy for all users and events, so that what it remembers can show. */
class Stream {
  private readonly schemas = new Map<RecordType, EntitySchema>()
  private readonly rights = new Map<User, Rights>()
  private latest: ChangeEvent | undefined
  private latestValue: ModelValue | undefined

  constructor(private readonly policy: RolePolicy) {}

  /** The text of the frame's data; undefined where the user gets none. */
  frameFor(user: User, type: RecordType, value: ModelValue): string | undefined {
    const event = this.eventOf(type, value)
    const mask = this.rightsOf(user).audienceOf('thing')?.maskOf(event)
    if (mask === undefined) return undefined
    const frame = Buffer.from(new EntityUpdate(event, mask, () => undefined).frame('seed').bytes).toString()
    const head = '{"type":"entity_update","entity_id":"1","entity_type":"thing","operation":"update","data":'
    if (!frame.startsWith(head)) throw new Error(frame)
    return frame.slice(head.length, -1)
  }

  private rightsOf(user: User): Rights {
    const known = this.rights.get(user) ?? this.policy.rightsOf(user.roles, user.claims)
    this.rights.set(user, known)
    return known
  }

  private eventOf(type: RecordType, value: ModelValue): ChangeEvent {
    if (this.latest === undefined || this.latestValue !== value) {
      const data = { schema: this.schemaOf(type), bytes: encode(type, value, 'Thing'), start: 0 }
      const head = { entityType: 'thing', entityId: '1', operation: 'update', timestampMs: 0, kafkaTimestampMs: 0 } as const
      this.latest = { ...head, topic: 'thing', partition: 0, offset: '0', data, tombstone: false }
      this.latestValue = value
    }
    return this.latest
  }

  private schemaOf(type: RecordType): EntitySchema {
    const known = this.schemas.get(type)
    if (known !== undefined) return known
    const schema = parseEntitySchema('thing', { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] })
    this.schemas.set(type, schema)
    return schema
  }
}

function equal(actual: string | undefined, expected: string | undefined): void {
  if (actual !== expected) throw new Error(`the frame holds ${String(actual)}, plain CASL permits ${String(expected)}`)
}

/** Another seed: `FAST_CHECK_SEED=7`. The one that stands here makes every run the same. */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 500)

test('shows each user exactly the leaves that plain CASL permits', (t) => {
  const seen = { frames: 0, hidden: 0, thrown: 0 }
  fc.assert(
    fc.property(world, ({ events, policy, users }) => {
      const stream = new Stream(parsePolicy(JSON.stringify(policy)))
      for (const { type, value } of events) {
        for (const user of users) {
          const permitted = permittedLeaves(policy, user, 'thing', type, value)
          if (permitted === undefined) seen.thrown++
          else {
            const expected = permitted.length === 0 ? undefined : toText(type, value, permitted)
            seen[expected === undefined ? 'hidden' : 'frames']++
            equal(stream.frameFor(user, type, value), expected)
          }
        }
      }
    }),
    { seed, numRuns, includeErrorInReport: true },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.frames > numRuns && seen.hidden > numRuns / 2 && seen.thrown < seen.frames / 20, 'both outcomes are met often')
  t.end()
})
