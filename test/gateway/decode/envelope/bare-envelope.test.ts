import { test } from 'tap'
import type { EntityDefinition } from '#entities.js'
import { dataOf, DecodeFixture, kafkaTimeMs, orderSchema, wireOf } from '../../../support/gateway/decode-fixture.js'

const single: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders' }
const split: EntityDefinition = { ...single, layout: 'topic-per-operation' }
const key = Buffer.from('ключ-1')

function fixtureOf(entity: EntityDefinition, topic = 'orders', schema: object = orderSchema, value: unknown = { id: 'o-1', total: 5 }) {
  const fixture = new DecodeFixture([entity])
  const bytes = wireOf(fixture.register(topic, schema), schema, value)
  return { fixture, bytes, decoded: () => fixture.decodeOne(topic, { key, value: bytes }) }
}

test('in a single topic every record is an update, with the id from its key and the time from Kafka', async (t) => {
  const found = await fixtureOf(single).decoded()
  t.match(found, { entityType: 'order', entityId: 'ключ-1', operation: 'update', timestampMs: kafkaTimeMs, tombstone: false })
  t.equal(dataOf(found), '{"id":"o-1","total":5}')
})

test('a topic of one operation says it', async (t) => {
  t.match(await fixtureOf(split, 'orders.create').decoded(), { operation: 'create' })
  t.match(await fixtureOf(split, 'orders.delete').decoded(), { operation: 'delete', data: { start: 5 } })
})

test('the id comes from the configured field, as text', async (t) => {
  const uuid = { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' }
  const cases: [unknown, unknown, string][] = [
    ['string', 'o-7', 'o-7'],
    ['int', -7, '-7'],
    ['long', 2n ** 60n + 1n, '1152921504606846977'],
    [uuid, Buffer.alloc(16, 0xab), 'abababab-abab-abab-abab-abababababab'],
  ]
  for (const [type, id, text] of cases) {
    const fields = [orderSchema.fields[1]!, { name: 'number', type }]
    const found = await fixtureOf(
      { ...single, idFields: ['number'] },
      'orders',
      { ...orderSchema, fields },
      { total: 1, number: id },
    ).decoded()
    t.match(found, { entityId: text })
  }
  t.equal(await fixtureOf({ ...single, idFields: ['absent'] }).decoded(), 'envelope_invalid')
})

test('configuration says streamable where the schema cannot', async (t) => {
  const silent = { ...orderSchema, streamable: undefined }
  t.equal(await fixtureOf(single, 'orders', silent).decoded(), undefined)
  t.match(await fixtureOf({ ...single, streamable: true }, 'orders', silent).decoded(), { entityId: 'ключ-1' })
  t.equal(await fixtureOf({ ...single, streamable: false }).decoded(), undefined)
})

test('a record without an id in its value or key is bad', async (t) => {
  const { fixture, bytes } = fixtureOf(single)
  t.equal(await fixture.decodeOne('orders', { value: bytes }), 'entity_id_missing')
})

test('a tombstone is a delete with the id from its key, of a type that is streamable', async (t) => {
  const hidden = fixtureOf({ ...single, streamable: false }).fixture
  const { fixture } = fixtureOf(single)
  await Promise.all([hidden.catalog.start(), fixture.catalog.start()])
  t.equal(await hidden.decodeOne('orders', { key }), undefined)
  t.match(await fixture.decodeOne('orders', { key }), { entityId: 'ключ-1', operation: 'delete', data: null, tombstone: true })
  t.equal(await fixture.decodeOne('orders', {}), 'entity_id_missing')
})
