import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { seedEntity } from '#entities.js'
import { pinSchemas } from '#publisher/pinned-schemas.js'
import { readEntities } from '#publisher/published-entity.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { registerSubjects } from '#schema/subjects/registration.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'
import { MemorySubjects } from '../support/schemas/memory-subjects.js'

const order: RecordSchema = { type: 'record', name: 'Order', streamable: true, fields: [] }
const single = { ...seedEntity('order'), layout: 'single-topic' } as const
const draftOf = (schema: object) => ({ schema: JSON.stringify(schema), references: [] })

test('finds the id of the event around the entity, or of the bare entity, whatever is the newest', async (t) => {
  const folder = t.testdir({ 'order.avsc': JSON.stringify(order) })
  const registry = new MemorySubjects(new MemoryRegistry())
  const event = await registry.register('order-value', draftOf(eventSchemaOf(order)))
  const bare = await registry.register('order-value', draftOf(order))
  await registry.register('order-value', draftOf({ type: 'string' }))
  t.same([...(await pinSchemas(registry, readEntities(folder, [single]), false))], [['order', event.id]])
  t.same([...(await pinSchemas(registry, readEntities(folder, [{ ...single, envelope: 'none' }]), false))], [['order', bare.id]])
})

test('finds the id of an entity that shares its topic under the subject of its record, as sluice schema register writes it', async (t) => {
  const folder = t.testdir({ 'order.avsc': JSON.stringify({ ...order, namespace: 'shop' }) })
  const registry = new MemorySubjects(new MemoryRegistry())
  const shared = { ...single, topic: 'events', envelope: 'none', sharesTopic: true } as const
  const [own] = plannedSubjects(readSchemaFolder(folder), { inline: true, definitionOf: () => shared })
  const { id } = await registry.register(own!.subject, { schema: own!.schema, references: [] })
  t.equal(own!.subject, 'events-shop.Order')
  t.same([...(await pinSchemas(registry, readEntities(folder, [shared]), false))], [['events', id]])
})

test('finds what sluice schema register has written, in either form and with shared types', async (t) => {
  const address = { type: 'record', name: 'Address', namespace: 'shop', fields: [] }
  const fields = [{ name: 'to', type: 'shop.Address' }]
  const folder = t.testdir({ types: { 'address.avsc': JSON.stringify(address) }, 'order.avsc': JSON.stringify({ ...order, fields }) })
  for (const inline of [true, false]) {
    const registry = new MemorySubjects(new MemoryRegistry())
    const ids = new Map<string, number | undefined>()
    const note = ({ subject, id }: { subject: string; id: number | undefined }) => void ids.set(subject, id)
    await registerSubjects(registry, plannedSubjects(readSchemaFolder(folder), { inline }), { dryRun: false, note })
    const count = registry.registered.size
    for (const [topic, id] of await pinSchemas(registry, readEntities(folder), true)) t.equal(id, ids.get(`${topic}-value`))
    t.equal(registry.registered.size, count, 'nothing more is registered')
  }
})

test('registers for each topic only when asked to, and says what to do otherwise', async (t) => {
  const entities = readEntities(t.testdir({ 'order.avsc': JSON.stringify(order) }))
  const registry = new MemorySubjects(new MemoryRegistry())
  await t.rejects(pinSchemas(registry, entities, false), {
    name: 'ConfigurationError',
    message: /"order" under order\.create-value\. Register it .* register: true/,
  })
  t.equal(registry.registered.size, 0)
  const ids = await pinSchemas(registry, entities, true)
  t.same([...ids.keys()], ['order.create', 'order.update', 'order.delete'])
  t.same(
    [...registry.registered.keys()].map((key) => key.split(' ')[0]),
    ['order', 'order.create-value', 'order.update-value', 'order.delete-value'],
  )
})

test('does not take a registry that is away for one that does not know the schema', async (t) => {
  const entities = readEntities(t.testdir({ 'order.avsc': JSON.stringify(order) }))
  const registry = new MemorySubjects(new MemoryRegistry())
  registry.isAway = true
  await t.rejects(pinSchemas(registry, entities, true), { name: 'RegistryError', kind: 'unavailable' })
  t.equal(registry.registered.size, 0)
})

test('says that the address is not that of a registry, whether it would register or not', async (t) => {
  const folder = t.testdir({ 'order.avsc': JSON.stringify(order) })
  const server = createServer((_request, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const registry = await ConfluentSubjects.create({ url, timeoutMs: 5000 })
  const message = /what answers at this address is not the root of its API \(at http:[^ ]+\)$/
  for (const register of [false, true])
    await t.rejects(pinSchemas(registry, readEntities(folder), register), { name: 'RegistryError', kind: 'unavailable', message })
})
