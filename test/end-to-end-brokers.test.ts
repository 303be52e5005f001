import { after, before, end, test, type Test } from 'tap'
import { AnswerLosingProxy } from './support/kafka/answer-losing-proxy.js'
import { ClusterReading, moveToPreferred, readCluster, topicOn } from './support/kafka/cluster-reading.js'
import { KafkaTopics } from './support/kafka/kafka-topics.js'
import { SteadyProducer } from './support/kafka/steady-producer.js'
import { until } from './support/kafka/source-reader.js'
import { randomFrom } from './support/gateway/simulated-world.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { orderReaders } from './support/gateway/order-readers.js'
import { ownCluster, skipOwnParts, skipRealParts } from './support/real-parts/real-parts.js'
import type { KafkaCluster } from './support/real-parts/kafka-cluster.js'

// What becomes of records when brokers are lost, hang or change their minds, on three of them. Each test leaves all three running.

let cluster: KafkaCluster
let proxies: AnswerLosingProxy[]
before(async () => {
  if (skipOwnParts) return
  proxies = await Promise.all(Array.from({ length: 3 }, () => AnswerLosingProxy.start()))
  cluster = await ownCluster({ nodes: 3, proxies })
  after(async () => {
    for (const proxy of proxies) proxy.stop()
    await cluster.stop()
  })
})

function check(sentence: string, body: (t: Test) => Promise<void>): void {
  void test(sentence, { skip: skipOwnParts || skipRealParts }, body)
}

check('a broker that is killed, comes back and leads again what it led costs no record, and the source stays ready', async (t) => {
  const replicas = [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
    [1, 3, 2],
    [2, 1, 3],
    [3, 2, 1],
  ]
  const { topics, topic, reading, load } = await readCluster(t, cluster, replicas)
  await cluster.node(2).kill()
  await reading.goesOn()
  t.ok(reading.hasLogged('A broker does not answer; its partitions wait', { broker: 2 }))
  t.ok(reading.hasSaid('these brokers do not answer: 2'))
  await cluster.node(2).restart()
  await moveToPreferred(topics, cluster, topic, replicas)
  await reading.goesOn()
  await load.stop()
  await reading.accountFor(t, load)
  t.ok(reading.wasAlwaysReady)
  await reading.untilNothingIsAmiss()
})

check('a partition that only a killed broker has waits alone, and is said, also by a source that starts meanwhile', async (t) => {
  const { reading, load, topic } = await readCluster(t, cluster, [[1], [2], [3], [1]])
  await cluster.node(2).kill()
  await reading.goesOn([0, 2, 3], 100)
  const sentence = `nobody answers for these partitions: ${topic}/1`
  await until('the sentence', () => reading.source.status().reason === sentence)
  const lastBefore = Math.max(...load.partitions[1]!.acknowledged.keys())
  const late = await ClusterReading.start(t, topic, 4, { brokers: cluster.addresses })
  await late.goesOn([0, 2, 3])
  t.same(late.source.status(), { ready: true, reason: sentence })
  await cluster.node(2).restart()
  await Promise.all([reading.goesOn(), late.goesOn()])
  await load.stop()
  await reading.accountFor(t, load)
  await late.accountFor(t, load, (partition) => late.recordsOf(partition)[0]!.offset)
  const firstSince = [...load.partitions[1]!.acknowledged.keys()].find((offset) => offset > lastBefore)
  t.ok(late.recordsOf(1)[0]!.offset <= firstSince!, 'a log without a leader ends where it ended before')
  for (const one of [reading, late]) {
    t.ok(one.wasAlwaysReady)
    await one.untilNothingIsAmiss()
  }
})

check('a broker that hangs for longer than a request may take is named, and holds up nothing else', async (t) => {
  const { reading, load } = await readCluster(t, cluster, [[1], [2], [3]], { requestMsMax: 1500 })
  const node = cluster.node(2)
  t.teardown(() => node.goOn())
  node.hang()
  await until('its name', () => reading.hasSaid('these brokers do not answer: 2'))
  await reading.goesOn([0, 2], 100)
  node.goOn()
  await reading.goesOn()
  await load.stop()
  await reading.accountFor(t, load)
  t.ok(reading.wasAlwaysReady)
  await reading.untilNothingIsAmiss()
})

check('a log that an unclean election cut is read on from where it became another one, and that is counted and said', async (t) => {
  const settings = { 'unclean.leader.election.enable': 'true' }
  const { reading, load, topic } = await readCluster(t, cluster, [[1, 2]], { acks: 1, settings, requestMsMax: 1000 })
  const [leader, follower] = [cluster.node(1), cluster.node(2)]
  t.teardown(() => follower.goOn())
  follower.hang()
  await reading.goesOn([0], 200) // More than was under way: the leader counts as the only replica by now.
  await leader.kill() // Before the other goes on, which would catch up with it.
  const lastOfLeader = Math.max(...load.partitions[0]!.acknowledged.keys())
  follower.goOn()
  const isCut = () => reading.hasLogged('A new leader did not have all records', { partition: `${topic}/0` })
  await until('the news', isCut, 60_000)
  await reading.goesOn()
  await leader.restart()
  const lastRead = () => reading.recordsOf(0).at(-1)!.offset
  await until('a log that is longer than the one before', () => lastRead() > lastOfLeader, 60_000)
  await load.stop()
  await until('the last record', () => lastRead() >= Math.max(...load.partitions[0]!.acknowledged.keys()))

  const log = await ClusterReading.start(t, topic, 1, { brokers: cluster.addresses, startAt: () => 'beginning' })
  await until('all of the log', () => log.recordsOf(0).at(-1)?.offset === reading.recordsOf(0).at(-1)!.offset)
  const read = reading.recordsOf(0).map(({ value }) => String(value))
  const last = log.recordsOf(0).map(({ value }) => String(value))
  const cutAt = read.findIndex((value, at) => value !== last[at])
  const readBefore = read.length - (last.length - cutAt)
  t.ok(readBefore - cutAt >= 100, `${readBefore - cutAt} records are gone`)
  t.same(read.slice(readBefore), last.slice(cutAt), 'all that stands in their place is read, and nothing twice')
  t.equal(reading.meter.offsetsCut, readBefore - cutAt)
})

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

