import { AvroSerializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry'
import { test } from 'tap'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from './support/real-parts/real-parts.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { UpdateStream } from './support/clients/update-stream.js'

const entityType = uniqueName('ticket')
const fields = ['status', 'email'].map((name) => ({ name, type: 'string' }))
const ticket: RecordSchema = { type: 'record', name: 'Ticket', streamable: true, fields }

void test(
  "what Confluent's own serializer writes reaches a client that was there before topic and schema",
  { skip: skipRealParts },
  async (t) => {
    const { brokers, registryUrl } = await realParts()
    const policy = { roles: { agent: [{ action: 'read', subject: entityType, fields: ['status'] }] } }
    const folder = t.testdir({ 'policy.json': JSON.stringify(policy) })
    const parts = { KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registryUrl }
    const settings = { ENTITIES: entityType, POLICY_FILE: `${folder}/policy.json`, JWT_SECRET: secret }
    const gateway = await GatewayProcess.start(t, { ...parts, ...settings })
    const stream = await UpdateStream.open(`${gateway.url!}/ws/a`, await signedToken({ roles: ['agent'] }), 'seed', ['one'])

    const topic = `${entityType}.update`
    const registry = new SchemaRegistryClient({ baseURLs: [registryUrl] })
    await registry.register(`${topic}-value`, { schemaType: 'AVRO', schema: JSON.stringify(eventSchemaOf(ticket)) })
    const serializer = new AvroSerializer(registry, SerdeType.VALUE, { useLatestVersion: true })
    const data = { status: 'ANSWERED', email: 'ann@example.com' }
    const event = { entity_id: 'one', entity_type: entityType, operation: 'update', timestamp: Date.now(), data }
    const topics = await KafkaTopics.connect(brokers)
    t.teardown(() => topics.close())
    await topics.create(topic)
    await topics.produce(topic, [{ key: 'one', value: await serializer.serialize(topic, event) }])

    await until('the update', () => stream.count === 1)
    t.match(stream.updates(), [{ entity_id: 'one', operation: 'update' }])
    t.same(stream.updates()[0]?.['data'], { status: 'ANSWERED' })
  },
)
