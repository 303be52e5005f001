import { test } from 'tap'
import type { Marks } from '#entities.js'
import { Branch } from '../../../support/values/avro-cases.js'
import { bareOrder, dataOf, DecodeFixture, kafkaTimeMs, wire, wireOf } from '../../../support/gateway/decode-fixture.js'

const marks = { deleted: '__deleted', operation: '__op', time: '__source_ts_ms' }
const maybe = (type: unknown) => ['null', type]
const flattened = {
  ...{ type: 'record', name: 'Value', namespace: 'shop.public.orders' },
  fields: Object.entries({
    ...{ id: 'long', status: maybe('string') },
    ...{ __op: maybe('string'), __source_ts_ms: maybe('long'), __deleted: maybe('string') },
  }).map(([name, type]) => ({ name, type })),
}

test('a row that its marks call deleted is a delete without data, at the time that they say', async (t) => {
  const fixture = new DecodeFixture([{ ...bareOrder, marks }])
  const id = fixture.register('shop.orders', flattened)
  // As a connector wrote them that flattens its events.
  const [created, deleted] = ['0a02084f50454e0202630280a0bfe9d666020a66616c7365', '0a02084f50454e02026402d0acc0e9d666020874727565']
  const read = (hex: string) => fixture.decodeOne('shop.orders', { value: wire(id, Buffer.from(hex, 'hex')) })
  const row = await read(created)
  t.match(row, { operation: 'create', entityId: '5', timestampMs: Date.UTC(2025, 10, 24, 16) })
  t.equal(dataOf(row), '{"id":5,"status":"OPEN"}')
  t.match(await read(deleted), {
    operation: 'delete',
    entityId: '5',
    data: null,
    tombstone: false,
    timestampMs: Date.UTC(2025, 10, 24, 16, 0, 9),
  })
  t.same(fixture.catalog.schemasOf('order')[0]!.leaves, ['id', 'status'])
  t.equal(fixture.catalog.schemasOf('order')[0]!.kindsAt('__op'), undefined, 'no condition can ask for a mark')
  t.same(fixture.lines, [])
})

/** The operation of a record with this mark, or why it is bad. */
async function operationBy(name: keyof Marks, type: unknown, value: unknown): Promise<unknown> {
  const schema = { type: 'record', name: 'Order', fields: [...[{ name: 'mark', type }], { name: 'id', type: 'string' }] }
  const fixture = new DecodeFixture([{ ...bareOrder, marks: { [name]: 'mark' } }])
  const id = fixture.register('shop.orders', schema)
  const event = await fixture.decodeOne('shop.orders', { value: wireOf(id, schema, { id: 'a', mark: value }) })
  return typeof event === 'object'
    ? name === 'time'
      ? event.timestampMs - kafkaTimeMs
      : event.operation
    : (event ?? fixture.lines[0]?.message)
}

const oracleNumber = { type: 'bytes', 'connect.name': 'org.apache.kafka.connect.data.Decimal', scale: 0 }
const zoned = { type: 'string', 'connect.name': 'io.debezium.time.ZonedTimestamp' }

test('whether a row is deleted is said by a flag, a word, a number or a time', async (t) => {
  const time = { type: 'long', logicalType: 'timestamp-millis' }
  const cases: [type: unknown, value: unknown, operation: string][] = [
    ['boolean', true, 'delete'],
    ['boolean', false, 'update'],
    [maybe('boolean'), new Branch(0, null), 'update'],
    ['string', 'TRUE', 'delete'],
    ['string', '', 'update'],
    ['string', 'perhaps', 'operation_wrong'],
    [{ type: 'enum', name: 'Flag', symbols: ['N', 'Y'] }, 'Y', 'delete'],
    ['int', 1, 'delete'],
    ['long', 0n, 'update'],
    [maybe(time), new Branch(1, 0n), 'delete'],
    [maybe(time), new Branch(0, null), 'update'],
    [maybe(zoned), new Branch(1, '2025-11-24T16:00:00Z'), 'delete'],
    [maybe(zoned), new Branch(1, 'infinity'), 'operation_wrong'],
    ['string', 'X', 'delete'],
    ['string', '2025-11-24 16:00:00', 'delete'],
    ['double', 1, 'delete'],
    ['double', 0, 'update'],
    ['double', NaN, 'operation_wrong'],
    [oracleNumber, Buffer.from([1]), 'delete'],
    [oracleNumber, Buffer.from([0]), 'update'],
    ['bytes', Buffer.from([1]), 'envelope_invalid'],
    [{ type: 'array', items: 'int' }, [1], 'envelope_invalid'],
  ]
  for (const [type, value, operation] of cases)
    t.equal(await operationBy('deleted', type, value), operation, `${JSON.stringify(type)} ${String(value)}`)
})

test('the operation is said by the words of several connectors, and the time by a number or a text', async (t) => {
  const words = {
    c: 'create',
    r: 'create',
    I: 'create',
    INSERT: 'create',
    Insert: 'create',
    REFRESH: 'create',
    'bootstrap-insert': 'create',
    u: 'update',
    UPDATE: 'update',
    MODIFY: 'update',
    D: 'delete',
    delete: 'delete',
    Deleted: 'delete',
    REMOVE: 'delete',
    t: 'operation_wrong',
  }
  for (const [word, operation] of Object.entries(words)) t.equal(await operationBy('operation', 'string', word), operation, word)
  t.equal(await operationBy('operation', maybe('string'), new Branch(0, null)), 'update', 'null says nothing')
  const earlier = kafkaTimeMs - 7
  t.equal(await operationBy('time', 'long', BigInt(earlier)), -7)
  t.equal(await operationBy('time', { type: 'long', logicalType: 'timestamp-micros' }, BigInt(earlier) * 1000n), -7)
  t.equal(await operationBy('time', zoned, new Date(earlier).toISOString()), -7)
  t.equal(await operationBy('time', 'string', 'infinity'), 0, 'a text that is no time leaves it to Kafka')
  t.equal(await operationBy('time', maybe('long'), new Branch(0, null)), 0)
})

test('a mark that the record does not have makes bad records', async (t) => {
  const fixture = new DecodeFixture([{ ...bareOrder, marks: { deleted: 'gone' } }])
  const id = fixture.register('shop.orders', flattened)
  t.equal(await fixture.decodeOne('shop.orders', { value: wire(id, Buffer.from('0a000000000000', 'hex')) }), 'envelope_invalid')
  t.match(fixture.lines[0]?.message, /there is no field gone/)
})

test('people are warned once of envelopes of Debezium where bare records are expected', async (t) => {
  const row = { type: 'record', name: 'Value', fields: [{ name: 'id', type: 'string' }] }
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'after', type: ['null', row] },
    { name: 'op', type: 'string' },
  ]
  const fixture = new DecodeFixture([bareOrder])
  fixture.register('shop.orders', { type: 'record', name: 'Envelope', fields })
  await fixture.catalog.start()
  await fixture.clock.advance(30_000)
  t.match(fixture.lines, [{ level: 'warn', message: /may have to say "envelope": "debezium"\.$/ }])
  t.equal(fixture.lines.length, 1)
})

test('people are warned once of rows that say that they are deleted where nobody has said so', async (t) => {
  const fixture = new DecodeFixture([bareOrder])
  fixture.register('shop.orders', flattened)
  await fixture.catalog.start()
  await fixture.clock.advance(30_000)
  t.match(fixture.lines, [
    { level: 'warn', message: /have a field "__deleted": a deleted row looks alive .* "marks": {"deleted": "__deleted"}\.$/ },
  ])
})
