import { test } from 'tap'
import { systemClock } from '#clock.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { headerOf } from '#kafka/record-headers.js'
import { readTopic } from '#kafka/topic-content.js'
import { writeRecord } from '#kafka/write-record.js'
import { KafkaTopics, uniqueName } from '../support/kafka/kafka-topics.js'
import { until } from '../support/kafka/source-reader.js'
import { realParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { SilentLog } from '../support/running/silent-log.js'

const skip = skipRealParts

test('a topic is read from its beginning to the end that it has, what was aborted left out', { skip }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('content')
  await topics.create(topic)
  const options = { brokers, clock: systemClock, log: new SilentLog() }
  const read = async () => {
    const records: KafkaRecord[] = []
    await readTopic(options, topic, (record) => records.push(record))
    return records
  }
  t.same(await read(), [], 'an empty one')
  const large = 'x'.repeat(500_000)
  for (let n = 0; n < 12; n++)
    await topics.produce(topic, [
      { key: `k${n}`, value: large },
      { key: 'gone', value: null },
    ])
  const aborted = await topics.transaction(topic, [{ key: 'aborted', value: '1' }])
  await aborted.abort()
  const offset = await writeRecord(options, topic, {
    key: 'last',
    value: Buffer.from('end'),
    timestampMs: undefined,
    headers: { by: 'ann' },
  })
  let records: KafkaRecord[] = []
  // The broker writes the transaction's end a moment after it has answered.
  await until('the end of the transaction', async () => (records = await read()).at(-1)?.offset === offset)
  t.same(
    records.map(({ key }) => key!.toString()),
    [...Array.from({ length: 12 }, (_none, n) => [`k${n}`, 'gone']).flat(), 'last'],
  )
  t.equal(headerOf(records.at(-1)!, 'by'), 'ann')
  t.equal(headerOf(records[0]!, 'by'), undefined)
  t.equal(records[1]!.value, null)
  t.equal(records[22]!.value!.length, 500_000)
})

test('a topic that is missing or has more partitions is refused, for reading and for writing', { skip }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('content')
  await topics.create(topic, 2)
  const options = { brokers, clock: systemClock, log: new SilentLog() }
  const record = { key: 'a', value: null, timestampMs: undefined }
  const refused = async (name: string, message: RegExp) => {
    await t.rejects(
      readTopic(options, name, () => undefined),
      { name: 'ConfigurationError', message },
    )
    await t.rejects(writeRecord(options, name, record), { name: 'ConfigurationError', message })
  }
  await refused(topic, /more than one partition/)
  await refused(`${topic}-none`, /not exist/)
})
