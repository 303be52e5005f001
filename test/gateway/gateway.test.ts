import { map } from 'rxjs'
import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { RegistryError } from '#registry/schema-registry.js'
import type { EntityDefinition } from '#entities.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import type { Partition, PartitionSource, RecordBatch } from '#gateway/source/partition-source.js'
import { askedRegistry } from '../support/schemas/asked-registry.js'
import { wireOf } from '../support/gateway/decode-fixture.js'
import { EventEncoder } from '../support/values/event-encoder.js'
import { identity } from '../support/gateway/connection-fixture.js'
import { FakeTransport } from '../support/gateway/fake-transport.js'
import { HeldPolicy } from '../support/gateway/held-policy.js'
import { loneNode } from '../support/gateway/lone-node.js'
import { gatewayLimits as limits } from '../support/gateway/gateway-limits.js'
import { sourceWith } from '../support/gateway/source-with.js'
import { recordingLog } from '../support/running/recording-log.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

const order: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'event', topic: 'order' }
const schema = eventSchemaOf({ type: 'record', name: 'Order', streamable: true, fields: [{ name: 'id', type: 'string' }] })
const policy = new HeldPolicy(parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}'))

function otherParts() {
  return { ...loneNode, policy, limits, longs: 'number', random: () => 0, log: recordingLog() } as const
}

/** The registry hangs until it is brought, and then knows what was written with at the start; `know` makes it know the rest. */
function fixture() {
  const clock = new SimulatedClock()
  const memory = new MemoryRegistry()
  const encoder = new EventEncoder(schema, memory.register('order-value', JSON.stringify(schema)))
  const later = eventSchemaOf({ type: 'record', name: 'Order', streamable: true, doc: 'later', fields: [{ name: 'id', type: 'string' }] })
  const laterEncoder = new EventEncoder(later, memory.register('later', JSON.stringify(later)))
  let knowsAll = false
  let arrive: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const registry = askedRegistry(memory, {
    schemaById: (id) => (knowsAll ? memory.schemaById(id) : Promise.reject(new RegistryError('unavailable', 'away'))),
    latestOf: (subject) => arrived.then(() => memory.latestOf(subject)),
    subjects: () => Promise.resolve([]),
  })
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  topics.create('order', 1)
  const meter = new Meter()
  const released: number[] = []
  const parts = { source: noting(released, source), registry, clock, meter, ...otherParts() }
  const write = (id: string, encodedBy = encoder) => {
    const event = { entity_id: id, entity_type: 'order', operation: 'update', timestamp: clock.now(), data: { id } }
    topics.append('order', { key: Buffer.from(id), value: encodedBy.encode(event) })
  }
  const know = () => {
    knowsAll = true
  }
  return { gateway: new Gateway({ ...parts, entities: [order] }), clock, meter, released, write, bringRegistry: arrive, know, laterEncoder }
}

/** The same source; with how many deliveries each batch is released is noted. */
function noting(released: number[], source: PartitionSource): PartitionSource {
  const notedIn = (batch: RecordBatch): RecordBatch => ({
    ...batch,
    release: (deliveries) => {
      released.push(deliveries)
      batch.release(deliveries)
    },
  })
  const noted = (partition: Partition) => ({ ...partition, batches$: partition.batches$.pipe(map(notedIn)) })
  return sourceWith(source, { partitions$: source.partitions$.pipe(map(noted)) })
}

test('lets nobody in before it holds its positions, and loses nothing that is written meanwhile', async (t) => {
  const { gateway, clock, write, bringRegistry } = fixture()
  const started = gateway.start()
  await clock.settle()
  t.equal(gateway.connections.admissionRefusal(), 'starting')
  t.match(gateway.status(), { ready: false })
  t.ok(gateway.status().reasons.includes('clients are not let in yet'))
  write('order-1')
  bringRegistry()
  await started
  t.equal(gateway.connections.admissionRefusal(), undefined)
  t.same(gateway.status(), { ready: true, reasons: [] })
  const transport = new FakeTransport()
  gateway.connections.accept(identity({ roles: ['all'] }), transport).receiveText('{"type":"subscribe","entity_id":"order-1"}')
  await clock.settle()
  t.same(
    transport.messages().map(({ type }) => type),
    ['connection_established', 'subscription_success', 'entity_update'],
  )
})

