import { EventEmitter } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test, type Test } from 'tap'
import { type EntityDefinition, seedEntity } from '#entities.js'
import { EntityPublisher, type PublishAnswer } from '#publisher/entity-publisher.js'
import { pinSchemas } from '#publisher/pinned-schemas.js'
import { readEntities } from '#publisher/published-entity.js'
import { Sender } from '#publisher/send/sender.js'
import { dataOf, DecodeFixture, kafkaTimeMs } from '../support/gateway/decode-fixture.js'
import { FakeLog } from '../support/kafka/fake-log.js'
import { MemorySubjects } from '../support/schemas/memory-subjects.js'
import { KafkaTopics, uniqueName } from '../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { SilentLog } from '../support/running/silent-log.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'
import { ticketEventsOn, ticketPublisher, ticketSchema } from '../support/tools/ticket-publisher.js'

const order = {
  type: 'record',
  name: 'Order',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 } },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
}
const limits = { queueBytesMax: 1_000_000, batchBytesMax: 100_000, deliveryTimeoutMs: 10_000, closeTimeoutMs: 5000 }

/** A publisher to a Kafka in memory, and the gateway's own decoding of what it writes. */
async function publisherOf(t: Test, definition: EntityDefinition = seedEntity('order'), schema: object = order, leaveOutUnknown?: boolean) {
  const clock = new SimulatedClock(kafkaTimeMs)
  const kafka = new FakeLog(1)
  const decoding = new DecodeFixture([definition])
  const entities = readEntities(t.testdir({ [`${definition.name}.avsc`]: JSON.stringify(schema) }), [definition])
  const ids = await pinSchemas(new MemorySubjects(decoding.registry), entities, true)
  const log = new SilentLog()
  const sender = new Sender(kafka.newProducer(), kafka.connect, limits, clock, log)
  const publisher = new EntityPublisher(entities, ids, sender, clock, log, leaveOutUnknown)
  const publish = async (...args: Parameters<EntityPublisher['publish']>): Promise<PublishAnswer> => {
    const [answer] = await Promise.all([publisher.publish(...args), clock.settle()])
    return answer
  }
  /** The last record as the gateway understands it. */
  const read = async () => {
    const { topic, key, value, timestampMs } = kafka.records.at(-1)!
    const record = { key: Buffer.from(key), value, timestampMs: timestampMs ?? kafkaTimeMs }
    const event = await decoding.decodeOne(topic, record)
    if (typeof event !== 'object') throw new Error(`the gateway takes it for ${event ?? 'nothing'}`)
    const { entityType, entityId, operation, tombstone } = event
    return { topic, key, entityType, entityId, operation, tombstone, time: event.timestampMs, data: dataOf(event) }
  }
  return { publisher, publish, read, kafka, clock, log }
}

