import { test } from 'tap'
import { MemoryRegistry } from '../../src/decode/registry/memory-registry.js'
import { seedEntity } from '../../src/entities.js'
import { pinSchemas } from '../../src/publish/pinned-schemas.js'
import { readEntities } from '../../src/publish/schema-folder.js'
import { eventSchemaOf, type RecordSchema } from '../../src/schema/event-schema.js'
import { FakeSchemaIds } from '../support/fake-schema-ids.js'

const order: RecordSchema = { type: 'record', name: 'Order', streamable: true, fields: [] }
const event = JSON.stringify(eventSchemaOf(order))
const single = { ...seedEntity('order'), layout: 'single-topic' } as const

test('finds the id of the event around the entity, or of the bare entity, whatever is the newest', async (t) => {
  const folder = t.testdir({ 'order.avsc': JSON.stringify(order) })
  const registry = new FakeSchemaIds(new MemoryRegistry())
  const id = await registry.register('order-value', event)
  const bare = await registry.register('order-value', JSON.stringify(order))
  await registry.register('order-value', '"string"')
  t.same([...(await pinSchemas(registry, readEntities(folder, [single]), false))], [['order', id]])
  t.same([...(await pinSchemas(registry, readEntities(folder, [{ ...single, envelope: 'none' }]), false))], [['order', bare]])
})

test('registers under each topic only when asked to, and says what to do otherwise', async (t) => {
  const entities = readEntities(t.testdir({ 'order.avsc': JSON.stringify(order) }))
  const registry = new FakeSchemaIds(new MemoryRegistry())
  await t.rejects(pinSchemas(registry, entities, false), {
    name: 'ConfigurationError',
    message: /"order" under order\.create-value\. Register it, or .* register: true/,
  })
  t.equal(registry.registered.size, 0)
  const ids = await pinSchemas(registry, entities, true)
  t.same([...ids.keys()], ['order.create', 'order.update', 'order.delete'])
  t.same(
    [...registry.registered.keys()],
    ['create', 'update', 'delete'].map((operation) => `order.${operation}-value ${event}`),
  )
})

test('does not take a registry that is away for one that does not know the schema', async (t) => {
  const entities = readEntities(t.testdir({ 'order.avsc': JSON.stringify(order) }))
  const registry = new FakeSchemaIds(new MemoryRegistry())
  registry.isAway = true
  await t.rejects(pinSchemas(registry, entities, true), { name: 'RegistryError', kind: 'unavailable' })
  t.equal(registry.registered.size, 0)
})
