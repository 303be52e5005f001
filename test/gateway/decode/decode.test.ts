import { test } from 'tap'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from '#registry/schema-registry.js'
import type { EntityDefinition } from '#entities.js'
import { DecodeFixture, orderSchema, wire, wireOf } from '../../support/gateway/decode-fixture.js'

const orders: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders', idFields: ['id'] }
const order = (id: number, name: string) => ({ value: wireOf(id, orderSchema, { id: name, total: 1 }) })
const idsOf = (fixture: DecodeFixture) => fixture.out.map(({ events }) => events.map(({ entityId }) => entityId))

test('decodes a batch in the same tick where its schemas are known', async (t) => {
  const fixture = new DecodeFixture([orders])
  const id = fixture.register('orders', orderSchema)
  await fixture.catalog.start()
  fixture.push('orders', [order(id, 'a'), order(id, 'b')])
  t.same(idsOf(fixture), [['a', 'b']])
  t.match(fixture.meter, { records: 2, recordBytes: 100 })
})

test('a record that cannot be read is reported with its offset and skipped, its neighbours arrive', async (t) => {
  const fixture = new DecodeFixture([orders])
  const id = fixture.register('orders', orderSchema)
  const other = fixture.register('other', { type: 'record', name: 'Order', fields: [] })
  const bad = [Buffer.from('{"id":1}'), Buffer.alloc(0), Buffer.from([0, 0, 0]), wire(99, Buffer.alloc(3)), wire(other, Buffer.alloc(0))]
  await fixture.catalog.start()
  fixture.push('orders', [order(id, 'a'), ...bad.map((value) => ({ value })), { value: wire(id, Buffer.from([8])) }, order(id, 'b')])
  await fixture.clock.settle()
  t.same(idsOf(fixture), [['a', 'b']])
  t.same(fixture.bad, ['1: not_avro', '2: not_avro', '3: not_avro', '4: schema_unknown', '5: envelope_invalid', '6: truncated'])
})

test('a batch of which nothing is left is handed on all the same, to be released', async (t) => {
  const fixture = new DecodeFixture([orders])
  await fixture.catalog.start()
  fixture.push('orders', [{ value: Buffer.from('x') }])
  await fixture.clock.settle()
  t.same(idsOf(fixture), [[]])
})

test('while a schema cannot be fetched only the partition that needs it waits', async (t) => {
  let away = true
  const unavailable = () => Promise.reject<RegisteredSchema>(new RegistryError('unavailable', 'away'))
  const fixture = new DecodeFixture([orders], (memory): SchemaRegistry => ({
    latestOf: (subject) => memory.latestOf(subject),
    subjects: () => Promise.resolve([]),
    schemaById: (id) => (away && id === 2 ? unavailable() : memory.schemaById(id)),
  }))
  const [first, second] = [fixture.register('orders', orderSchema), fixture.register('elsewhere', { ...orderSchema, doc: 'second' })]
  await fixture.catalog.start()
  fixture.push('orders', [order(first, 'a'), order(second, 'b')], 0)
  fixture.push('orders', [order(first, 'c')], 1)
  await fixture.clock.advance(60_000)
  t.same(idsOf(fixture), [['c']])
  away = false
  await fixture.clock.advance(10_000)
  t.same(idsOf(fixture), [['c'], ['a', 'b']])
})

test('one schema on several topics is read by the envelope of each', async (t) => {
  const fixture = new DecodeFixture([orders, { ...orders, name: 'invoice', topic: 'invoices', record: ['Order'], streamable: false }])
  const id = fixture.register('orders', orderSchema)
  await fixture.catalog.start()
  fixture.push('orders', [order(id, 'a')])
  fixture.push('invoices', [order(id, 'b')])
  await fixture.clock.settle()
  t.same(idsOf(fixture), [['a'], []])
  t.equal(fixture.meter.recordsNotStreamable, 1)
})

test('asks nothing about a key where the value says the id', async (t) => {
  const asked: number[] = []
  const fixture = new DecodeFixture([{ ...orders, record: ['Order'] }], (memory) => ({
    schemaById: (id) => {
      asked.push(id)
      return memory.schemaById(id)
    },
    latestOf: (subject) => memory.latestOf(subject),
    subjects: () => Promise.resolve([]),
  }))
  const id = fixture.register('elsewhere', orderSchema)
  await fixture.catalog.start()
  const longKey = Buffer.alloc(8) // As Kafka's own serializer of longs writes it: it begins like the wire format.
  fixture.push('orders', [{ ...order(id, 'a'), key: longKey }])
  await fixture.clock.settle()
  t.same(idsOf(fixture), [['a']])
  t.same(asked, [id])
})

