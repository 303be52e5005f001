import type { Message } from 'kafkajs'
import { test } from 'tap'
import { EventEncoder } from './support/values/event-encoder.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { GatewayProcess, type LogLine } from './support/gateway/gateway-process.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { orderReaders } from './support/gateway/order-readers.js'
import { orderOf, type OrderChange, orderSchema } from './support/values/streamed-order.js'
import { saslUser } from './support/real-parts/server-properties.js'
import { realParts, secureListeners, skipOwnParts, skipRealParts } from './support/real-parts/real-parts.js'
import { registerSchema } from './support/schemas/registry-subjects.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import type { Update, UpdateStream } from './support/clients/update-stream.js'
import { WsClient } from './support/clients/ws-client.js'

// What stands in records and how the broker is reached, through the whole gateway.

const id = 'order-1'
const [, support] = orderReaders()

function changeTo(version: number): OrderChange {
  return { entityId: id, operation: 'update', timestampMs: Date.now(), order: orderOf(id, version, Math.random) }
}

/** The value of a record of the version. */
function valueOf({ write }: OrderGateway, version: number): Buffer {
  return write(changeTo(version)).messages[0]!.value as Buffer
}

function versions(stream: UpdateStream): unknown[] {
  return stream.updates().map(({ data }: Update) => (data as { version: number }).version)
}

void test('bad records are logged with their place and counted, and their neighbours arrive', { skip: skipRealParts }, async (t) => {
  const gateway = await OrderGateway.start(t, singleTopic)
  const { topics, entityType } = gateway
  const stream = await gateway.streamOf(support!, [id])
  const bad = await badRecords(gateway)
  const messages = bad.flatMap(([, value], at): Message[] => [
    { key: id, value: valueOf(gateway, at) },
    { key: id, value },
  ])
  await topics.produce(entityType, [...messages, { key: id, value: valueOf(gateway, bad.length) }])
  await until('all good records', () => stream.count > bad.length)

  t.same(
    versions(stream),
    Array.from({ length: bad.length + 1 }, (_, version) => version),
  )
  // The stages log as they find them: framing first, data later.
  const skipped = () => gateway.process.log.filter(({ reason }) => reason !== undefined).sort(byOffset)
  await until('all lines of the log', () => skipped().length >= bad.length)
  t.strictSame(
    skipped().map(({ topic, partition, offset, reason }) => ({ topic, partition, offset, reason })),
    bad.map(([reason], at) => ({ topic: entityType, partition: 0, offset: 2 * at + 1, reason })),
  )
  const metrics = await gateway.process.metrics()
  for (const [reason] of bad) {
    const count = bad.filter(([other]) => other === reason).length
    t.match(metrics, `sluice_bad_records_total{reason="${reason}"} ${count}\n`)
  }
})

function byOffset(one: LogLine, other: LogLine): number {
  return Number(one['offset']) - Number(other['offset'])
}

/** Each with the reason for which it is skipped. */
async function badRecords(gateway: OrderGateway): Promise<(readonly [reason: string, value: Buffer])[]> {
  const { entityType, write, registryUrl } = gateway
  const good = valueOf(gateway, 1000)
  const [otherMagic, unknownSchema] = [Buffer.from(good), Buffer.from(good)]
  otherMagic[0] = 1
  unknownSchema.writeInt32BE(2 ** 31 - 1, 1)
  const ofType = async (type: string) => (await singleTopic.prepare(registryUrl, type))(changeTo(1000)).messages[0]!.value as Buffer
  return [
    ['not_avro', otherMagic],
    ['not_avro', Buffer.from('{"entity_id":"order-1"}')],
    ['schema_unknown', unknownSchema],
    ['truncated', good.subarray(0, -1)],
    ['trailing_bytes', Buffer.concat([good, Buffer.of(0)])],
    ['over_limit', await withCountOf2To40(entityType, registryUrl)],
    ['entity_type_wrong', await ofType(`${entityType}-other`)],
    ['data_missing', write({ ...changeTo(1000), order: null }).messages[0]!.value as Buffer],
  ]
}

