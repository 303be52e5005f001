import { test } from 'tap'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from '../../src/decode/registry/schema-registry.js'
import { type EntityDefinition, seedEntity } from '../../src/entities.js'
import { DecodeFixture, orderSchema, wireOf } from '../support/decode-fixture.js'

const bare = (name: string): EntityDefinition => ({ name, layout: 'single-topic', envelope: 'none', topic: name })

/** What a registry answers while it is away. */
const away: SchemaRegistry = {
  schemaById: () => Promise.reject<RegisteredSchema>(new RegistryError('unavailable', 'away')),
  latestOf: () => Promise.reject<RegisteredSchema>(new RegistryError('unavailable', 'away')),
}

test('knows the latest schema of each type from the start', async (t) => {
  const fixture = new DecodeFixture([bare('order'), bare('parcel'), bare('note')])
  fixture.register('order', orderSchema)
  fixture.register('parcel', { ...orderSchema, name: 'Parcel', streamable: false })
  await fixture.catalog.start()
  t.equal(fixture.catalog.latest('order')?.name, 'Order')
  t.equal(fixture.catalog.latest('parcel')?.streamable, false)
  t.equal(fixture.catalog.latest('note'), undefined)
  t.same(fixture.catalog.streamableTypes(), ['order'])
  t.same(fixture.catalog.status(), { ready: true, reason: 'nothing is registered for note-value' }, 'an address without its path says so')
  fixture.catalog.stop()
})

test('of the topics of one type the schema that was registered last is the latest', async (t) => {
  const fixture = new DecodeFixture([seedEntity('order')])
  const event = (...fields: object[]) => ({
    type: 'record',
    name: 'Event',
    fields: [
      ...['entity_id', 'entity_type', 'operation'].map((name) => ({ name, type: 'string' })),
      { name: 'data', type: ['null', { ...orderSchema, fields }] },
    ],
  })
  fixture.register('order.delete', event())
  fixture.register('order.update', event({ name: 'new', type: 'int' }))
  fixture.register('order.create', event())
  await fixture.catalog.start()
  t.same(fixture.catalog.latest('order')?.leaves, ['new'])
})

test('warns once of a configured type that is not streamable', async (t) => {
  const fixture = new DecodeFixture([bare('order')])
  const ids = [1, 2].map((total) => fixture.register('order', { ...orderSchema, streamable: false, name: `Order${total}` }))
  await fixture.catalog.start()
  for (const [i, id] of ids.entries()) {
    await fixture.decodeOne('order', { value: wireOf(id, { ...orderSchema, name: `Order${i + 1}` }, { id: 'o', total: 1 }) })
  }
  t.same(
    fixture.lines.map(({ level, message }) => [level, message.includes('order')]),
    [['warn', true]],
  )
})

test('asks on for what is not registered yet, and learns from records', async (t) => {
  const fixture = new DecodeFixture([bare('order'), bare('parcel')])
  await fixture.catalog.start()
  const id = fixture.register('other', orderSchema)
  await fixture.decodeOne('parcel', { key: Buffer.from('p'), value: wireOf(id, orderSchema, { id: 'p', total: 1 }) })
  t.same(fixture.catalog.streamableTypes(), ['parcel'])
  fixture.register('order', orderSchema)
  await fixture.clock.advance(9_999)
  t.same(fixture.catalog.streamableTypes(), ['parcel'])
  await fixture.clock.advance(1)
  t.same(fixture.catalog.streamableTypes(), ['parcel', 'order'])
})

test('an older schema in a record does not replace the latest', async (t) => {
  const fixture = new DecodeFixture([bare('order')])
  const older = fixture.register('order', orderSchema)
  fixture.register('order', { ...orderSchema, name: 'Newer' })
  await fixture.catalog.start()
  await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(older, orderSchema, { id: 'o', total: 1 }) })
  t.equal(fixture.catalog.latest('order')?.name, 'Newer')
})

test('a start without the registry does not fail, is not ready, and becomes it when the registry is back', async (t) => {
  let registry = away
  const fixture = new DecodeFixture([bare('order')], (memory) => ({
    schemaById: (id) => (registry === away ? away : memory).schemaById(id),
    latestOf: (subject) => (registry === away ? away : memory).latestOf(subject),
  }))
  fixture.register('order', orderSchema)
  await fixture.catalog.start()
  t.match(fixture.catalog.status(), { ready: false, reason: /order/ })
  registry = fixture.registry
  await fixture.clock.advance(10_000)
  t.same(fixture.catalog.status(), { ready: true })
  t.same(fixture.catalog.streamableTypes(), ['order'])
})

test('a schema that cannot be used is warned of once, and does not keep the gateway from being ready', async (t) => {
  const fixture = new DecodeFixture([bare('order')])
  fixture.register('order', { type: 'map', values: 'int' })
  await fixture.catalog.start()
  await fixture.clock.advance(60_000)
  t.same(fixture.catalog.status(), { ready: true })
  t.equal(fixture.lines.length, 1)
})

test('a topic whose records bring no data says nothing of its type, but is answered for', async (t) => {
  const fixture = new DecodeFixture([{ ...bare('order'), envelope: 'event' }])
  const names = ['entity_id', 'entity_type', 'operation']
  const fields = [...names.map((name) => ({ name, type: 'string' })), { name: 'data', type: 'null' }]
  fixture.register('order', { type: 'record', name: 'Deleted', fields })
  await fixture.catalog.start()
  t.same(fixture.catalog.status(), { ready: true })
  t.equal(fixture.catalog.latest('order'), undefined)
})

test('a tombstone waits until the registry has said whether its type is streamable, and holds up its own partition only', async (t) => {
  let isAway = true
  const fixture = new DecodeFixture([bare('order'), bare('parcel')], (memory) => ({
    schemaById: (id) => memory.schemaById(id),
    latestOf: (subject) => (isAway && subject.startsWith('order') ? away.latestOf(subject) : memory.latestOf(subject)),
  }))
  fixture.register('order', orderSchema)
  fixture.register('parcel', { ...orderSchema, name: 'Parcel' })
  await fixture.catalog.start()
  fixture.push('order', [{ key: Buffer.from('order-1') }])
  fixture.push('parcel', [{ key: Buffer.from('parcel-1') }])
  await fixture.clock.settle()
  t.same(
    fixture.out.map(({ events }) => events[0]?.entityId),
    ['parcel-1'],
  )
  isAway = false
  await fixture.clock.advance(20_000)
  t.same(fixture.out[1]?.events[0], { ...fixture.out[1]?.events[0], entityId: 'order-1', tombstone: true })
  fixture.catalog.stop()
})