check('connections that are cut in the midst of answers lose and double nothing', async (t) => {
  const [random, cutsMax] = [randomFrom(1), 8]
  // Cut for ever, a reader that is behind would be answered with more than passes before the next cut.
  for (const proxy of proxies) proxy.bytesUntilCut = () => (proxy.cuts < cutsMax ? 2000 + Math.floor(random() * 20_000) : Infinity)
  const brokers = proxies.map(({ address }) => address)
  const { reading, load } = await readCluster(
    t,
    cluster,
    [
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
    ],
    { brokers },
  )
  await until('cuts', () => proxies.every(({ cuts }) => cuts >= cutsMax), 60_000)
  await reading.goesOn()
  await load.stop()
  await reading.accountFor(t, load)
})

/** Two partitions, with a reader that takes nothing more and has no room for all of the records, each of 2 kB. */
async function heldUp(t: Test) {
  const replicas = [
    [1, 2, 3],
    [2, 3, 1],
  ]
  const { topics, topic } = await topicOn(t, cluster, replicas)
  const reading = await ClusterReading.start(t, topic, 2, { brokers: cluster.addresses, bufferBytesMax: 100_000 })
  reading.reader.held.add('*')
  const send = async (values: readonly string[]) => {
    for (const value of values)
      await topics.produce(
        topic,
        [0, 1].map((partition) => ({ value: value.padEnd(2000), partition })),
      )
  }
  const valuesOf = (partition: number) => reading.recordsOf(partition).map(({ value }) => value!.toString().trimEnd())
  return { replicas, topics, topic, reading, send, valuesOf }
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name} ${n}`)
}

check(
  'a topic that is made anew under a longer log while its reader is held up is read from its beginning, and that is said',
  async (t) => {
    const { replicas, topics, topic, reading, send, valuesOf } = await heldUp(t)
    const [old, anew] = [numbered('old', 80), numbered('new', 120)]
    await send(old)
    await until('a reader that is held up', () => [0, 1].every((partition) => valuesOf(partition).length > 0))
    await topics.delete(topic)
    await topics.createOn(topic, replicas)
    await send(anew)
    reading.reader.releaseAll()
    await until('the last record', () => [0, 1].every((partition) => valuesOf(partition).includes('new 119')), 60_000)
    for (const partition of [0, 1]) {
      const read = valuesOf(partition)
      const ofOld = read.length - anew.length
      t.ok(ofOld > 0 && ofOld < old.length, `${ofOld} of the old records were read`)
      t.same(read, [...old.slice(0, ofOld), ...anew])
    }
    t.ok(reading.hasLogged('A topic was made anew', { topic }))
    await reading.untilNothingIsAmiss()
  },
)

check('retention that overtakes a reader that is held up is counted and said', async (t) => {
  const { topics, topic, reading, send, valuesOf } = await heldUp(t)
  const values = numbered('kept', 100)
  await send(values)
  await until('a reader that is held up', () => [0, 1].every((partition) => valuesOf(partition).length > 0))
  await topics.dropBefore(topic, [90, 95])
  reading.reader.releaseAll()
  await until('the last record', () => [0, 1].every((partition) => valuesOf(partition).includes('kept 99')), 60_000)
  let dropped = 0
  for (const [partition, low] of [90, 95].entries()) {
    const before = valuesOf(partition).length - (100 - low)
    t.ok(before < low, `${before} records were read before`)
    t.same(valuesOf(partition), [...values.slice(0, before), ...values.slice(low)])
    dropped += low - before
    t.ok(reading.hasLogged(`retention dropped ${low - before} offsets unread`))
  }
  t.same([...reading.meter.offsetsSkipped], [['retention', dropped]])
})

/** The producer writes again soon after another broker leads. */
const impatient = { initialRetryTime: 20, maxRetryTime: 50, retries: 1 }

check('a client of a gateway receives every update although a broker of three is killed, and /readyz says 200 throughout', async (t) => {
  const topics = await KafkaTopics.connect(cluster.addresses, impatient)
  const environment = { KAFKA_BROKERS: cluster.addresses.join() }
  const gateway = await OrderGateway.start(t, singleTopic, { topics, partitions: 6, environment })
  const ids = numbered('order', 12)
  const [reader] = orderReaders().filter(({ seesSomeAlways }) => seesSomeAlways)
  const stream = await gateway.streamOf(reader!, ids)
  const readiness = new Set<number>()
  const producer = new SteadyProducer(topics, ids, gateway.write)
  const goesOn = async () => {
    const goal = producer.acknowledged + 100
    const has = async () => {
      readiness.add(await gateway.process.readiness())
      return producer.acknowledged >= goal
    }
    await until('100 more events', has, 60_000)
  }
  await goesOn()
  await cluster.node(3).kill()
  await goesOn()
  await cluster.node(3).restart()
  await goesOn()
  await producer.stop()
  await producer.accountFor(t, stream)
  t.same([...readiness], [200])
})

end()
