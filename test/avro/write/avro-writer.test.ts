import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { AvroSink } from '#avro/write/avro-sink.js'
import { avroWriterOf } from '#avro/write/avro-writer.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { serviceForm } from '#avro/write/service-form.js'
import { avroCases, type AvroJson, encode, namedTypes } from '../../support/values/avro-cases.js'
import { allLeaves, parseEntity } from '../../support/values/entity-cases.js'
import { fc } from '../../support/running/seeded-properties.js'
import { NotShown, serviceValue } from '../../support/values/service-values.js'
import { projectedText } from '../../support/values/projected-text.js'

/** What a client sees of a value that a service has put in. */
function seen(schema: object, value: unknown): string {
  const sink = new AvroSink()
  avroWriterOf(parseAvroSchema(JSON.stringify(schema)) as RecordNode, serviceForm)(sink, value, 'any')
  const entity = parseEntity(schema)
  return projectedText(entity, allLeaves(entity), sink.written())
}

function recordOf(type: AvroJson): object {
  return { type: 'record', name: 'Thing', fields: [{ name: 'x', type }] }
}

const seenOf = (type: unknown, x: unknown) => (JSON.parse(seen(recordOf(type as AvroJson), { x })) as { x: unknown }).x
const refusalOf = (type: unknown, x: unknown) => () => seenOf(type, x)

void test('a client sees of any value of any schema just what a service put in', async (t) => {
  let compared = 0
  fc.assert(
    fc.property(avroCases, ({ schema, value }) => {
      const types = namedTypes(schema)
      // A record without fields has nothing that anybody could see.
      if ([...types.values()].some(({ fields }) => fields?.length === 0)) return
      const entity = parseEntity(schema)
      // What avsc writes, which is told the branch of each union.
      const expected = projectedText(entity, allLeaves(entity), encode(schema, value))
      try {
        const shown = seen(schema, serviceValue(schema, value, types))
        if (shown !== expected) throw new Error(`${shown} is not ${expected}`)
        compared++
      } catch (error) {
        if (!(error instanceof NotShown)) throw error
      }
    }),
    { numRuns: 6000 },
  )
  t.ok(compared > 1000, `${compared} cases were compared`)
})

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 }
const timestamp = (digits: string) => ({ type: 'long', logicalType: `timestamp-${digits}` })
const date = { type: 'int', logicalType: 'date' }

void test('takes values in the forms in which services have them', async (t) => {
  for (const given of ['10', '10.00', '10.000', 10, 10n]) t.equal(seenOf(decimal, given), '10.00')
  t.equal(seenOf(decimal, 0.1), '0.10')
  t.equal(seenOf(decimal, '-0.05'), '-0.05')
  t.equal(seenOf({ ...decimal, type: 'fixed', name: 'Money', size: 5 }, '-1234.56'), '-1234.56')
  const moment = new Date('2026-01-31T12:00:00.123Z')
  for (const given of [moment, moment.getTime(), '2026-01-31T13:00:00.123+01:00'])
    t.equal(seenOf(timestamp('millis'), given), '2026-01-31T12:00:00.123Z')
  t.equal(seenOf(timestamp('micros'), moment), '2026-01-31T12:00:00.123000Z')
  t.equal(seenOf(timestamp('nanos'), '2026-01-31T12:00:00.123456789Z'), '2026-01-31T12:00:00.123456789Z')
  for (const given of ['2026-01-31', new Date('2026-01-31')]) t.equal(seenOf(date, given), '2026-01-31')
  t.match(seen(recordOf('long'), { x: 2n ** 63n - 1n }), '9223372036854775807')
  t.match(seen(recordOf('long'), { x: '-9223372036854775808' }), '-9223372036854775808')
  t.equal(seenOf('bytes', Buffer.from('eu')), 'ZXU=')
  t.equal(seenOf(['null', 'string'], undefined), null)
  t.same(seenOf({ type: 'map', values: 'int' }, { a: 1 }), { a: 1 })
})

void test('rounds nothing, cuts nothing and guesses nothing', async (t) => {
  const refused: [unknown, unknown[]][] = [
    [decimal, ['10.001', 0.1 + 0.2, '12345.00', 2 ** 53, '1e3', 'ten', NaN, true, new Date()]],
    [timestamp('millis'), ['2026-01-31T12:00:00.0001Z', '2026-01-31T12:00:00', '2026-02-30T12:00Z', '2026-01-31', 1.5, new Date(NaN)]],
    [timestamp('micros'), [1_767_225_600_000, '2026-01-31T12:00:00.0000001Z']],
    [date, ['2026-01-31T12:00Z', new Date('2026-01-31T12:00Z'), 20_000, '2026-02-30']],
    [{ type: 'int', logicalType: 'time-millis' }, ['24:00:00', '12:00:00.0001', 5]],
    ['int', [2 ** 31, 1.5, '1', 2n ** 31n, null, undefined]],
    ['long', [2 ** 53, 2n ** 63n, 1.5, '1.5', '9223372036854775808', '007', '-0', '-01']],
    ['float', [0.1, Infinity]],
    ['double', [NaN, '1', 1n]],
    ['string', [1, '\ud800', new Date()]],
    ['boolean', [1, 'true']],
    ['bytes', ['ZXU=', [1]]],
    [{ type: 'fixed', name: 'F', size: 2 }, [Buffer.alloc(3)]],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, ['C', 0]],
    [{ type: 'string', logicalType: 'uuid' }, ['not-one']],
    [{ type: 'array', items: 'int' }, [{ 0: 1 }, new Set([1])]],
    [{ type: 'map', values: 'int' }, [[1], { a: 'b' }]],
    [
      ['null', 'int', 'boolean'],
      ['1', 1.5],
    ],
  ]
  for (const [type, values] of refused)
    for (const value of values) t.throws(refusalOf(type, value), { name: 'InvalidEntityError' }, `${JSON.stringify(type)} ${String(value)}`)
})

