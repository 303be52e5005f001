import { deepStrictEqual } from 'node:assert'
import { Cursors } from '#gateway/table/cursor.js'
import { createMongoAbility, subject } from '@casl/ability'
import avsc from 'avsc'
import { test } from 'tap'
import { RuleAudience } from '#policy/audience/rule-audience.js'
import { Authorizer, type Receiver } from '#gateway/authorize/authorize.js'
import type { BoundCondition } from '#policy/rules/condition.js'
import type { Audience, Claims } from '#policy/rights.js'
import { parsePolicy } from '#policy/role-policy.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import type { NoteFault } from '#gateway/observe/judging-faults.js'
import { Meter } from '#gateway/observe/meter.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

// Nine users with plain claims and one with whatever JSON can hold: the nine are shown what plain CASL permits, and nothing throws.

const price = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }
const at = { type: 'long', logicalType: 'timestamp-millis' }
const texts = ['id', 'owner', 'region'].map((name) => ({ name, type: 'string' }))
const fields = [
  ...texts,
  { name: 'total', type: 'double' },
  { name: 'open', type: 'boolean' },
  { name: 'at', type: at },
  { name: 'price', type: price },
]
const avroSchema = { type: 'record', name: 'Order', streamable: true, fields }
const avroType = avsc.Type.forSchema(avroSchema as avsc.Schema)
const schema = parseEntitySchema('order', { schema: JSON.stringify(avroSchema), references: [] })

const rule = (inverted: boolean, leaf: string, conditions: object) => ({
  action: 'read',
  subject: 'order',
  fields: [leaf],
  inverted,
  conditions,
})
/** Each claim is asked of values of several kinds; by some of the rules users are looked up, by others they cannot be. */
const rulesOfRole = {
  looked_up: [
    rule(false, 'id', { owner: '${user.sub}' }),
    rule(false, 'owner', { owner: { $in: '${user.owners}' }, at: { $gte: '${user.since}' } }),
    rule(false, 'total', { at: { $gte: '${user.since}' }, owner: '${user.sub}' }),
    rule(false, 'region', { owner: '${user.sub}', total: { $gt: '${user.limit}' } }),
    rule(true, 'total', { owner: '${user.sub}', price: '${user.price}' }),
    rule(false, 'price', { price: { $in: ['${user.price}', '0.05'] } }),
    rule(false, 'at', { open: '${user.open}' }),
  ],
  judged: [
    rule(false, 'id', { $or: [{ owner: '${user.sub}' }, { at: { $lt: '${user.since}' } }] }),
    rule(false, 'price', { price: { $nin: '${user.prices}' } }),
    rule(true, 'price', { $nor: [{ total: { $lte: '${user.limit}' } }] }),
    rule(false, 'total', { total: { $ne: '${user.limit}' }, owner: { $not: { $eq: '${user.sub}' } } }),
  ],
} as const
type Role = keyof typeof rulesOfRole

const times = ['2023-01-01T00:00:00.000Z', '2024-02-29T12:00:00.001Z']
const prices = ['10.00', '0.05', '-3.10']
const owners = Array.from({ length: 12 }, (_none, number) => `user-${number}`)
const event = fc.record({
  ...{ id: fc.constantFrom('1', '2'), owner: fc.constantFrom(...owners), region: fc.constantFrom('eu', 'us') },
  ...{ total: fc.constantFrom(5, 10.5), open: fc.boolean(), at: fc.constantFrom(...times), price: fc.constantFrom(...prices) },
})
type Order = typeof event extends fc.Arbitrary<infer T> ? T : never

const plainClaims = fc.record({
  ...{ sub: fc.constantFrom(...owners), owners: fc.uniqueArray(fc.constantFrom(...owners), { minLength: 1, maxLength: 3 }) },
  ...{ since: fc.constantFrom(...times), limit: fc.constantFrom(5, 10.5), price: fc.constantFrom(...prices) },
  ...{ prices: fc.uniqueArray(fc.constantFrom(...prices), { minLength: 1, maxLength: 2 }), open: fc.boolean() },
})

