import { test } from 'tap'
import { parsePolicy, type RolePolicy } from '#policy/role-policy.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { ConfigurationError } from '#errors.js'
import { Branch, encode } from '../support/values/avro-cases.js'
import { parseEntity } from '../support/values/entity-cases.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { orderEvent, visible } from '../support/values/order.js'
import { fc } from '../support/running/seeded-properties.js'

const many = (items: unknown) => ({ type: 'array', items })
const line = { type: 'record', name: 'Line', fields: [{ name: 'sku', type: ['null', 'string'] }] }
const fields = {
  ...{ id: 'string', n: 'long', at: { type: 'long', logicalType: 'timestamp-micros' }, yes: 'boolean', total: 'double' },
  ...{ price: { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 3 }, maybe: ['null', line], lines: many(['null', 'Line']) },
  ...{ grid: many(many('Line')), words: { type: 'map', values: ['string', 'int'] } },
}
const schema = { type: 'record', name: 'Order', fields: Object.entries(fields).map(([name, type]) => ({ name, type })) }
const orders = parseEntity(schema)

function eventOf(value: object): ChangeEvent {
  return { ...orderEvent(), data: { schema: orders, bytes: encode(schema as never, value), start: 0 } }
}

const sku = (text: string | null) => ({ sku: text === null ? new Branch(0, null) : new Branch(1, text) })
const events = [
  {
    id: 'a',
    n: 5n,
    at: 0n,
    yes: true,
    total: 0.1,
    price: Buffer.from([5]),
    maybe: new Branch(0, null),
    lines: [],
    grid: [[]],
    words: new Map(),
  },
  {
    ...{ id: '', n: 2n ** 62n, at: -(2n ** 62n), yes: false, total: NaN, price: Buffer.alloc(12, 0xff), maybe: new Branch(1, sku('x')) },
    ...{ lines: [new Branch(0, null), new Branch(1, sku(null)), new Branch(1, sku('x'))], grid: [[sku('x')], [sku(null)]] },
    words: new Map([['k', new Branch(1, 5)]]),
  },
].map(eventOf)

const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...orders.leaves, 'maybe', 'lines', 'grid', 'nope', 'lines.nope', 'id.id') },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'a..b', '$where', ''), fc.string({ maxLength: 5 })) },
)
const literal = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom<unknown[]>(
      'a',
      'x',
      '',
      5,
      '5',
      0.1,
      '0.1',
      '-271821-04-19',
      '2026-01-01T00:00Z',
      true,
      false,
      null,
      '${user.s}',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string({ maxLength: 8 }),
      fc.constantFrom('9'.repeat(1025), '${user.', '${user.a.b}', 1e300),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
)
const list = fc.oneof(
  { weight: 5, arbitrary: fc.array(literal, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.oneof(literal, fc.constant('${user.l}')) },
)

const { condition } = fc.letrec<{ condition: unknown; query: unknown }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small' },
    { weight: 3, arbitrary: literal },
    fc.tuple(fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte'), literal).map(([name, operand]) => ({ [name]: operand })),
    fc.tuple(fc.constantFrom('$in', '$nin', '$all'), list).map(([name, operand]) => ({ [name]: operand })),
    fc
      .tuple(fc.constantFrom('$size', '$exists', '$regex', '$foo'), fc.oneof(fc.nat(2), fc.boolean(), literal))
      .map(([name, operand]) => ({ [name]: operand })),
    fc
      .tuple(fc.constantFrom('$not', '$elemMatch'), fc.oneof(tie('query'), tie('condition')))
      .map(([name, operand]) => ({ [name]: operand })),
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => Object.assign({}, one, other) as unknown),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: fc.tuple(path, tie('query')).map(([at, query]) => ({ [at]: query })) },
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor', '$not'), fc.array(tie('condition'), { maxLength: 3 }))
      .map(([name, all]) => ({ [name]: all })),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => Object.assign({}, one, other) as unknown),
  ),
}))
const field = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...orders.leaves, '**', '*', 'lines', '**.sku', 'tag:PII') },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
)
const rule = fc.record(
  {
    action: fc.oneof({ weight: 9, arbitrary: fc.constant('read') }, { weight: 1, arbitrary: literal }),
    subject: fc.oneof({ weight: 9, arbitrary: fc.constant('order') }, { weight: 1, arbitrary: list }),
    fields: fc.oneof({ weight: 9, arbitrary: fc.array(field, { minLength: 1, maxLength: 3 }) }, { weight: 1, arbitrary: list }),
    conditions: condition,
    inverted: fc.oneof({ weight: 9, arbitrary: fc.boolean() }, { weight: 1, arbitrary: literal }),
  },
  { requiredKeys: ['action', 'subject', 'fields'] },
)
const policy = fc.record({ roles: fc.record({ some: fc.array(rule, { maxLength: 3 }) }) }).map((json) => JSON.stringify(json))
/** A few characters cut out, or put in. */
const torn = fc
  .tuple(policy, fc.nat(400), fc.nat(6), fc.oneof(fc.constant(''), fc.string({ maxLength: 4 })))
  .map(([text, at, length, other]) => text.slice(0, at) + other + text.slice(at + length))