/** An array's count is written as a long is, so that a schema with a long in the array's place writes any count. */
async function withCountOf2To40(entityType: string, registryUrl: string): Promise<Buffer> {
  const schemaWith = (type: unknown) => eventSchemaOf({ ...orderSchema, fields: [{ name: 'items', type }] })
  const schema = schemaWith({ type: 'array', items: 'string' })
  const schemaId = await registerSchema(registryUrl, `${entityType}.counts-value`, schema)
  const event = { entity_id: id, entity_type: entityType, operation: 'update', timestamp: Date.now(), data: { items: 2n ** 40n } }
  return new EventEncoder(schemaWith('long'), schemaId).encode(event)
}

void test('a map key __proto__ is a key like any other', { skip: skipRealParts }, async (t) => {
  const gateway = await OrderGateway.start(t, singleTopic)
  const stream = await gateway.streamOf(support!, [id])
  const labels = JSON.parse('{"__proto__":"x"}') as unknown
  const { order, ...change } = changeTo(1)
  const { messages } = gateway.write({ ...change, order: { ...order!, avro: { ...order!.avro, labels } } })
  await gateway.topics.produceCompressed(gateway.entityType, 'gzip', messages)
  await until('the update', () => stream.count === 1)
  t.match(JSON.stringify(stream.updates()), '"labels":{"__proto__":"x"}')
})

void test('batches in each codec arrive', { skip: skipRealParts }, async (t) => {
  const gateway = await OrderGateway.start(t, singleTopic)
  const stream = await gateway.streamOf(support!, [id])
  let expected = 0
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const messages = Array.from({ length: 50 }, (_, n) => gateway.write(changeTo(expected + n)).messages).flat()
    await gateway.topics.produceCompressed(gateway.entityType, codec, messages)
    expected += 50
    await until(`all in ${codec}`, () => stream.count === expected)
  }
  t.same(
    versions(stream),
    Array.from({ length: expected }, (_, n) => n),
  )
})

void test('what was written before the start is there when the gateway is ready', { skip: skipRealParts }, async (t) => {
  const gateway = await OrderGateway.start(t, singleTopic)
  const { topics, entityType } = gateway
  for (const version of [1, 2]) await topics.produce(entityType, [{ key: id, value: valueOf(gateway, version) }])
  const { abort } = await topics.transaction(entityType, [{ key: id, value: valueOf(gateway, 3) }])
  await abort()
  const later = await GatewayProcess.start(t, gateway.environment)
  const headers = bearerHeaders(await signedToken(support!.claims))
  const client = await WsClient.connect(`${later.url!}/ws/tests`, { protocols: ['sluice.v1'], headers })
  client.ask({ type: 'subscribe', entity_id: id, entity_type: entityType, snapshot: true })
  await until('the snapshot', () => client.messages().some(({ type }) => type === 'snapshot_complete'))
  t.match(client.updates(), [{ operation: 'snapshot', data: { version: 2 } }])
  const metrics = await later.metrics()
  t.match(metrics, `sluice_table_rows{entity_type="${entityType}"} 1\n`)
  t.match(metrics, `sluice_state_fill_records_left{entity_type="${entityType}"} 0\n`)
})

