import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { type AvroJson, type AvroObject, Branch, encode } from '../../support/values/avro-cases.js'
import { allLeaves, entityCases, leavesCalled, parseEntity } from '../../support/values/entity-cases.js'
import { plainRecordJson } from '../../support/values/plain-values.js'
import { projectedText } from '../../support/values/projected-text.js'

const record = (name: string, fields: Record<string, AvroJson>): AvroObject => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})

/** The JSON text of a record's one field `v`. */
function textOf(type: AvroJson, value: unknown, options = {}): string {
  const schema = record('Thing', { v: type })
  const entity = parseEntitySchema('thing', { schema: JSON.stringify(schema), references: [] }, options)
  const text = projectedText(entity, allLeaves(entity), encode(schema, { v: value }))
  return text.slice('{"v":'.length, -1)
}

/** The JSON text of the named leaves. */
function project(schema: AvroObject, value: unknown, ...paths: string[]): string {
  const entity = parseEntity(schema)
  return projectedText(entity, leavesCalled(entity, ...paths), encode(schema, value))
}

test('shows exactly the leaves asked for, whatever the schema, the value and the leaves', (t) => {
  fc.assert(
    fc.property(entityCases, ({ schema, value, bytes, entity, leaves, root }) => {
      const text = projectedText(entity, leaves, Buffer.concat([Buffer.alloc(7), bytes]), 7)
      JSON.parse(text)
      if (text !== plainRecordJson(schema, value, root)) t.equal(text, plainRecordJson(schema, value, root))
    }),
    { numRuns: 1000 },
  )
  t.end()
})

test('writes values as the table in src/avro/README.md says', (t) => {
  const long = (logicalType: string) => ({ type: 'long', logicalType })
  t.equal(textOf('long', 2n ** 60n + 1n), '1152921504606846977')
  t.equal(textOf('long', -(2n ** 63n)), '-9223372036854775808')
  t.equal(textOf({ type: 'int', logicalType: 'date' }, 19_000), '"2022-01-08"')
  t.equal(textOf({ type: 'int', logicalType: 'date' }, 2 ** 31 - 1), 'null')
  t.equal(textOf({ type: 'int', logicalType: 'time-millis' }, 3_723_004), '"01:02:03.004"')
  t.equal(textOf(long('time-micros'), 3_723_004_005n), '"01:02:03.004005"')
  t.equal(textOf(long('time-micros'), 86_400_000_000n), 'null')
  t.equal(textOf(long('timestamp-millis'), 1_700_000_000_123n), '"2023-11-14T22:13:20.123Z"')
  t.equal(textOf(long('timestamp-micros'), -1n), '"1969-12-31T23:59:59.999999Z"')
  t.equal(textOf(long('timestamp-nanos'), 1_700_000_000_123_456_789n), '"2023-11-14T22:13:20.123456789Z"')
  t.equal(textOf(long('local-timestamp-millis'), 0n), '"1970-01-01T00:00:00.000"')
  t.equal(textOf(long('timestamp-millis'), 8_640_000_000_000_000n), '"+275760-09-13T00:00:00.000Z"')
  t.equal(textOf(long('timestamp-millis'), 8_640_000_000_000_001n), 'null')
  t.equal(textOf({ type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 }, Buffer.from([3, 0xe8])), '"10.00"')
  t.equal(textOf({ type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 }, Buffer.from([0xff])), '"-0.01"')
  t.equal(textOf('double', NaN), 'null')
  t.equal(textOf('float', -Infinity), 'null')
  t.equal(textOf('bytes', Buffer.from([0xfb, 0xff])), '"+/8="')
  const duration = Buffer.from('0100000002000000bc0b0000', 'hex')
  t.equal(textOf({ type: 'fixed', name: 'D', size: 12, logicalType: 'duration' }, duration), '"P1M2DT3.004S"')
  t.end()
})