const claim = fc.oneof(literal, list)
const claims = fc.record({ s: claim, l: claim }, { requiredKeys: [] })

/** Undefined where it is refused, as it must be: in one sentence that is no longer than a person reads. */
function taken(text: string): RolePolicy | undefined {
  try {
    return parsePolicy(text)
  } catch (error) {
    if (!(error instanceof ConfigurationError) || !/^The policy's .{1,2000}\.$/s.test(error.message)) throw error
    return undefined
  }
}

test('takes a policy or refuses it in a sentence, and judges every event by what it has taken', (t) => {
  const runs = fuzzRuns(1500)
  const seen = { refused: 0, judged: 0, shown: 0 }
  fc.assert(
    fc.property(
      fc.oneof({ weight: 4, arbitrary: policy }, { weight: 1, arbitrary: torn }),
      fc.array(claims, { minLength: 1, maxLength: 3 }),
      (text, users) => {
        const { user } = process.cpuUsage()
        const read = taken(text)
        if (read === undefined) seen.refused++
        for (const one of users) {
          if (read === undefined) break
          const audience = read.rightsOf(['some'], one).audienceOf('order')
          audience?.canReadSomeOf(orders)
          seen.judged++
          for (const event of events) if (visible(audience, event) !== undefined) seen.shown++
        }
        if (process.cpuUsage().user - user > 2_000_000) throw new Error('it takes seconds')
      },
    ),
    { numRuns: runs },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.refused > runs / 20 && seen.judged > runs / 20 && seen.shown > runs / 40, 'all is met')
  t.end()
})

test('texts without end are read, or refused, in a moment', async (t) => {
  const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
  const wide = {
    roles: { some: [{ action: 'read', subject: 'order', fields: ['**'], conditions: { id: { $in: new Array(200_000).fill('a') } } }] },
  }
  const conditions = deep('{"creator":', '}', 50_000).replace(':}', ':1}')
  const texts = [
    ...[
      deep('[', ']', 200_000),
      deep('{"roles":', '}', 50_000).replace(':}', ':1}'),
      `{"roles":${'{"a":{},'.repeat(10_000)}`,
      '"'.repeat(100_000),
    ],
    ...[JSON.stringify(wide), `{"roles":{"some":[{"action":"read","subject":"order","fields":["**"],"conditions":${conditions}}]}}`],
    JSON.stringify({ roles: { some: [{ action: 'read', subject: 'order', fields: [`${'**.*.'.repeat(20_000)}a`] }] } }),
    JSON.stringify({ roles: { some: [{ action: 'read', subject: 'order', fields: ['**'], conditions: { id: '0'.repeat(1_000_000) } }] } }),
  ]
  for (const [number, text] of texts.entries()) {
    const { user } = process.cpuUsage()
    const audience = taken(text)?.rightsOf(['some'], {}).audienceOf('order')
    for (const event of events) visible(audience, event)
    t.ok(process.cpuUsage().user - user < 3_000_000, `text ${number}`)
  }
})
