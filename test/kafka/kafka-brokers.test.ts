import { test } from 'tap'
import { systemClock } from '#clock.js'
import { KafkaBrokers } from '#kafka/kafka-brokers.js'
import { offsetsQuestion } from '#kafka/wire/offsets-question.js'
import { FakeCluster } from '../support/kafka/fake-cluster.js'
import { until } from '../support/kafka/source-reader.js'
import { SilentLog } from '../support/running/silent-log.js'

test('links that brokers close leave nothing behind, and many brokers are no reason for a warning of Node', async (t) => {
  const cluster = await FakeCluster.start(t, 12)
  const warnings: Error[] = []
  const warn = (warning: Error) => void warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))
  const brokers = new KafkaBrokers({ brokers: cluster.brokers, clock: systemClock, log: new SilentLog() })
  t.teardown(() => brokers.close())
  await brokers.metadata([])
  for (const { id } of cluster.nodes) await brokers.ask(id, offsetsQuestion, { at: -1, decidedOnly: false, topics: [] })
  const open = () => cluster.nodes.reduce((sum, { connections }) => sum + connections, 0)
  t.equal(open(), 12)
  for (let nth = 0; nth < 5; nth++) {
    cluster.nodes[0]!.cut()
    await until('the cut', () => open() === 11)
    // Until it has heard of the cut, it may ask by another link.
    await until('the new link', async () => {
      await brokers.metadata([])
      return open() === 12
    })
  }
  await new Promise((resolve) => setImmediate(resolve))
  t.same(warnings, [])
  brokers.close()
  await until('none is open', () => open() === 0)
})

test('a broker that is not known is an error of the question alone', async (t) => {
  const cluster = await FakeCluster.start(t, 1)
  const brokers = new KafkaBrokers({ brokers: cluster.brokers, clock: systemClock, log: new SilentLog() })
  t.teardown(() => brokers.close())
  await brokers.metadata([])
  await t.rejects(brokers.open(99), /no broker 99/)
  await t.rejects(brokers.ask(99, offsetsQuestion, { at: -1, decidedOnly: false, topics: [] }), /no broker 99/)
})