test('writes every long as a string, and no int, where the clients ask for it', (t) => {
  t.equal(textOf('long', 1n, { longs: 'string' }), '"1"')
  t.equal(textOf('long', 2n ** 60n + 1n, { longs: 'string' }), '"1152921504606846977"')
  t.equal(textOf('int', 1, { longs: 'string' }), '1')
  t.equal(textOf({ type: 'long', logicalType: 'timestamp-millis' }, 0n, { longs: 'string' }), '"1970-01-01T00:00:00.000Z"')
  t.end()
})

test('ignores a logical type that is unknown, contradicts itself or stands on a wrong base', (t) => {
  t.equal(textOf({ type: 'int', logicalType: 'constructor' }, 5), '5')
  t.equal(textOf({ type: 'string', logicalType: 'date' }, 'x'), '"x"')
  t.equal(textOf({ type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 }, Buffer.from([1])), '"AQ=="')
  t.equal(textOf({ type: 'fixed', name: 'F', size: 1, logicalType: 'decimal', precision: 3 }, Buffer.from([1])), '"AQ=="')
  t.end()
})

test('a container appears when a leaf under it is permitted, an array with its length', (t) => {
  const item = record('Item', { sku: 'string', cost: 'int' })
  const schema = record('Order', {
    items: { type: 'array', items: [item, 'string', 'null'] },
    by_day: { type: 'map', values: ['Item', 'string', 'null'] },
    secret: record('Secret', { s: 'int' }),
  })
  const items = [new Branch(0, { sku: 'a', cost: 1 }), new Branch(1, 'b'), new Branch(2, null)]
  const value = { items, by_day: new Map(items.map((item, i) => [`k${i}`, item])), secret: { s: 1 } }
  t.equal(project(schema, value, 'items.sku'), '{"items":[{"sku":"a"},null,null]}')
  t.equal(project(schema, value, 'items'), '{"items":[null,"b",null]}')
  t.equal(project(schema, value, 'by_day.cost'), '{"by_day":{"k0":{"cost":1},"k2":null}}')
  t.equal(project(schema, value), '{}')
  t.end()
})

test('a hidden branch of a union leaves its field out', (t) => {
  const schema = record('Thing', { v: ['null', 'string', record('R', { x: 'int' })] })
  t.equal(project(schema, { v: new Branch(2, { x: 1 }) }, 'v'), '{}')
  t.equal(project(schema, { v: new Branch(1, 's') }, 'v.x'), '{}')
  t.equal(project(schema, { v: new Branch(0, null) }, 'v'), '{"v":null}')
  t.equal(project(schema, { v: new Branch(0, null) }, 'v.x'), '{"v":null}')
  const list = record('Thing', { v: [{ type: 'array', items: ['null', record('R', { x: 'int' })] }, 'string'] })
  t.equal(project(list, { v: new Branch(0, [new Branch(0, null)]) }, 'v'), '{}', 'nulls alone do not make an array visible')
  t.equal(project(list, { v: new Branch(0, [new Branch(0, null)]) }, 'v.x'), '{"v":[null]}')
  t.end()
})

test('keeps a map key like __proto__, and of the same key the last value', (t) => {
  t.equal(textOf({ type: 'map', values: 'int' }, new Map([['__proto__', 1]])), '{"__proto__":1}')
  const entity = parseEntity(record('Thing', { v: { type: 'map', values: 'int' } }))
  const twice = Buffer.from([4, 2, 0x61, 2, 2, 0x61, 4, 0])
  t.equal(projectedText(entity, new Set([0]), twice), '{"v":{"a":2}}')
  t.same(entity.extractionOf(['v'])(twice, 0), { v: [2] })
  t.end()
})

test('shows nothing deeper of a recursive record than its leaves', (t) => {
  const schema = record('Node', { v: 'int', next: ['null', 'Node'] })
  let node: Branch = new Branch(0, null)
  for (let v = 5; v > 0; v--) node = new Branch(1, { v, next: node })
  const entity = parseEntity(schema)
  const text = projectedText(entity, allLeaves(entity), encode(schema, { v: 0, next: node }))
  t.equal(text, '{"v":0,"next":{"v":1,"next":{"v":2,"next":{"v":3}}}}')
  t.end()
})