test('stays ready when Kafka, the registry or the control topics are lost later, and says what is amiss', async (t) => {
  const lost = new Set<string>()
  const reasonOf = (what: string) => (lost.has(what) ? { ready: false, reason: `${what} is lost` } : { ready: true })
  const [clock, registry] = [new SimulatedClock(), new MemoryRegistry()]
  registry.register('order-value', JSON.stringify(schema))
  const asked = askedRegistry(registry, {
    latestOf: (subject) =>
      lost.has('the registry') ? Promise.reject(new RegistryError('unavailable', 'away')) : registry.latestOf(subject),
  })
  const topics = new MemoryTopics({ clock })
  topics.create('order', 1)
  const source = sourceWith(new MemorySource(topics, clock), { status: () => reasonOf('Kafka') })
  const control = { start: () => Promise.resolve(), stop: () => Promise.resolve(), status: () => reasonOf('control') }
  const gateway = new Gateway({ ...otherParts(), source, control, registry: asked, clock, meter: new Meter(), entities: [order] })
  await Promise.all([gateway.start(), clock.settle()])
  t.same(gateway.status(), { ready: true, reasons: [] })
  for (const what of ['Kafka', 'control', 'the registry']) {
    lost.add(what)
    await clock.advance(60_000)
    t.equal(gateway.status().ready, true, what)
    t.equal(gateway.connections.admissionRefusal(), undefined, what)
  }
  t.same(gateway.status().reasons, ['Kafka is lost', 'control is lost'])
})

test('tells the source what a batch came to, which sizes the next one', async (t) => {
  const { gateway, clock, released, write, bringRegistry } = fixture()
  bringRegistry()
  await gateway.start()
  for (let client = 0; client < 3; client++) {
    const joined = gateway.connections.accept(identity({ sub: String(client), roles: ['all'] }), new FakeTransport())
    joined.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  }
  write('order-1')
  write('order-2')
  await clock.settle()
  t.same(released, [3])
})