void test(
  'entities that share a topic are filled from it, and a tombstone there is told to who was shown them',
  { skip: skipRealParts },
  async (t) => {
    const { brokers, registryUrl } = await realParts()
    const topics = await KafkaTopics.connect(brokers)
    t.teardown(() => topics.close())
    const topic = uniqueName('events')
    await topics.create(topic)
    const names = ['Shipped', 'Paid'] as const
    const messages: Message[] = []
    for (const name of names) {
      const schema: RecordSchema = { type: 'record', name, namespace: 'test', fields: [{ name: 'id', type: 'string' }] }
      const encoder = new EventEncoder(schema, await registerSchema(registryUrl, `${topic}-test.${name}`, schema))
      messages.push({ key: id, value: encoder.encode({ id }) })
    }
    await topics.produce(topic, messages)
    const entry = { topic, layout: 'single-topic', envelope: 'none', streamable: true }
    const entities = Object.fromEntries(names.map((name) => [name, { ...entry, record: `test.${name}` }]))
    const rules = [{ action: 'read', subject: names, fields: ['**'] }]
    const dir = t.testdir({ 'entities.json': JSON.stringify(entities), 'policy.json': JSON.stringify({ roles: { all: rules } }) })
    const gateway = await GatewayProcess.start(t, {
      ...{ KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registryUrl, JWT_SECRET: secret },
      ...{ ENTITIES: `${dir}/entities.json`, POLICY_FILE: `${dir}/policy.json` },
    })
    const headers = bearerHeaders(await signedToken({ roles: ['all'] }))
    const client = await WsClient.connect(`${gateway.url!}/ws/tests`, { protocols: ['sluice.v1'], headers })
    client.ask({ type: 'subscribe', entity_id: id, snapshot: true })
    await until('the snapshot', () => client.messages().some(({ type }) => type === 'snapshot_complete'))
    await topics.produce(topic, [{ key: id, value: null }])
    await until('both deletes', () => client.updates().length === 4)
    const told = client.updates().map(({ operation, entity_type }) => `${operation} ${entity_type}`)
    t.same(told.slice(0, 2).sort(), ['snapshot Paid', 'snapshot Shipped'])
    t.same(told.slice(2), ['delete Shipped', 'delete Paid'])
  },
)

void test('a schema that refers to another subject is resolved at the registry', { skip: skipRealParts }, async (t) => {
  const gateway = await OrderGateway.start(t, singleTopic)
  const { topics, entityType, registryUrl } = gateway
  const stream = await gateway.streamOf(support!, [id])
  const place: RecordSchema = { type: 'record', name: 'Place', namespace: 'test.geo', fields: [{ name: 'city', type: 'string' }] }
  const subject = `${entityType}-place`
  await registerSchema(registryUrl, subject, place)
  const orderAt = (type: unknown) => eventSchemaOf({ ...orderSchema, fields: [{ name: 'place', type }] })
  const references = [{ name: 'test.geo.Place', subject, version: 1 }]
  const schemaId = await registerSchema(registryUrl, `${entityType}-value`, orderAt('test.geo.Place'), references)
  const event = { entity_id: id, entity_type: entityType, operation: 'create', timestamp: Date.now(), data: { place: { city: 'Kiel' } } }
  await topics.produce(entityType, [{ key: id, value: new EventEncoder(orderAt(place), schemaId).encode(event) }])
  await until('the update', () => stream.count === 1)
  t.match(stream.updates(), [{ entity_id: id, data: { place: { city: 'Kiel' } } }])
})

void test(
  'streams from a broker that asks for SASL, and from one that asks for TLS',
  { skip: skipOwnParts || skipRealParts },
  async (t) => {
    const { saslBrokers, tlsBrokers, tlsCertificate } = await secureListeners()
    const sasl = {
      KAFKA_BROKERS: saslBrokers.join(','),
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: saslUser.username,
      KAFKA_SASL_PASSWORD: saslUser.password,
    }
    const caFile = `${t.testdir({ 'ca.pem': tlsCertificate })}/ca.pem`
    const tls = { KAFKA_BROKERS: tlsBrokers.join(','), KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: caFile }
    for (const [how, environment] of Object.entries({ sasl, tls })) {
      await t.test(how, async (each) => {
        const gateway = await OrderGateway.start(each, singleTopic, { environment })
        const stream = await gateway.streamOf(support!, [id])
        await gateway.topics.produce(gateway.entityType, [{ key: id, value: valueOf(gateway, 1) }])
        await until('the update', () => stream.count === 1)
        each.same(versions(stream), [1])
        each.notMatch(JSON.stringify(gateway.process.log), saslUser.password)
      })
    }
  },
)
