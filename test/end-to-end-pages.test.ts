import { isDeepStrictEqual } from 'node:util'
import { test, type Test } from 'tap'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { orderReaders, visiblePart, type OrderReader } from './support/gateway/order-readers.js'
import { signedToken } from './support/gateway/tokens.js'
import { KafkaTopics } from './support/kafka/kafka-topics.js'
import { until } from './support/kafka/source-reader.js'
import { SteadyProducer } from './support/kafka/steady-producer.js'
import { ResumingPage } from './support/clients/resuming-page.js'
import type { KafkaBroker } from './support/real-parts/kafka-broker.js'
import { ownBroker, skipOwnParts, skipRealParts } from './support/real-parts/real-parts.js'
import type { Order } from './support/values/streamed-order.js'

// Two gateways on one Kafka, and pages that go on at the other one. By hand: PAGES=200 PAGES_SECONDS=300.

const pageCount = Number(process.env['PAGES'] ?? 24)
const secondsAtLeast = Number(process.env['PAGES_SECONDS'] ?? 0)
const impatient = { initialRetryTime: 20, maxRetryTime: 50, retries: 1 }
const patienceMs = 60_000
const ids = Array.from({ length: 12 }, (_, n) => `order-${n}`)
const idsOfPage = 4

const title = 'pages that go on at the other gateway lose nothing and see nothing twice, though gateways and the broker are killed in turns'
void test(title, { skip: skipOwnParts || skipRealParts, timeout: (secondsAtLeast + 240) * 1000 }, async (t) => {
  const broker = await ownBroker()
  t.teardown(() => broker.stop())
  const topics = await KafkaTopics.connect([broker.address], impatient)
  const first = await OrderGateway.start(t, singleTopic, { topics, partitions: 4, environment: { KAFKA_BROKERS: broker.address } })
  const gateways = [first.process, await GatewayProcess.start(t, first.environment)]
  const orders = new Map<number, Order>()
  const producer = new SteadyProducer(topics, ids, (change) => {
    orders.set((change.order!.json as { version: number }).version, change.order!)
    return first.write(change)
  })
  await until('each order has been written', () => producer.acknowledged >= ids.length, patienceMs)
  const pages = await openPages(gateways, first.entityType)
  t.teardown(() => Promise.all(pages.map(({ page }) => page.stop())))
  const endMs = Date.now() + secondsAtLeast * 1000
  for (let turn = 0; turn < 3 || Date.now() < endMs; turn++) {
    await whole(pages)
    await goesOn(producer)
    if (turn % 3 === 2) await loseBroker(broker, producer)
    else await loseGateway(t, gateways, turn % 3, first.environment)
  }
  await whole(pages)
  await goesOn(producer)
  await producer.stop()
  for (const one of pages) await account(t, one, producer, orders)
  const met = pages.reduce((sum, { page }) => sum + page.met.resumed, 0)
  t.comment(JSON.stringify({ versions: producer.acknowledged, resumed: met, pages: pages[0]!.page.met }))
  t.ok(met > 0, 'pages were resumed')
  t.equal(
    pages.reduce((sum, { page }) => sum + page.met.notResumed, 0),
    0,
    'nobody had to begin anew',
  )
})

interface ReaderPage {
  readonly reader: OrderReader
  readonly page: ResumingPage
  readonly entityIds: readonly string[]
}

async function openPages(gateways: readonly GatewayProcess[], entityType: string): Promise<ReaderPage[]> {
  const readers = orderReaders()
  return await Promise.all(
    Array.from({ length: pageCount }, async (_none, n) => {
      const reader = readers[n % readers.length]!
      const entityIds = Array.from({ length: idsOfPage }, (_other, m) => ids[(n + 3 * m) % ids.length]!)
      const urls = () => gateways.flatMap(({ url }) => (url === undefined ? [] : [`${url}/ws/page-${n}`]))
      return { reader, entityIds, page: new ResumingPage(urls, await signedToken(reader.claims), entityType, entityIds, n) }
    }),
  )
}

async function whole(pages: readonly ReaderPage[]): Promise<void> {
  await until('all pages stand', () => pages.every(({ page }) => page.isWhole), patienceMs)
}

async function goesOn(producer: SteadyProducer): Promise<void> {
  const goal = producer.acknowledged + 100
  await until('100 more versions', () => producer.acknowledged >= goal, patienceMs)
}

/** kill -9, while pages are on it; another one takes its place. */
async function loseGateway(t: Test, gateways: GatewayProcess[], which: number, environment: Readonly<Record<string, string>>) {
  await gateways[which]!.kill()
  gateways[which] = await GatewayProcess.start(t, environment)
}

async function loseBroker(broker: KafkaBroker, producer: SteadyProducer): Promise<void> {
  await broker.kill()
  const before = producer.acknowledged
  await broker.restart()
  await until('it is written again', () => producer.acknowledged > before, patienceMs)
}

/** What a page was told, against the log and plain CASL. */
async function account(t: Test, { reader, page, entityIds }: ReaderPage, producer: SteadyProducer, orders: ReadonlyMap<number, Order>) {
  const visible = (version: number) => visiblePart(reader, orders.get(version)!)
  for (const entityId of entityIds) {
    const latest = lastVersionOf(entityId, producer)
    const told = () => page.told.get(entityId) ?? []
    const versions = () => told().flatMap(({ data }) => ('version' in data ? [data['version'] as number] : []))
    await until(`${reader.claims.sub} holds the latest of ${entityId}`, () => {
      const expected = visible(latest)
      return expected === undefined ? !page.held.has(entityId) : page.held.get(entityId)?.data['version'] === latest
    })
    const all = versions()
    const from = all[0] ?? 0
    const due = [...orders.keys()].filter(
      (one) => one >= from && one <= latest && producer.entityIdOf(one) === entityId && visible(one) !== undefined,
    )
    const seen = [...new Set(all)]
    const expected = page.met.begunAnew === 0 ? due : due.filter((version) => seen.includes(version))
    t.same(seen, expected, `${reader.claims.sub} is told of each version of ${entityId}, in their order`)
    const cursors = told().flatMap(({ cursor }) => (cursor === undefined || cursor === 'none' ? [] : [cursor]))
    t.equal(new Set(cursors).size, cursors.length, 'of none twice')
    const leaked = told().filter(({ data }) => 'version' in data && !isDeepStrictEqual(data, visible(data['version'] as number)))
    t.same(leaked, [], 'and sees what plain CASL permits')
  }
}

function lastVersionOf(entityId: string, producer: SteadyProducer): number {
  for (let version = producer.acknowledged; ; version--) if (producer.entityIdOf(version) === entityId) return version
}