void test('says where in the entity, what was expected and what it was', async (t) => {
  const line = { type: 'record', name: 'Line', fields: [{ name: 'quantity', type: 'int' }] }
  const order = {
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'items', type: { type: 'array', items: line } },
      { name: 'labels', type: { type: 'map', values: ['null', 'string'] } },
    ],
  }
  const items = [{ quantity: 1 }, { quantity: 2 }, { quantity: 'many' }]
  t.throws(() => seen(order, { items, labels: {} }), {
    path: 'items[2].quantity',
    expected: 'an int (a whole number of 32 bits)',
    actual: 'the string "many"',
    message: 'items[2].quantity: expected an int (a whole number of 32 bits), was the string "many"',
  })
  t.throws(() => seen(order, { items: [{}], labels: {} }), { message: /^items\[0\]\.quantity: expected .*, was missing$/ })
  t.throws(() => seen(order, { items: [], labels: { 'a b': 7 } }), { message: /^labels\["a b"\]: / })
  t.throws(() => seen(order, 'an order'), { message: /^the entity: / })
})

void test('repeats no value that stands under a tag', async (t) => {
  const tagged = { type: 'record', name: 'Person', fields: [{ name: 'age', type: 'int', 'confluent:tags': ['PII'] }] }
  const byType = recordOf({ type: 'array', items: { type: 'int', 'confluent:tags': ['PII'] } as never })
  t.throws(() => seen(tagged, { age: 'a secret' }), { message: /^age: .* was a string that is not shown$/ })
  t.throws(() => seen(byType, { x: ['a secret'] }), { message: /^x\[0\]: .* was a string that is not shown$/ })
})

void test('reads members of classes, and none that every object inherits', async (t) => {
  class Entity {
    get x(): number {
      return 7
    }
  }
  t.equal(seen(recordOf('int'), new Entity()), '{"x":7}')
  const odd = { type: 'record', name: 'Odd', fields: [{ name: 'constructor', type: ['null', 'string'] }] }
  t.equal(seen(odd, {}), '{"constructor":null}')
})

void test('chooses of several records the one that has all members, whatever their order', async (t) => {
  const record = (name: string, ...fields: string[]) => ({
    type: 'record',
    name,
    fields: fields.map((field) => ({ name: field, type: ['null', 'int'] })),
  })
  for (const union of [
    [record('A', 'a'), record('B', 'a', 'b')],
    [record('B', 'a', 'b'), record('A', 'a')],
  ])
    for (const value of [{ a: 1 }, { a: 1, b: 2 }]) t.same(seenOf(union, value), value)
})

void test('refuses an object that holds itself rather than running out of stack', async (t) => {
  const circle: { x?: unknown } = {}
  circle.x = circle
  const schema = { type: 'record', name: 'Node', fields: [{ name: 'x', type: ['null', 'Node'] }] }
  t.throws(() => seen(schema, circle), { name: 'InvalidEntityError', message: /nested deeper than 64/ })
})

const similar = (name: string) => ({
  type: 'record',
  name,
  fields: [
    { name: 'next', type: ['null', 'Node', ...(name === 'Node' ? [{ type: 'record', name: 'Twin', fields: [] as unknown[] }] : ['Twin'])] },
    { name: 'value', type: 'int' },
  ],
})

/** Two records that hold each other in unions, and differ only at the end. */
function twins(): object {
  const node = similar('Node')
  const twin = (node.fields[0]!.type as object[])[2] as { fields: unknown[] }
  twin.fields = [
    { name: 'next', type: ['null', 'Node', 'Twin'] },
    { name: 'value', type: 'string' },
  ]
  return node
}

void test('tries unions of similar records within each other once, and not in every combination', async (t) => {
  const nested = (last: unknown) => {
    let value: object = { next: null, value: last }
    for (let level = 0; level < 60; level++) value = { next: value, value: 1 }
    return value
  }
  t.doesNotThrow(() => seen(twins(), nested('a')))
  t.throws(() => seen(twins(), nested(true)), { name: 'InvalidEntityError', path: 'next' })
})

void test('ends where parts that are shared would be more than the gateway shows, or are too many', async (t) => {
  let shared: object = {}
  for (let level = 0; level < 60; level++) shared = { a: shared, b: shared }
  const node = { type: 'record', name: 'Node', fields: ['a', 'b'].map((name) => ({ name, type: ['null', 'Node'] })) }
  t.throws(() => seen(node, shared), { name: 'InvalidEntityError', expected: 'at most 16777216 bytes' })
  const nulls = { type: 'array', items: 'null' }
  t.throws(
    () =>
      seenOf(
        nulls,
        Array.from({ length: 65_537 }, () => null),
      ),
    { name: 'InvalidEntityError', expected: 'at most 65536 items without bytes' },
  )
  t.throws(() => seenOf({ type: 'array', items: 'int' }, new Array(2 ** 32 - 1)), {
    name: 'InvalidEntityError',
    expected: 'at most 16777216 items',
  })
})
