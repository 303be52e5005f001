import { test, type Test } from 'tap'
import type { GatewayProcess } from './support/gateway/gateway-process.js'
import { KafkaTopics } from './support/kafka/kafka-topics.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { orderReaders } from './support/gateway/order-readers.js'
import { ownBroker, skipOwnParts, skipRealParts } from './support/real-parts/real-parts.js'
import type { KafkaBroker } from './support/real-parts/kafka-broker.js'
import { until } from './support/kafka/source-reader.js'
import { SteadyProducer } from './support/kafka/steady-producer.js'

/** The producer writes again soon after the broker is back. */
const impatient = { initialRetryTime: 20, maxRetryTime: 50, retries: 1 }
const patienceMs = 60_000
const ids = Array.from({ length: 8 }, (_, n) => `order-${n}`)

const title = 'every acknowledged event arrives in order although the broker is killed twice under load'
void test(title, { skip: skipOwnParts || skipRealParts }, async (t) => {
  const broker = await ownBroker()
  t.teardown(() => broker.stop())
  const topics = await KafkaTopics.connect([broker.address], impatient)
  const environment = { KAFKA_BROKERS: broker.address }
  const gateway = await OrderGateway.start(t, singleTopic, { topics, partitions: 4, environment })
  const readers = orderReaders().filter(({ seesSomeAlways }) => seesSomeAlways)
  const streams = await Promise.all(readers.map((reader) => gateway.streamOf(reader, ids)))

  const producer = new SteadyProducer(topics, ids, gateway.write)
  await goesOn(producer)
  for (let time = 0; time < 2; time++) {
    await loseBroker(t, broker, gateway.process, producer)
    await goesOn(producer)
  }
  await producer.stop()
  for (const stream of streams) await producer.accountFor(t, stream)
})

async function goesOn(producer: SteadyProducer): Promise<void> {
  const goal = producer.acknowledged + 100
  await until('100 more events', () => producer.acknowledged >= goal, patienceMs)
}

async function loseBroker(t: Test, broker: KafkaBroker, gateway: GatewayProcess, producer: SteadyProducer): Promise<void> {
  const isUp = async () => /^sluice_dependency_up\{dependency="kafka"\} 1$/m.test(await gateway.metrics())
  t.ok(await isUp())
  await broker.kill()
  await until('the metrics say that Kafka is away, well before the gateway gives it up', async () => !(await isUp()), 8_000)
  await until('/readyz says why nothing is read', async () => (await gateway.reasons()).length > 0, patienceMs)
  t.equal(await gateway.readiness(), 200, 'a node that has begun stays ready, as all would leave at once otherwise')
  // Otherwise it reads before the producer writes: what is written while it is away must arrive as well.
  gateway.signal('SIGSTOP')
  const before = producer.acknowledged
  await broker.restart()
  await until('events that are written while the gateway is away', () => producer.acknowledged > before, patienceMs)
  gateway.signal('SIGCONT')
  await until('nothing is amiss', async () => (await gateway.reasons()).length === 0, patienceMs)
  t.ok(await isUp())
}
