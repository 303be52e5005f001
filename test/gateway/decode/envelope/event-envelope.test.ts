import { test } from 'tap'
import { seedEntity } from '#entities.js'
import { Branch } from '../../../support/values/avro-cases.js'
import { reasonOf } from '../../../support/values/bad-record.js'
import { dataOf, DecodeFixture, kafkaTimeMs, orderSchema, wire, wireOf } from '../../../support/gateway/decode-fixture.js'

interface Field {
  name: string
  type: unknown
}

const fields = {
  entity_id: { name: 'entity_id', type: 'string' },
  entity_type: { name: 'entity_type', type: 'string' },
  operation: { name: 'operation', type: { type: 'enum', name: 'Operation', symbols: ['create', 'update', 'delete', 'purge'] } },
  timestamp: { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' } },
  data: { name: 'data', type: ['null', orderSchema] },
} satisfies Record<string, Field>

const event = (...used: Field[]) => ({ type: 'record', name: 'OrderEvent', fields: used })
const usual = event(fields.entity_id, fields.entity_type, fields.operation, fields.timestamp, fields.data)
const order = { id: 'o-1', total: 5 }
const value = {
  ...{ entity_id: 'o-1', entity_type: 'order', operation: 'update', timestamp: BigInt(kafkaTimeMs - 5) },
  data: new Branch(1, order),
}

/** What comes of one event on the topic `order.update`. */
async function decoded(schema: object, change: object = {}, topic = 'order.update') {
  const fixture = new DecodeFixture([seedEntity('order')])
  return await fixture.decodeOne(topic, { value: wireOf(fixture.register(topic, schema), schema, { ...value, ...change }) })
}

test('reads the head of the usual event and leaves its data unread', async (t) => {
  const found = await decoded(usual)
  t.match(found, {
    entityType: 'order',
    entityId: 'o-1',
    operation: 'update',
    topic: 'order.update',
    partition: 0,
    offset: 0,
    tombstone: false,
  })
  t.match(found, {
    timestampMs: kafkaTimeMs - 5,
    kafkaTimestampMs: kafkaTimeMs,
    data: { schema: { name: 'Order', entityType: 'order' } },
  })
  t.equal(dataOf(found), '{"id":"o-1","total":5}')
})

test('finds the fields by name in whatever order, over further ones, in other types', async (t) => {
  const further = { name: 'trace', type: { type: 'map', values: 'string' } }
  const plainTime = { name: 'timestamp', type: ['null', 'long'] }
  const operation = { name: 'operation', type: 'string' }
  const schema = event(further, { name: 'data', type: orderSchema }, plainTime, operation, fields.entity_type, fields.entity_id)
  const found = await decoded(schema, { trace: new Map([['a', 'b']]), data: order, timestamp: new Branch(1, 7n) })
  t.match(found, { entityId: 'o-1', operation: 'update', timestampMs: 7 })
  t.equal(dataOf(found), '{"id":"o-1","total":5}')
})

test('takes the time in micros, and from Kafka where the event has none or lies more than a minute ahead', async (t) => {
  const micros = { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-micros' } }
  const at = (timestamp: bigint) => decoded(usual, { timestamp })
  const inMicros = event(fields.entity_id, fields.entity_type, fields.operation, micros, fields.data)
  t.match(await decoded(inMicros, { timestamp: 1_700_000_000_123_456n }), { timestampMs: 1_700_000_000_123 })
  t.match(await at(BigInt(kafkaTimeMs + 60_000)), { timestampMs: kafkaTimeMs + 60_000 })
  t.match(await at(BigInt(kafkaTimeMs + 60_001)), { timestampMs: kafkaTimeMs })
  t.match(await at(-(2n ** 63n)), { timestampMs: kafkaTimeMs })
  t.match(await at(2n ** 63n - 1n), { timestampMs: kafkaTimeMs })
  const without = event(fields.entity_id, fields.entity_type, fields.operation, fields.data)
  t.match(await decoded(without), { timestampMs: kafkaTimeMs })
})

test('refuses an event of another entity, of another operation, or without an id', async (t) => {
  t.equal(await decoded(usual, { entity_type: 'parcel' }), 'entity_type_wrong')
  t.equal(await decoded(usual, { operation: 'purge' }), 'operation_wrong')
  t.equal(await decoded(usual, { operation: 'create' }), 'operation_wrong')
  t.match(await decoded(usual, { operation: 'create' }, 'order.create'), { operation: 'create' })
  t.equal(await decoded(usual, { entity_id: '' }), 'entity_id_missing')
  t.equal(await decoded(usual, { entity_id: 'x'.repeat(257) }), 'over_limit')
  t.match(await decoded(usual, { entity_id: 'x'.repeat(256) }), { entityId: 'x'.repeat(256) })
})

test('refuses an operation that is unknown also where the topic holds all of them', async (t) => {
  const fixture = new DecodeFixture([{ ...seedEntity('order'), layout: 'single-topic' }])
  const id = fixture.register('order', usual)
  t.equal(await fixture.decodeOne('order', { value: wireOf(id, usual, { ...value, operation: 'purge' }) }), 'operation_wrong')
  t.match(await fixture.decodeOne('order', { value: wireOf(id, usual, { ...value, operation: 'create' }) }), { operation: 'create' })
})

test('refuses tags around the entity, where they would guard nothing', async (t) => {
  const guarded = { 'confluent:tags': ['PII'] }
  const { entity_id: id, entity_type: type, operation, data } = fields
  t.equal(await decoded(event(id, type, operation, { ...data, ...guarded })), 'envelope_invalid')
  t.equal(await decoded({ ...usual, ...guarded }), 'envelope_invalid')
})

test('a create or an update brings data, a delete may do without', async (t) => {
  const data = new Branch(0, null)
  t.equal(await decoded(usual, { data }), 'data_missing')
  t.match(await decoded(usual, { data, operation: 'delete' }, 'order.delete'), { operation: 'delete', data: null, tombstone: false })
  t.equal(dataOf(await decoded(usual, { operation: 'delete' }, 'order.delete')), '{"id":"o-1","total":5}')
})

test('finds what trails or is cut off, before or after the data, wherever the data stands', async (t) => {
  const dataFirst = event(fields.data, fields.entity_id, fields.entity_type, fields.operation, fields.timestamp)
  const fixture = new DecodeFixture([seedEntity('order')])
  for (const schema of [usual, dataFirst]) {
    const good = wireOf(fixture.register('order.update', schema), schema, value)
    for (const bad of [Buffer.concat([good, Buffer.from([0])]), good.subarray(0, -1)]) {
      const found = await fixture.decodeOne('order.update', { value: bad })
      const reason = typeof found === 'string' ? found : reasonOf(() => dataOf(found))
      t.equal(reason, bad.length > good.length ? 'trailing_bytes' : 'truncated')
    }
  }
  const nothing = wireOf(fixture.register('order.delete', usual), usual, { ...value, operation: 'delete', data: new Branch(0, null) })
  t.equal(await fixture.decodeOne('order.delete', { value: Buffer.concat([nothing, Buffer.from([0])]) }), 'trailing_bytes')
})

test('refuses schemas of another shape', async (t) => {
  const text = { name: 'timestamp', type: 'string' }
  const fixture = new DecodeFixture([seedEntity('order')])
  const shapes = [
    orderSchema,
    event(fields.entity_id, fields.entity_type, fields.operation),
    event(fields.entity_id, fields.entity_type, fields.operation, text, fields.data),
    event(fields.entity_id, fields.entity_type, fields.operation, { name: 'data', type: ['null', 'string'] }),
    event(fields.entity_id, fields.entity_type, { name: 'operation', type: 'int' }, fields.data),
    { type: 'map', values: 'string' },
  ]
  for (const shape of shapes) {
    t.equal(
      await fixture.decodeOne('order.update', { value: wire(fixture.register('order.update', shape), Buffer.alloc(9)) }),
      'envelope_invalid',
    )
  }
})

test('an event whose schema is not streamable is dropped', async (t) => {
  const secret = event(fields.entity_id, fields.entity_type, fields.operation, {
    name: 'data',
    type: { ...orderSchema, streamable: false },
  })
  t.equal(await decoded(secret, { data: order }), undefined)
  const fixture = new DecodeFixture([{ ...seedEntity('order'), streamable: false }])
  const bytes = wireOf(fixture.register('order.update', usual), usual, value)
  t.match(await fixture.decodeOne('order.update', { value: bytes }), { entityId: 'o-1' }, 'only its schema says so')
})
