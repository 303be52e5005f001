import { after, before, test, type Test } from 'tap'
import { ClusterReading, readCluster, topicOn } from './support/kafka/cluster-reading.js'
import { until } from './support/kafka/source-reader.js'
import { ownCluster, skipOwnParts, skipRealParts } from './support/real-parts/real-parts.js'
import type { KafkaCluster } from './support/real-parts/kafka-cluster.js'

// What replicas other than the leader are to a reader: nearer than it, or behind it when they take over. On three brokers in three racks.

const patienceMs = 60_000

let cluster: KafkaCluster
before(async () => {
  if (skipOwnParts) return
  cluster = await ownCluster({ nodes: 3 })
  after(() => cluster.stop())
})

function check(sentence: string, body: (t: Test) => Promise<void>): void {
  void test(sentence, { skip: skipOwnParts || skipRealParts }, body)
}

check('the replica in the rack of the reader is read, and the leaders where that is killed, each record once', async (t) => {
  const replicas = [
    [1, 2, 3],
    [2, 3, 1],
  ]
  const { reading, load } = await readCluster(t, cluster, replicas, { rack: 'c' })
  await reading.goesOn([0, 1], 300)
  await cluster.node(3).kill()
  await reading.goesOn([0, 1], 300)
  t.ok(reading.hasLogged('A broker does not answer', { broker: 3, replicas: 2 }), 'both were read from it')
  await cluster.node(3).restart()
  await load.stop()
  await reading.accountFor(t, load)
  t.ok(reading.wasAlwaysReady)
})

check('what a leader has who takes over without all records is read from where it differs, and the others are counted', async (t) => {
  const { topics, topic } = await topicOn(t, cluster, [[1, 2]], { 'unclean.leader.election.enable': 'true' })
  const reading = await ClusterReading.start(t, topic, 1, { brokers: cluster.addresses })
  const values = () => reading.recordsOf(0).map(({ offset, value }) => `${offset} ${value!.toString()}`)
  const hasCome = (value: string) => until(value, () => values().includes(value), patienceMs)
  await topics.produce(topic, [{ value: 'of both' }])
  await hasCome('0 of both')
  await cluster.node(2).kill()
  await until('one in sync', async () => (await topics.leadersOf(topic))[0]!.inSync.length === 1, patienceMs)
  await topics.produce(topic, [{ value: 'of one' }, { value: 'of one' }])
  await hasCome('2 of one')
  await cluster.node(1).kill()
  await cluster.node(2).restart()
  await until('the new leader', async () => (await topics.leadersOf(topic))[0]!.leader === 2, patienceMs)
  await topics.produce(topic, [{ value: 'of the other' }, { value: 'of the other' }, { value: 'of the other' }])
  await hasCome('3 of the other')
  t.same(values(), ['0 of both', '1 of one', '2 of one', '1 of the other', '2 of the other', '3 of the other'])
  t.equal(reading.meter.offsetsCut, 2)
  t.ok(reading.hasLogged('unclean election', { partition: `${topic}/0`, firstOffset: 1, lastOffset: 2 }))
  await cluster.node(1).restart()
})