test('what a partition that waits for a schema has not read shows in the lag', async (t) => {
  const { gateway, clock, meter, write, bringRegistry, know, laterEncoder } = fixture()
  const started = gateway.start()
  bringRegistry()
  await started
  t.equal(meter.lag.get('order/0')?.(), 0, 'before the first record')
  for (let n = 0; n < 3; n++) write('order-1', laterEncoder)
  await clock.settle()
  t.equal(meter.lag.get('order/0')?.(), 3)
  write('order-1', laterEncoder)
  t.equal(meter.lag.get('order/0')?.(), 4, 'what comes later too')
  t.match(gateway.status(), { ready: true, reasons: [/^order\/0 wait for the registry's schema \d+: away$/] })
  know()
  await clock.advance(30_000)
  t.equal(meter.lag.get('order/0')?.(), 0)
  t.same(gateway.status(), { ready: true, reasons: [] })
})

test('streams a type that is registered while it runs, from when it can be subscribed to, without a gap', async (t) => {
  const clock = new SimulatedClock()
  const registry = new MemoryRegistry()
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  const meter = new Meter()
  const parts = { source, registry, clock, meter, ...otherParts() }
  const gateway = new Gateway({ ...parts, entities: [], discover: true })
  await gateway.start()
  t.same(gateway.status(), { ready: true, reasons: [] })
  const transport = new FakeTransport()
  const client = gateway.connections.accept(identity({ roles: ['all'] }), transport)
  const subscribe = () => {
    client.receiveText('{"type":"subscribe","entity_id":"1","entity_type":"order"}')
    clock.tick()
    return transport.messages().at(-1)
  }
  t.match(subscribe(), { code: 'entity_type_unknown' })
  for (const operation of ['create', 'update', 'delete']) topics.create(`order.${operation}`, 1)
  const encoder = new EventEncoder(schema, registry.register('order.update-value', JSON.stringify(schema)))
  const write = () => {
    const event = { entity_id: '1', entity_type: 'order', operation: 'update', timestamp: clock.now(), data: { id: '1' } }
    topics.append('order.update', { key: Buffer.from('1'), value: encoder.encode(event) })
  }
  write()
  await clock.advance(10_000)
  t.match(subscribe(), { type: 'subscription_success' })
  for (let n = 0; n < 3; n++) {
    write()
    await clock.advance(1)
  }
  t.equal(transport.updates().length, 3)
  const metrics = [...meter.lag.keys()]
  t.same(metrics, ['order.create/0', 'order.update/0', 'order.delete/0'])
  const stopped = gateway.stop(1000)
  await clock.advance(1000)
  await stopped
})

const person: EntityDefinition = { name: 'person', layout: 'single-topic', envelope: 'none', topic: 'hr.people', idFields: ['id'] }
const personSchema = {
  type: 'record',
  name: 'Person',
  namespace: 'hr',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'ssn', type: 'string' },
    { name: 'home', type: { type: 'record', name: 'Home', namespace: 'hr', fields: [{ name: 'street', type: 'string' }] } },
  ],
}

test('a type that is found while it runs is filled before anybody can subscribe to it, and then told to who asked for no type', async (t) => {
  const clock = new SimulatedClock()
  const registry = new MemoryRegistry()
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  const state = { bytesMax: 1_000_000, fillSecondsMax: 60, window: { bytesMax: 1_000_000, secondsMax: 60 } }
  const away = { isIt: true }
  const asked = askedRegistry(registry, {
    schemaById: (id) => (away.isIt ? Promise.reject(new RegistryError('unavailable', 'away')) : registry.schemaById(id)),
  })
  const parts = { source, registry: asked, clock, meter: new Meter(), state, ...otherParts() }
  const both = '{"roles":{"all":[{"action":"read","subject":["order","person"],"fields":["**"]}]}}'
  topics.create('hr.people', 1)
  registry.register('hr.people-value', JSON.stringify(personSchema))
  const gateway = new Gateway({ ...parts, policy: new HeldPolicy(parsePolicy(both)), entities: [person], discover: true })
  await gateway.start()
  for (const operation of ['create', 'update', 'delete']) topics.create(`order.${operation}`, 1)
  const later = eventSchemaOf({ type: 'record', name: 'Order', streamable: true, doc: 'later', fields: [{ name: 'id', type: 'string' }] })
  const encoder = new EventEncoder(later, registry.register('later', JSON.stringify(later)))
  registry.register('order.update-value', JSON.stringify(schema))
  for (let n = 0; n < 3; n++) {
    const event = { entity_id: '1', entity_type: 'order', operation: 'update', timestamp: clock.now() + n, data: { id: '1' } }
    topics.append('order.update', { key: Buffer.from('1'), value: encoder.encode(event) })
  }
  const [untyped, typed] = [new FakeTransport(), new FakeTransport()]
  gateway.connections.accept(identity({ sub: 'a', roles: ['all'] }), untyped).receiveText('{"type":"subscribe","entity_id":"1"}')
  const client = gateway.connections.accept(identity({ sub: 'b', roles: ['all'] }), typed)
  const subscribe = () => client.receiveText('{"type":"subscribe","entity_id":"1","entity_type":"order"}')
  await clock.advance(10_000)
  subscribe()
  await clock.settle()
  t.match(typed.messages().at(-1), { code: 'entity_type_unknown' }, 'its schema cannot be fetched yet')
  away.isIt = false
  await clock.advance(30_000)
  t.same(
    untyped.updates().map(({ operation, timestamp }) => [operation, timestamp]),
    [['create', new Date(Date.UTC(2026, 0, 1) + 2).toISOString()]],
  )
  subscribe()
  await clock.settle()
  t.match(typed.messages().at(-1), { type: 'subscription_success' })
})

/** What a clerk is sent of a person, to whom all is shown but what is tagged. */
async function sentToClerk(metadata: unknown, rules: object[]): Promise<unknown[]> {
  const clock = new SimulatedClock()
  const registry = new MemoryRegistry()
  const id = registry.register('hr.people-value', JSON.stringify(personSchema), [], metadata)
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  topics.create('hr.people', 1)
  const roles = { clerk: rules.map((rule) => ({ action: 'read', subject: 'person', ...rule })) }
  const policy = new HeldPolicy(parsePolicy(JSON.stringify({ roles })))
  const gateway = new Gateway({ ...otherParts(), policy, source, registry, clock, meter: new Meter(), entities: [person] })
  await gateway.start()
  const transport = new FakeTransport()
  gateway.connections.accept(identity({ roles: ['clerk'] }), transport).receiveText('{"type":"subscribe","entity_id":"p-1"}')
  topics.append('hr.people', {
    key: Buffer.from('p-1'),
    value: wireOf(id, personSchema, { id: 'p-1', ssn: '000-11-2222', home: { street: 'Main 1' } }),
  })
  await clock.settle()
  return transport.messages().flatMap((message) => (message['type'] === 'entity_update' ? [message['data']] : []))
}

test('what is tagged beside the schema, or may be, is hidden with what is tagged in it', async (t) => {
  const butPii = [{ fields: ['**'] }, { inverted: true, fields: ['tag:PII'] }]
  const all = { id: 'p-1', ssn: '000-11-2222', home: { street: 'Main 1' } }
  const sent = (metadata: unknown, rules: object[] = butPii) => sentToClerk(metadata, rules)
  t.same(await sent({ tags: { '**.ssn': ['PII'], 'hr.Person.home.**': ['PII'] }, properties: { owner: 'hr-team' }, sensitive: [] }), [
    { id: 'p-1' },
  ])
  t.same(await sent({ tags: { 'hr.Home.street': ['PII'], ssn: ['OTHER'] } }), [{ id: 'p-1', ssn: '000-11-2222' }])
  t.same(await sent(undefined), [all])
  for (const tags of [7, 'PII', ['PII'], { ssn: 'PII' }, { 's?n': ['PII'] }]) t.same(await sent({ tags }), [], JSON.stringify(tags))
  t.same(await sent({ tags: { 's?n': ['OTHER'] } }), [all], 'no rule hides it')
  for (const tags of [7, { 's?n': ['PUBLIC'] }])
    t.same(await sent({ tags }, [{ fields: ['id', 'tag:PUBLIC'] }]), [{ id: 'p-1' }], 'nothing opens for it')
  t.same(await sent({ tags: { ssn: ['PUBLIC'] } }, [{ fields: ['tag:PUBLIC'] }]), [{ ssn: '000-11-2222' }])
})