const layouts: EntityDefinition[] = [
  seedEntity('order'),
  { name: 'order', layout: 'single-topic', envelope: 'event', topic: 'shop.orders' },
  { name: 'order', layout: 'topic-per-operation', envelope: 'none', topic: 'orders', idFields: ['id'] },
  { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders' },
]

for (const definition of layouts) {
  const { layout, envelope, topic } = definition
  void test(`the gateway understands what is published in the layout ${layout} with the envelope ${envelope}`, async (t) => {
    const { publish, read } = await publisherOf(t, definition)
    const time = kafkaTimeMs - 5000
    for (const operation of ['create', 'update', 'delete'] as const) {
      const answer = await publish('order', operation, { id: 'order-1', total: '10.5' }, { timestamp: new Date(time) })
      const place = layout === 'single-topic' ? topic : `${topic}.${operation}`
      t.match(answer, { status: 'sent', topic: place, partition: 0 })
      const isTombstone = envelope === 'none' && operation === 'delete'
      t.same(await read(), {
        topic: place,
        key: 'order-1',
        entityType: 'order',
        entityId: 'order-1',
        operation: envelope === 'none' && layout === 'single-topic' && !isTombstone ? 'update' : operation,
        tombstone: isTombstone,
        time,
        data: isTombstone ? undefined : '{"id":"order-1","total":"10.50","note":null}',
      })
    }
  })
}

void test('a delete needs no data, and then says whose it is', async (t) => {
  const { publish, read } = await publisherOf(t)
  await publish('order', 'delete', undefined, { entityId: 'order-1' })
  t.match(await read(), { operation: 'delete', entityId: 'order-1', data: undefined, time: kafkaTimeMs })
  await t.rejects(publish('order', 'delete', null), { name: 'InvalidEntityError', path: 'id' })
})

void test('sends nothing of an entity that is not as its schema says', async (t) => {
  const { publish, kafka } = await publisherOf(t)
  await t.rejects(publish('order', 'create', { id: 'order-1', total: '10.505' }), { name: 'InvalidEntityError', path: 'total' })
  await t.rejects(publish('order', 'create', { total: '10' }), { name: 'InvalidEntityError', path: 'id' })
  await t.rejects(publish('order', 'create', { id: 'x'.repeat(257), total: '10' }), { name: 'InvalidEntityError', path: 'id' })
  await t.rejects(publish('order', 'update', null, { entityId: 'order-1' }), { name: 'InvalidEntityError', path: '' })
  await t.rejects(publish('order', 'paid' as never, { id: 'order-1', total: '10' }), { name: 'InvalidEntityError', path: 'operation' })
  await t.rejects(publish('order', 'create', { id: 'order-1', total: '10' }, { timestamp: new Date(NaN) }), {
    name: 'InvalidEntityError',
    path: 'timestamp',
  })
  await t.rejects(publish('order', 'create', { id: 'order-1', total: '10' }, { timestamp: '2026-01-01' as never }), {
    name: 'InvalidEntityError',
    message: 'timestamp: expected a Date, was the string "2026-01-01"',
  })
  await t.rejects(publish('ordre', 'create', {}), { name: 'ConfigurationError', message: /"ordre"/ })
  t.equal(kafka.attempts, 0)
})

void test('fills what a service leaves out with the default of its schema', async (t) => {
  const fields = [...order.fields, { name: 'region', type: ['string', 'null'], default: 'eu' }]
  const { publish, read } = await publisherOf(t, seedEntity('order'), { ...order, fields })
  await publish('order', 'create', { id: 'order-1', total: '10', region: undefined })
  t.equal((await read()).data, '{"id":"order-1","total":"10.00","note":null,"region":"eu"}')
  await publish('order', 'create', { id: 'order-1', total: '10', region: null })
  t.equal((await read()).data, '{"id":"order-1","total":"10.00","note":null,"region":null}')
})

void test('refuses by path what is no id, no timestamp and no operation, whatever it is', async (t) => {
  const { publish, kafka } = await publisherOf(t)
  const entity = { id: 'order-1', total: '10' }
  const brokenId = Object.defineProperty({ total: '10' }, 'id', {
    get: () => {
      throw new Error('gone')
    },
  })
  await t.rejects(publish('order', 'create', entity, { entityId: 7 as never }), { name: 'InvalidEntityError', path: 'entityId' })
  await t.rejects(publish('order', 'create', { ...entity, id: '\ud800' }), { name: 'InvalidEntityError', path: 'id' })
  await t.rejects(publish('order', 'create', brokenId), { name: 'InvalidEntityError', path: 'id', actual: /gone/ })
  await t.rejects(publish('order', 'create', entity, { timestamp: '2026-01-31' as never }), {
    name: 'InvalidEntityError',
    path: 'timestamp',
    actual: /2026-01-31/,
  })
  await t.rejects(publish('order', 'create', entity, null as never), { name: 'InvalidEntityError', path: 'options', actual: 'null' })
  await t.rejects(publish('order', 1n as never, entity), { name: 'InvalidEntityError', path: 'operation', actual: 'the bigint 1' })
  t.equal(kafka.attempts, 0)
})

void test('refuses another id in the key than in the field from which the gateway takes it', async (t) => {
  const { publish } = await publisherOf(t, { ...seedEntity('order'), envelope: 'none', idFields: ['id'] })
  const entity = { id: 'order-1', total: '10' }
  await t.rejects(publish('order', 'create', entity, { entityId: 'order-2' }), { name: 'InvalidEntityError', path: 'id' })
  t.match(await publish('order', 'create', entity, { entityId: 'order-1' }), { status: 'sent' })
})

void test('refuses another id in the key than in the field id, where no other field is said to hold it', async (t) => {
  const { publish } = await publisherOf(t)
  const entity = { id: 'order-1', total: '10' }
  await t.rejects(publish('order', 'create', entity, { entityId: 'order-2' }), { name: 'InvalidEntityError', path: 'id' })
  t.match(await publish('order', 'create', entity, { entityId: 'order-1' }), { status: 'sent' })
})

void test('what is not streamable is not sent, and the answer says so', async (t) => {
  const { publish, kafka } = await publisherOf(t, seedEntity('order'), { ...order, streamable: false })
  t.same(await publish('order', 'create', { id: 'order-1', total: '10' }), { status: 'not_streamable' })
  t.equal(kafka.attempts, 0)
})

void test('publishes what handlers make of events, in their order, and tells what fails', async (t) => {
  const { publisher, kafka, clock } = await publisherOf(t)
  const events = new EventEmitter()
  const failures: string[] = []
  const paid = (id: string) => ({ entityType: 'order', operation: 'update' as const, entity: { id, total: '10' } })
  publisher.on(
    events,
    {
      'order.paid': (id: string) => paid(id),
      'orders.merged': (ids: string[]) => ids.map(paid),
      'order.viewed': () => undefined,
      'order.seen': () => null as never,
      'order.loaded': () => Promise.resolve(paid('z')) as never,
      'order.fetched': () => Promise.reject(new Error('a request')) as never,
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as people write it
      'order.lost': () => Promise.reject() as never,
      'order.broken': () => {
        throw new Error('a handler')
      },
    },
    (error, name, event) => failures.push(`${name} ${String(event)}: ${error.message}`),
  )
  events.emit('order.paid', 'a')
  events.emit('orders.merged', ['b', 'c'])
  for (const name of ['order.viewed', 'order.seen', 'order.loaded', 'order.fetched', 'order.lost']) events.emit(name, 'd')
  events.emit('order.broken', 'e')
  events.emit('order.paid', '')
  await clock.settle()
  t.same(
    kafka.records.map(({ key }) => key),
    ['a', 'b', 'c'],
  )
  t.same(failures, [
    'order.loaded d: The handler must return at once what is to be published: a change, a list of changes, or nothing.',
    'order.fetched d: The handler must return at once what is to be published: a change, a list of changes, or nothing.',
    'order.lost d: The handler must return at once what is to be published: a change, a list of changes, or nothing.',
    'order.broken e: a handler',
    'order.fetched d: a request',
    'order.lost d: The handler threw what is no Error.',
    'order.paid : id: expected an id of 1 to 256 characters, was missing',
  ])
  await publisher.close()
  t.equal(events.eventNames().length, 0, 'a closed publisher listens no more')
})

void test('lets go of the emitter and the handlers of whoever has stopped listening', async (t) => {
  const { publisher } = await publisherOf(t)
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const come = () => {
    const emitter = new EventEmitter()
    return { emitter: new WeakRef(emitter), stopListening: publisher.on(emitter, { 'order.paid': () => undefined }) }
  }
  const [stays, leaves] = [come(), come()].map(({ emitter, stopListening }, n) => {
    if (n === 1) stopListening()
    return emitter
  })
  await new Promise((resolve) => setImmediate(resolve)) // What a WeakRef has given is held until then.
  collectGarbage()
  t.equal(leaves!.deref(), undefined)
  t.ok(stays!.deref(), 'which shows that the publisher is what holds it')
  await publisher.close()
})

void test('logs what fails of an event where nobody else is told', async (t) => {
  const { publisher, clock, log } = await publisherOf(t)
  const events = new EventEmitter()
  publisher.on(events, { 'order.paid': (id: string) => ({ entityType: 'order', operation: 'update', entity: { id } }) })
  events.emit('order.paid', 'order-1')
  await clock.settle()
  t.match(log.lines.at(-1), /An event was not published.*order.paid|order.paid.*An event was not published/)
})

void test('is pinned to its own schema whatever is the newest, and registers none unasked', { skip: skipRealParts }, async (t) => {
  const { brokers, registryUrl } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const entityType = uniqueName('ticket')
  const unasked = ticketPublisher(t, topics, entityType, { brokers, register: false })
  await t.rejects(unasked, { name: 'ConfigurationError', message: new RegExp(`under ${entityType}.create-value`) })
  const subjects = (await (await fetch(`${registryUrl}/subjects`)).json()) as string[]
  t.notOk(subjects.some((subject) => subject.startsWith(entityType)))

  const first = await ticketPublisher(t, topics, entityType, { brokers })
  const newer = { ...ticketSchema, fields: [...ticketSchema.fields, { name: 'more', type: ['null', 'int'], default: null }] }
  await ticketPublisher(t, topics, entityType, { brokers }, newer)
  const second = await ticketPublisher(t, topics, entityType, { brokers, register: false, compression: 'gzip' })
  await first.publish(entityType, 'update', { id: 'a', version: 1 })
  await second.publish(entityType, 'update', { id: 'a', version: 2 })
  const events = await ticketEventsOn(topics, `${entityType}.update`)
  t.same(
    events.map(({ version }) => version),
    [1, 2],
  )
  t.equal(new Set(events.map(({ value }) => value!.readUInt32BE(1))).size, 1, 'both by the older schema')
})

void test('says that Kafka does not answer, by code', { skip: skipRealParts }, async (t) => {
  const { registryUrl: url } = await realParts()
  const schemas = t.testdir({ 'ticket.avsc': JSON.stringify(ticketSchema) })
  const created = EntityPublisher.create({ brokers: ['127.0.0.1:1'], registry: { url }, schemas, register: true })
  await t.rejects(created, { name: 'PublishError', code: 'not_connected', message: /ECONNREFUSED/ })
})

void test('says which topics are missing, and makes none', { skip: skipRealParts }, async (t) => {
  const { brokers, registryUrl: url } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const name = uniqueName('ticket')
  const schemas = t.testdir({ [`${name}.avsc`]: JSON.stringify(ticketSchema) })
  const created = EntityPublisher.create({ brokers, registry: { url }, schemas, register: true })
  await t.rejects(created, { name: 'ConfigurationError', message: new RegExp(`${name}.create, ${name}.update, ${name}.delete`) })
  t.notOk(await topics.exists(`${name}.create`))
})

void test('a member that the schema does not have is refused by its path, however deep, unless it is to be left out', async (t) => {
  const line = { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] }
  const lines = { name: 'lines', type: [{ type: 'array', items: ['null', line] }, 'null'], default: [] }
  const schema = { ...order, fields: [...order.fields, lines, { name: 'labels', type: { type: 'map', values: 'Line' }, default: {} }] }
  const whole = { id: 'order-1', total: '10.5' }
  const misspelt: [path: string, entity: object][] = [
    ['noet', { ...whole, noet: 'call ann@example.com' }],
    ['Note', { ...whole, Note: 'call ann@example.com' }],
    ['lines[1].sukk', { ...whole, lines: [null, { sku: 'a', sukk: 'ann@example.com' }] }],
    ['labels["x"].skuu', { ...whole, labels: { x: { sku: 'a', skuu: 'ann@example.com' } } }],
    ['["a b"]', { ...whole, 'a b': 1 }],
    [`["${'x'.repeat(64)}"]`, { ...whole, ['x'.repeat(1000)]: 1 }],
  ]
  const strict = await publisherOf(t, seedEntity('order'), schema)
  for (const [path, entity] of misspelt) {
    const error = (await t.rejects(strict.publish('order', 'update', entity), { name: 'InvalidEntityError', path })) as Error
    t.match(error.message, /expected left out, as (Order|Line) has no such field, was an? \w+ that is not shown$/)
    t.notMatch(error.message, 'ann@example.com')
  }
  t.equal(strict.kafka.records.length, 0, 'nothing of them was sent')
  await strict.publish('order', 'update', { ...whole, noet: undefined })
  t.match(JSON.parse((await strict.read()).data!), { id: 'order-1', note: null })
  const lenient = await publisherOf(t, seedEntity('order'), schema, true)
  for (const [path, entity] of misspelt) {
    await lenient.publish('order', 'update', entity)
    t.notMatch((await lenient.read()).data, 'example.com', path)
  }
  t.equal(lenient.kafka.records.length, misspelt.length)
})
