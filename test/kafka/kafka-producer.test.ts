import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { KafkaProducer, type KafkaProducerOptions } from '#kafka/kafka-producer.js'
import { Sender } from '#publisher/send/sender.js'
import { KafkaTopics, uniqueName } from '../support/kafka/kafka-topics.js'
import { until } from '../support/kafka/source-reader.js'
import { saslUser } from '../support/real-parts/server-properties.js'
import { realParts, secureListeners, skipOwnParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { SilentLog } from '../support/running/silent-log.js'

async function topicOf(t: Test, partitions = 1, settings: Readonly<Record<string, string>> = {}) {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('orders')
  await topics.create(topic, partitions, settings)
  return { brokers, topics, topic }
}

async function producerTo(t: Test, options: Partial<KafkaProducerOptions> & Pick<KafkaProducerOptions, 'brokers' | 'topics'>) {
  const log = new SilentLog()
  const producer = await KafkaProducer.connect({ compression: 'none', clock: systemClock, log, ...options })
  t.teardown(() => producer.close())
  return { producer, log }
}

function senderBy(producer: KafkaProducer, log: SilentLog): Sender {
  const limits = { queueBytesMax: 1e6, batchBytesMax: 1e6, deliveryTimeoutMs: 10_000, closeTimeoutMs: 1000 }
  return new Sender(producer, () => Promise.reject(new Error('no other')), limits, systemClock, log)
}

function recordOf(value: string, size = 0) {
  return { key: 'a', value: Buffer.alloc(Math.max(size, value.length), value), timestampMs: undefined }
}

void test('answers the offset of the first record, and says how many partitions there are', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await topicOf(t, 3)
  const { producer } = await producerTo(t, { brokers, topics: [topic] })
  t.equal(producer.partitionsOf(topic), 3)
  t.equal(await producer.send({ topic, partition: 2, records: [recordOf('1'), recordOf('2')] }), 0n)
  t.equal(await producer.send({ topic, partition: 2, records: [recordOf('3')] }), 2n)
  t.same(
    (await topics.contentsOf(topic)).map(({ partition, value }) => `${partition} ${String(value)}`),
    ['2 1', '2 2', '2 3'],
  )
})

void test('what Kafka refuses is not written, and the next is written once', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await topicOf(t)
  const { producer } = await producerTo(t, { brokers, topics: [topic] })
  await producer.send({ topic, partition: 0, records: [recordOf('1')] })
  const refused = producer.send({ topic, partition: 0, records: [recordOf('x', 2_000_000)] })
  await t.rejects(refused, { name: 'SendFailure', kind: 'record_refused' })
  t.equal(await producer.send({ topic, partition: 0, records: [recordOf('2')] }), 1n)
  t.same(
    (await topics.contentsOf(topic)).map(({ value }) => String(value)),
    ['1', '2'],
  )
})

void test(
  'a topic that takes less than a batch at once gets it in parts, all but what it does not take at all',
  { skip: skipRealParts },
  async (t) => {
    const { brokers, topics, topic } = await topicOf(t, 1, { 'max.message.bytes': '20000' })
    const { producer, log } = await producerTo(t, { brokers, topics: [topic] })
    const sender = senderBy(producer, log)
    const records = ['1', '2', 'x', '3', '4', '5'].map((value) => recordOf(value, value === 'x' ? 30_000 : 8000))
    const outcomes = await Promise.allSettled(records.map((record) => sender.send(topic, record)))
    t.match(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.offset : (outcome.reason as unknown))),
      ['0', '1', { name: 'PublishError', code: 'refused' }, '2', '3', '4'],
    )
    t.same(
      (await topics.contentsOf(topic)).map(({ value }) => String.fromCharCode(value![0]!)),
      ['1', '2', '3', '4', '5'],
    )
  },
)

void test('a record whose time Kafka does not take is refused alone', { skip: skipRealParts }, async (t) => {
  const { brokers, topic } = await topicOf(t)
  const { producer, log } = await producerTo(t, { brokers, topics: [topic] })
  const sender = senderBy(producer, log)
  const farAhead = { ...recordOf('2'), timestampMs: Date.now() + 7 * 86_400_000 }
  const outcomes = await Promise.allSettled([recordOf('1'), farAhead, recordOf('3')].map((record) => sender.send(topic, record)))
  t.same(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

void test('a partition that is not there is no success', { skip: skipRealParts }, async (t) => {
  const { brokers, topic } = await topicOf(t)
  const { producer } = await producerTo(t, { brokers, topics: [topic] })
  await t.rejects(producer.send({ topic, partition: 7, records: [recordOf('1')] }), { name: 'SendFailure', kind: 'unsure' })
})

void test('a failed attempt is one attempt: nothing is tried again without being asked', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await topicOf(t)
  const { producer, log } = await producerTo(t, { brokers, topics: [topic] })
  await topics.delete(topic)
  // Until then a broker answers for it, and says so by several lines.
  await until('the broker knows that it is gone', async () => !(await topics.exists(topic)))
  await t.rejects(producer.send({ topic, partition: 0, records: [recordOf('1')] }), { name: 'SendFailure', kind: 'unsure' })
  t.equal(log.lines.filter((line) => line.includes('does not host this topic-partition')).length, 1)
})

void test('keys are on the partitions where Kafka’s own clients put them', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await topicOf(t, 5)
  const keys = Array.from({ length: 50 }, (_, n) => `order-${n}`)
  await topics.produce(
    topic,
    keys.map((key) => ({ key, value: 'theirs' })),
  )
  const { producer, log } = await producerTo(t, { brokers, topics: [topic] })
  const sender = senderBy(producer, log)
  await Promise.all(keys.map((key) => sender.send(topic, { ...recordOf('ours'), key })))
  const places = new Map(keys.map((key) => [key, new Set<number>()]))
  for (const { key, partition } of await topics.contentsOf(topic)) places.get(key)!.add(partition)
  t.same(
    [...places.values()].map(({ size }) => size),
    keys.map(() => 1),
  )
})

void test('logs in by SASL, and trusts the certificate that it was given', { skip: skipOwnParts || skipRealParts }, async (t) => {
  const { brokers, saslBrokers, tlsBrokers, tlsCertificate: ca } = await secureListeners()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('orders')
  await topics.create(topic)
  const sasl = { mechanism: 'scram-sha-256', ...saslUser } as const
  const byPassword = await producerTo(t, { brokers: saslBrokers, sasl, topics: [topic] })
  t.equal(await byPassword.producer.send({ topic, partition: 0, records: [recordOf('1')] }), 0n)
  const byCertificate = await producerTo(t, { brokers: tlsBrokers, tls: { ca }, topics: [topic] })
  t.equal(await byCertificate.producer.send({ topic, partition: 0, records: [recordOf('2')] }), 1n)
  await t.rejects(producerTo(t, { brokers: saslBrokers, sasl: { ...sasl, password: 'wrong' }, topics: [topic] }))
})