const digits = fc.stringMatching(/^\d{1,6}$/)
/** What looks like a number or a time and is none, or at the edge of what is one. */
const hostileText = fc.oneof(
  // What once ended the process.
  fc.constant('-271821-04-19T23:00:00-23:59'),
  fc.constantFrom(
    '',
    'NaN',
    '-0',
    '1e400000000',
    '-1e-400000000',
    'Infinity',
    '0x10',
    '1_000',
    '٣',
    '${user.sub}',
    '$ne',
    '__proto__',
    'null',
  ),
  fc.constantFrom('9'.repeat(256), '9'.repeat(257), '9'.repeat(2_000), `0.${'0'.repeat(255)}1`, `-${'1'.repeat(256)}.${'1'.repeat(256)}`),
  fc.constantFrom('\ud800', 'a\udc00', '\u0000', '\ufeff10', '𝟙𝟘', '10.00 ', ' 10.00', '10.', '.5', '--1'),
  fc.constantFrom(
    '-271821-04-19T23:00:00-23:59',
    '-271821-04-20',
    '+275760-09-13T23:59+23:59',
    '+275760-09-14',
    '-000000-01-01',
    '+999999-12-31',
  ),
  fc.constantFrom('2016-12-31T23:59:60Z', '2023-02-29', '2023-01-01T24:00', '2023-01-01T24:00:01', '2023-01-01T00:00+24:00', '0000-01-01'),
  fc
    .tuple(fc.constantFrom('-', '+'), digits, fc.nat(14), fc.nat(33), fc.nat(26), fc.constantFrom('Z', '', '-23:59', '+23:59'))
    .map(
      ([sign, year, month, day, hour, offset]) => `${sign}${year.padStart(6, '0')}-${pair(month)}-${pair(day)}T${pair(hour)}:00${offset}`,
    ),
  fc.constantFrom(...owners, ...times, ...prices),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

function pair(number: number): string {
  return String(number).padStart(2, '0')
}

const hostileNumber = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, 1e308, -1e308, 2 ** 53, 2 ** 53 - 1, 1e21, 1e-7, 0.1 + 0.2, Infinity),
)
const hostileScalar = fc.oneof({ weight: 4, arbitrary: hostileText }, hostileNumber, fc.boolean(), fc.constant(null))
const hostileClaim = fc.oneof(
  { weight: 6, arbitrary: hostileScalar },
  { weight: 2, arbitrary: fc.array(hostileScalar, { maxLength: 5 }) },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom({ $ne: null }, { $gt: '' }, [{ $exists: true }], [[]], { toString: 1, valueOf: 'x', toJSON: 'y' }, []),
)
const names = ['sub', 'owners', 'since', 'limit', 'price', 'prices', 'open'] as const
/** Mostly only some of the claims are odd: who lacks one that a rule asks for has other rules, and is looked up among others. */
const hostileClaims = fc
  .tuple(
    plainClaims,
    fc.dictionary(fc.constantFrom(...names), fc.oneof(hostileScalar, hostileClaim), { minKeys: 1, maxKeys: 3 }),
    fc.nat(9),
  )
  .map(([plain, odd, kind]) => {
    const claims = kind === 0 ? odd : { ...plain, ...odd }
    // As the parser of tokens hands them on: `__proto__` is a member like any other.
    return JSON.parse(kind === 1 ? `{"__proto__":${JSON.stringify(claims)}}` : JSON.stringify(claims)) as Claims
  })

/** Where our own code fails for the tenth user, beside what claims can bring about by themselves. */
const sabotage = fc.constantFrom('none', 'none', 'literalsAt', 'test', 'audienceOf')

const fail = (): never => {
  throw new RangeError('as asked')
}

class Subscriber implements Receiver {
  readonly entityId = '1'
  readonly entityType = 'order'
  readonly sentTimes = new SentTimes()
  isSabotaged = false

  constructor(
    readonly owner: string,
    private readonly audience: Audience | undefined,
  ) {}

  audienceOf(): Audience | undefined {
    return this.isSabotaged ? fail() : this.audience
  }

  pageAudienceOf(): Audience | undefined {
    return this.audience
  }

  notePageCompared(): void {}

  wasSent(): boolean {
    return false
  }

  wasToldOfDelete(): boolean {
    return false
  }

  deliver(): void {
    throw new Error('who receives an update is looked at instead')
  }
}

/** What is met on the way, but for records that cannot be read: there are none. */
class Faults {
  readonly met: unknown[] = []
  readonly note: NoteFault = (_at, _type, error) => void this.met.push(error)
  readonly reportBadRecord = (_event: ChangeEvent, error: unknown) => {
    throw error
  }
}

/** @returns of each user that is sent the event, what is shown of it. */
function shownBy(index: SubscriptionIndex<Receiver>, changed: ChangeEvent, faults: Faults): Map<string, unknown> {
  const shown = new Map<string, unknown>()
  const audiences = index.audiencesOf('order', '1')
  if (audiences === undefined) return shown
  const { reportBadRecord, note: noteFault } = faults
  const cursors = new Cursors(() => undefined)
  const limits = {
    frameBytesMax: 1_000_000,
    meter: new Meter(),
    cursors,
    tables: { get: () => undefined, has: () => false, types: () => [] },
  }
  const authorizer = new Authorizer({ types: new EntityTypes([]), schemasOf: () => [schema], ...limits, noteFault, reportBadRecord })
  for (const { update, receivers } of authorizer.authorize({ event: changed, before: undefined, audiences, collections: [] })) {
    const { data } = JSON.parse(Buffer.from(update.frame('seed').bytes).toString()) as { data: unknown }
    for (const { owner } of receivers) shown.set(owner, data)
  }
  return shown
}

