import { test } from 'tap'
import { systemClock } from '#clock.js'
import { KafkaLink } from '#kafka/kafka-link.js'
import { metadataQuestion } from '#kafka/wire/metadata-question.js'
import type { Question } from '#kafka/wire/question.js'
import { FakeCluster } from '../support/kafka/fake-cluster.js'
import { SilentLog } from '../support/running/silent-log.js'

async function linked(t: Parameters<typeof FakeCluster.start>[0], requestMs?: number) {
  const cluster = await FakeCluster.start(t)
  const [node] = cluster.nodes
  // A request is given up after ten seconds: a clock that runs faster.
  const clock =
    requestMs === undefined ? systemClock : { ...systemClock, after: (_ms: number, call: () => void) => systemClock.after(requestMs, call) }
  const link = await KafkaLink.open({ host: '127.0.0.1', port: node!.port }, { brokers: [], clock, log: new SilentLog() })
  t.teardown(() => link.close())
  return { cluster, node: node!, link }
}

test('a link that is opened stays idle', async (t) => {
  const { link } = await linked(t)
  await link.ask(metadataQuestion, ['orders'])
  let timers = 0
  const { setTimeout: set } = globalThis
  t.teardown(() => void (globalThis.setTimeout = set))
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof set>) => (timers++, set(...args)), set)
  await new Promise((resolve) => set(resolve, 500))
  t.equal(timers, 0, 'kafkajs sets some 850 a second where its queue is not told not to')
})

test('a question is asked in the newest version that both sides know', async (t) => {
  const { cluster, link } = await linked(t)
  cluster.create('orders', 1)
  t.equal(link.versionOf(metadataQuestion), 12)
  const { nodes, topics } = await link.ask(metadataQuestion, ['orders'])
  t.match(nodes, [{ id: 1, port: cluster.nodes[0]!.port }])
  t.match(topics, [{ topic: 'orders', partitions: [{ leader: 1 }] }])
  const unknown: Question<never, never> = { ...(metadataQuestion as unknown as Question<never, never>), versionMin: 14, versionMax: 15 }
  t.throws(() => link.versionOf(unknown), /does not know Metadata/)
  t.throws(() => link.versionOf({ ...unknown, apiKey: 99, versionMin: 0 }), /does not know/)
})

test('who waits for a broker that hangs, breaks off or is closed gets an error', async (t) => {
  const { node, link } = await linked(t, 100)
  node.isHanging = true
  await t.rejects(link.ask(metadataQuestion, []), /no answer within 10000 ms \(Metadata\)/)
  for (const end of [(link: KafkaLink) => link.close(), () => node.cut()]) {
    node.isHanging = false
    const other = await KafkaLink.open({ host: '127.0.0.1', port: node.port }, { brokers: [], clock: systemClock, log: new SilentLog() })
    node.isHanging = true
    const waiting = t.rejects(other.ask(metadataQuestion, []), /closed/i)
    setTimeout(() => end(other), 50)
    await waiting
    t.notOk(other.isOpen)
  }
})

test('what is no broker is an error within its time', async (t) => {
  const options = { brokers: [], clock: systemClock, log: new SilentLog() }
  await t.rejects(KafkaLink.open({ host: '127.0.0.1', port: 1 }, options), /ECONNREFUSED/)
})
