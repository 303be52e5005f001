import { test, type Test } from 'tap'
import type { FedRecord } from '../../../bench/feed/record-sink.js'
import { TopicProducer } from '../../../bench/feed/topic-producer.js'
import { systemClock } from '#clock.js'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaSource } from '#gateway/source/kafka/kafka-source.js'
import { KafkaTopics, uniqueName } from '../../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../../support/real-parts/real-parts.js'
import { SilentLog } from '../../support/running/silent-log.js'
import { SourceReader, until } from '../../support/kafka/source-reader.js'

async function topicOf(t: Test, settings: Readonly<Record<string, string>> = {}) {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('fed')
  await topics.create(topic, 3, settings)
  const producer = await TopicProducer.open(brokers, topic)
  t.teardown(() => producer.close())
  return { brokers, topic, producer }
}

function recordsOf(count: number, bytes: number): FedRecord[] {
  return Array.from({ length: count }, (_none, nth) => ({
    key: Buffer.from(`key-${nth}`),
    value: Buffer.alloc(bytes, String(nth % 10)),
    partition: nth % 3,
    timestampMs: 1_700_000_000_000 + nth,
  }))
}

test('writes what a real broker takes and hands on as it was, more than fits into one request', { skip: skipRealParts }, async (t) => {
  const { brokers, topic, producer } = await topicOf(t)
  const options = {
    brokers,
    clock: systemClock,
    meter: new Meter(),
    log: new SilentLog(),
  }
  const source = new KafkaSource({ ...options, bufferBytesMax: 64_000_000 })
  t.teardown(() => source.stop())
  const reader = new SourceReader(source)
  await source.start([topic])
  const records = [...recordsOf(100, 40_000), ...recordsOf(1000, 10)]
  await producer.send(records)
  await producer.send([])
  await until('all records', () => reader.records.length === records.length)
  for (const partition of [0, 1, 2]) {
    const came = reader.batches.filter((batch) => batch.partition === partition).flatMap((batch) => batch.records)
    t.same(
      came.map(({ key, value, timestampMs }) => ({ key, value, timestampMs })),
      records.filter((record) => record.partition === partition).map(({ key, value, timestampMs }) => ({ key, value, timestampMs })),
    )
  }
})

test('says what a broker refuses', { skip: skipRealParts }, async (t) => {
  const { producer } = await topicOf(t, { 'max.message.bytes': '1000' })
  // https://kafka.apache.org/protocol.html#protocol_error_codes: message too large.
  await t.rejects(producer.send(recordsOf(3, 2000)), /refuses records for fed-.*, partition \d, by its error 10/)
  await t.rejects(producer.send([{ ...recordsOf(1, 1)[0]!, partition: 9 }]), /no partition 9/)
})