/** Fixed in form, so that times are ordered as their texts are. */
function permittedTo(role: Role, claims: Claims, order: Order): object | undefined {
  const bound = JSON.parse(JSON.stringify(rulesOfRole[role]), (_key, value: unknown) => {
    const name = typeof value === 'string' ? /^\$\{user\.(\w+)\}$/.exec(value)?.[1] : undefined
    return name === undefined ? value : claims[name]
  }) as never
  const ability = createMongoAbility(bound)
  const visible = Object.entries(order).filter(([leaf]) => ability.can('read', subject('order', { ...order }), leaf))
  return visible.length === 0 ? undefined : Object.fromEntries(visible)
}

function eventOf(order: Order): ChangeEvent {
  const unscaled = BigInt(Math.round(Number(order.price) * 100))
  const bytes = Buffer.from([Number((unscaled >> 8n) & 0xffn), Number(unscaled & 0xffn)])
  const head = { entityType: 'order', entityId: '1', operation: 'update', timestampMs: 0, kafkaTimestampMs: 0, topic: 'order' } as const
  const data = { schema, bytes: avroType.toBuffer({ ...order, at: Date.parse(order.at), price: bytes }), start: 0 }
  return { ...head, partition: 0, offset: 0, data, tombstone: false, value: null, hidden: false }
}

/** CASL itself knows neither `$nor` nor `$or`, so that the rules with them are compared with the same users without the tenth. */
test('whatever one user claims, the others are shown what they are permitted, and nothing is thrown', (t) => {
  const policies = new Map(
    Object.entries(rulesOfRole).map(([role, rules]) => [role, parsePolicy(JSON.stringify({ roles: { [role]: rules } }))]),
  )
  const met = { shown: 0, faults: 0 }
  const users = fc.array(plainClaims, { minLength: 9, maxLength: 9 })
  const orders = fc.array(event, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      fc.constantFrom<Role>('looked_up', 'judged'),
      users,
      hostileClaims,
      orders,
      sabotage,
      (role, plain, claims, all, broken) => {
        const policy = policies.get(role)!
        const faults = new Faults()
        const [together, withoutIt, byItself] = Array.from({ length: 3 }, () => new SubscriptionIndex<Receiver>(faults.note))
        for (const [number, one] of plain.entries()) {
          const audience = policy.rightsOf([role], one).audienceOf('order')
          for (const some of [together!, withoutIt!]) some.add(new Subscriber(String(number), audience))
        }
        const tenth = tenthOf(policy.rightsOf([role], claims).audienceOf('order'), broken, plain.length)
        for (const some of [together!, byItself!]) some.add(tenth)
        for (const order of all) {
          const changed = eventOf(order)
          const shown = shownBy(together!, changed, faults)
          const shownToTenth = shown.get(tenth.owner)
          shown.delete(tenth.owner)
          met.shown += shown.size
          deepStrictEqual(shown, shownBy(withoutIt!, changed, faults))
          if (broken !== 'test') deepStrictEqual(shownToTenth, shownBy(byItself!, changed, faults).get(tenth.owner))
          if (role === 'looked_up')
            for (const [number, one] of plain.entries()) deepStrictEqual(shown.get(String(number)), permittedTo(role, one, order))
          // It goes and comes, as whoever wants to do harm may.
          together!.remove(tenth)
          deepStrictEqual(shownBy(together!, changed, faults), shown)
          together!.add(tenth)
        }
        met.faults += faults.met.length
        if (broken === 'none' && faults.met.length > 0) throw faults.met[0]
      },
    ),
    { numRuns: fuzzRuns(300) },
  )
  t.ok(met.shown > 0 && met.faults > 0, 'both are met', met)
  t.end()
})

function tenthOf(audience: Audience | undefined, broken: string, number: number): Subscriber {
  const tenth = new Subscriber(String(number), audience)
  tenth.isSabotaged = broken === 'audienceOf'
  if (broken !== 'literalsAt' && broken !== 'test') return tenth
  if (!(audience instanceof RuleAudience)) return tenth
  // A copy, as one of the nine may have the same rights.
  const failing = { [broken]: { value: fail } }
  const conditions = audience.conditions.map((condition) => condition && (Object.create(condition, failing) as BoundCondition))
  return new Subscriber(String(number), new RuleAudience(audience.key, audience.group, conditions))
}
