import { test } from 'tap'
import { systemClock } from '#clock.js'
import { ControlTopics } from '#gateway/control/control-topics.js'
import { Meter } from '#gateway/observe/meter.js'
import { uncompactedTopics } from '#gateway/source/kafka/forgetful-topics.js'
import { KafkaSource } from '#gateway/source/kafka/kafka-source.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { ControlledReader, testControlTopics } from '../../support/gateway/control-topics.case.js'
import { FakeCluster } from '../../support/kafka/fake-cluster.js'
import { KafkaTopics, uniqueName } from '../../support/kafka/kafka-topics.js'
import { until } from '../../support/kafka/source-reader.js'
import { realParts, skipRealParts } from '../../support/real-parts/real-parts.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'
import { SilentLog } from '../../support/running/silent-log.js'

testControlTopics('memory', false, () => {
  const topics = new MemoryTopics({ clock: systemClock })
  const topic = 'claims'
  return Promise.resolve({
    topic,
    source: () => new MemorySource(topics, systemClock),
    create: async (partitions) => topics.create(topic, partitions),
    makeAnew: async () => topics.makeAnew(topic),
    append: (...records) => {
      for (const [key, value] of records) topics.append(topic, { key: Buffer.from(key), value: value === null ? null : Buffer.from(value) })
      return Promise.resolve()
    },
  })
})

const compacted = { 'cleanup.policy': 'compact' }

testControlTopics('Kafka', skipRealParts, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('claims')
  const options = { brokers, clock: systemClock, log: new SilentLog(), bufferBytesMax: 1_000_000, meter: new Meter() }
  return {
    topic,
    source: () => new KafkaSource(options),
    create: (partitions) => topics.create(topic, partitions, compacted),
    makeAnew: async () => {
      await topics.delete(topic)
      await until('its loss', async () => !(await topics.exists(topic)))
      await topics.create(topic, 1, compacted)
    },
    append: (...records) =>
      topics.produce(
        topic,
        records.map(([key, value]) => ({ key, value })),
      ),
    uncompacted: (names) => uncompactedTopics(options, names),
  }
})

test('a topic of several partitions keeps a node from being ready also while only one of them is found', async (t) => {
  const cluster = await FakeCluster.start(t)
  const context = { brokers: cluster.brokers, clock: systemClock, log: new SilentLog(), bufferBytesMax: 1_000_000, meter: new Meter() }
  const { table, status, ready } = new ControlledReader(t, { topic: 'claims', source: () => new KafkaSource(context) })
  await until('the reason', () => status().reason?.includes('does not exist') === true)
  const noLeader = -1
  cluster.create('claims', 1, noLeader)
  await until('the end of the one', () => table.told.includes('caught up'))
  t.match(status(), { ready: false, reason: /more than one partition/ })
  cluster.create('claims', 1)
  await ready
  t.match(status(), { ready: true, reason: undefined })
})

for (const [settings, isSaid] of [
  [compacted, false],
  [{ 'cleanup.policy': 'delete' }, true],
  [{ 'cleanup.policy': 'delete', 'retention.ms': '-1' }, true],
  [{ 'cleanup.policy': 'compact,delete' }, true],
] as const) {
  const sentence = `a control topic with ${JSON.stringify(settings)} is ${isSaid ? 'said not to be' : 'not said not to be'} compacted`
  test(sentence, { skip: skipRealParts }, async (t) => {
    const { brokers } = await realParts()
    const kafka = await KafkaTopics.connect(brokers)
    t.teardown(() => kafka.close())
    const topic = uniqueName('policy')
    await kafka.create(topic, 1, settings)
    const lines: LoggedLine[] = []
    const context = { clock: systemClock, log: recordingLog(lines) }
    const table = { hash: '', take() {}, lost() {}, beginAnew() {}, caughtUp() {}, status: () => ({ ready: true }) }
    const source = new KafkaSource({ brokers, ...context, bufferBytesMax: 1_000_000, meter: new Meter() })
    let asked = false
    const topics = new ControlTopics({
      ...{ source, tables: new Map([[topic, table]]), ...context },
      uncompacted: (names) => uncompactedTopics({ brokers, ...context }, names).finally(() => (asked = true)),
    })
    t.teardown(() => topics.stop())
    await topics.start()
    await until('the answer', () => asked)
    await new Promise((resolve) => setImmediate(resolve))
    t.match(topics.status(), { ready: true, reason: isSaid ? `these control topics are not compacted: ${topic}` : undefined })
    t.equal(
      lines.filter(({ level, message }) => level === 'error' && message.startsWith('Control topics are not compacted')).length,
      Number(isSaid),
    )
  })
}
