import { test } from 'tap'
import { systemClock } from '#clock.js'
import { newestRecordsOf, topicsOf } from '#kafka/newest-records.js'
import { KafkaTopics, uniqueName } from '../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { SilentLog } from '../support/running/silent-log.js'

test('the newest records of all partitions are found, also behind what was aborted', { skip: skipRealParts }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const [spread, aborted, empty] = ['spread', 'aborted', 'empty'].map(uniqueName) as [string, string, string]
  for (const topic of [spread, aborted, empty]) await topics.create(topic, topic === spread ? 2 : 1)
  const record = (key: string, n: number) => ({ key, value: 'x', partition: n % 2, timestamp: String(1_767_225_600_000 + n) })
  await topics.produce(
    spread,
    Array.from({ length: 60 }, (_none, n) => record(`k${n}`, n)),
  )
  await topics.produce(aborted, [{ key: 'kept', value: null }])
  const left = await topics.transaction(
    aborted,
    Array.from({ length: 50 }, (_none, n) => ({ key: `gone${n}`, value: 'x' })),
  )
  await left.abort()
  const options = { brokers, clock: systemClock, log: new SilentLog() }
  const found = (await topicsOf(options)).filter(({ topic }) => [spread, aborted, empty].includes(topic))
  t.equal(found.length, 3)
  const newest = await newestRecordsOf(options, found, 5)
  const of = (name: string) => newest.find(({ topic }) => topic === name)!
  t.same(
    of(spread).records.map(({ key, partition }) => [key?.toString(), partition]),
    [55, 56, 57, 58, 59].map((n) => [`k${n}`, n % 2]),
  )
  t.same(
    of(spread).logs,
    [0, 1].map((partition) => ({ partition, low: 0, high: 30 })),
  )
  t.same(
    of(aborted).records.map(({ key }) => key?.toString()),
    ['kept'],
  )
  t.same([of(empty).records, of(empty).logs], [[], [{ partition: 0, low: 0, high: 0 }]])
})

test('a broker that does not answer is named', async (t) => {
  await t.rejects(topicsOf({ brokers: ['127.0.0.1:1'], clock: systemClock, log: new SilentLog() }), /127\.0\.0\.1:1/)
})