test('what time an event has is said by its record alone, whatever the clock of the node', async (t) => {
  const texts = ['entity_id', 'entity_type', 'operation'].map((name) => ({ name, type: 'string' }))
  const schema = {
    type: 'record',
    name: 'Event',
    fields: [...texts, { name: 'timestamp', type: 'long' }, { name: 'data', type: orderSchema }],
  }
  const at = async (own: number, kafkaMs: number, jumpMs: number) => {
    const fixture = new DecodeFixture([{ name: 'order', layout: 'single-topic', envelope: 'event', topic: 'order' }])
    const id = fixture.register('order', schema)
    fixture.clock.jump(jumpMs)
    const value = { entity_id: 'a', entity_type: 'order', operation: 'update', timestamp: BigInt(own), data: { id: 'a', total: 1 } }
    const decoded = await fixture.decodeOne('order', { value: wireOf(id, schema, value), timestampMs: kafkaMs })
    return typeof decoded === 'object' ? [decoded.timestampMs, decoded.kafkaTimestampMs] : decoded
  }
  const kafkaMs = 1_700_000_000_000
  const [day, endMs] = [86_400_000, 8_640_000_000_000_000]
  for (const jumpMs of [0, -90_000, 90_000, -365 * day, 365 * day]) {
    t.same(await at(kafkaMs + 60_000, kafkaMs, jumpMs), [kafkaMs + 60_000, kafkaMs])
    t.same(await at(kafkaMs + 60_001, kafkaMs, jumpMs), [kafkaMs, kafkaMs])
    t.same(await at(kafkaMs - day, kafkaMs, jumpMs), [kafkaMs - day, kafkaMs])
    t.same(await at(-endMs, endMs, jumpMs), [-endMs, endMs])
    for (const none of [-1, 2 ** 63, -(2 ** 63), NaN]) {
      t.same(await at(kafkaMs, none, jumpMs), [kafkaMs, 0], `where Kafka has the time ${none}`)
      t.same(await at(endMs + 1, none, jumpMs), [0, 0])
    }
  }
})

/** A registry in which each answer takes 50 ms, and which knows some ids. */
function slowFixture(known: ReadonlySet<number>) {
  const asked: number[] = []
  let [running, most] = [0, 0]
  const fixture: DecodeFixture = new DecodeFixture([{ ...orders, record: ['Order'] }], (memory) => ({
    latestOf: (subject) => memory.latestOf(subject),
    subjects: () => Promise.resolve([]),
    schemaById: async (id) => {
      asked.push(id)
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => void fixture.clock.after(50, resolve))
      running--
      if (!known.has(id)) throw new RegistryError('not_found', `schema ${id}: the registry does not know it`)
      return { id, schema: JSON.stringify(orderSchema), references: [] }
    },
  }))
  return { fixture, asked, most: () => most }
}

test('ids that nobody knows hold a good record up by a sixteenth of their number, each of them is asked for, and it is said once', async (t) => {
  const { fixture, asked, most } = slowFixture(new Set([1]))
  await fixture.catalog.start()
  const unknown = Array.from({ length: 500 }, (_none, n) => n + 1000)
  fixture.push('orders', [...unknown.map((id) => ({ value: wire(id, Buffer.alloc(9)) })), order(1, 'good')])
  await fixture.clock.advance((Math.ceil(501 / 16) + 1) * 50)
  t.same(idsOf(fixture), [['good']])
  t.same([...asked].sort(), [...unknown, 1].sort())
  t.equal(most(), 16)
  t.equal(fixture.bad.length, 500)
  t.equal(fixture.lines.filter(({ message }) => message.includes('schema ids in a minute are unknown')).length, 1)
})

test('the good record of another partition waits for a turn and not for all ids that nobody knows', async (t) => {
  const { fixture, most } = slowFixture(new Set([1]))
  await fixture.catalog.start()
  for (let partition = 0; partition < 3; partition++) {
    const garbage = Array.from({ length: 500 }, (_none, n) => ({ value: wire(1000 + 500 * partition + n, Buffer.alloc(9)) }))
    fixture.push('orders', garbage, partition)
  }
  fixture.push('orders', [order(1, 'good')], 3)
  await fixture.clock.advance(4 * 50)
  t.same(idsOf(fixture), [['good']])
  t.equal(most(), 16)
})

test('records wait until the registry has told of the latest version of their type', async (t) => {
  let isAway = true
  const fixture = new DecodeFixture([orders], (memory): SchemaRegistry => ({
    latestOf: (subject) => (isAway ? Promise.reject(new RegistryError('unavailable', 'away')) : memory.latestOf(subject)),
    subjects: () => Promise.resolve([]),
    schemaById: (id) => memory.schemaById(id),
  }))
  const id = fixture.register('orders', orderSchema)
  await fixture.catalog.start()
  fixture.push('orders', [order(id, 'a')])
  await fixture.clock.advance(9_999)
  t.same(idsOf(fixture), [])
  isAway = false
  await fixture.clock.advance(10_000)
  t.same(idsOf(fixture), [['a']])
})

test('a tombstone on a topic that entities share is of each whose key it has, and bad for the others alone', async (t) => {
  const shared = { ...orders, topic: 'events', streamable: true }
  const definitions: EntityDefinition[] = [
    { ...shared, name: 'shipment', record: ['Shipment'], key: 'json' },
    { ...shared, name: 'payment', record: ['Payment'] },
  ]
  const fixture = new DecodeFixture(definitions)
  for (const name of ['Shipment', 'Payment']) fixture.registry.register(name, JSON.stringify({ ...orderSchema, name }))
  await fixture.catalog.start()
  fixture.push('events', [{ key: Buffer.from('{"id":"a"}') }, { key: Buffer.from('b') }])
  await fixture.clock.settle()
  t.same(
    fixture.out[0]!.events.map(({ entityType, entityId }) => [entityType, entityId]),
    [
      ['shipment', 'a'],
      ['payment', 'a'],
      ['payment', 'b'],
    ],
  )
  t.same(fixture.bad, ['1: key_invalid'])
})
