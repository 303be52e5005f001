import { inspect } from 'node:util'
import type { Message } from 'kafkajs'
import { test, type Test } from 'tap'
import { GatewayProcess } from './support/gateway-process.js'
import { KafkaTopics, uniqueName } from './support/kafka-topics.js'
import { orderChanges } from './support/order-changes.js'
import { orderLayouts, type OrderLayout, type WriteChange } from './support/order-layouts.js'
import { ExpectedUpdates, orderPolicy, orderReaders, type OrderReader } from './support/order-readers.js'
import type { OrderChange } from './support/streamed-order.js'
import { realParts, skipRealParts } from './support/real-parts.js'
import { until } from './support/source-reader.js'
import { secret, signedToken } from './support/tokens.js'
import { firstDifference, UpdateStream } from './support/update-stream.js'

// Real Kafka, real registry, the built gateway as a process, clients of another library: what each reader receives of
// 10,000 changes is what plain CASL permits of each, nothing else, once, in order.

const partitions = 4
const ids = Array.from({ length: 44 }, (_, n) => `order-${n}`)
/** The last ones are of nobody's interest. */
const subscribedIds = ids.slice(0, 40)
/** One a partition, written last: when they have come, nothing else is on its way. */
const lastIds = Array.from({ length: partitions }, (_, partition) => `last-${partition}`)
/** A send of the producer. */
const messagesPerSend = 500

for (const layout of orderLayouts) {
  void test(`each reader receives what CASL permits of ${layout.title}`, { skip: skipRealParts }, async (t) => {
    const { topics, write, gateway, entityType } = await setUp(t, layout)
    const streams = await Promise.all(orderReaders().map((reader) => streamOf(gateway, reader, entityType)))
    const phases = [
      ...orderChanges({ ids, lives: 4, updates: 2412, seed: 7 }),
      ...orderChanges({ ids: lastIds, lives: 1, updates: 4, seed: 8 }),
    ]
    for (const phase of phases) {
      for (const change of phase) if (isSubscribed(change)) for (const { expected } of streams) expected.add(change)
      await produce(topics, phase, write)
      if (!layout.isOrdered) await allHaveCome(streams)
    }
    await allHaveCome(streams)

    for (const { reader, stream, expected } of streams) {
      await stream.ask('unsubscribe', 'last-0')
      t.equal(firstDifference(stream.updates(), expected.updates), undefined, reader.claims.sub)
    }
    t.equal(await gateway.stop(), 0, 'leaves cleanly')
  })
}

/** @throws Error with the first update that is missing or wrong, where not as many come as are expected. */
async function allHaveCome(streams: readonly ExpectingStream[]): Promise<void> {
  for (const { reader, stream, expected } of streams) {
    const wanted = expected.updates
    await until(`${reader.claims.sub}: all updates`, () => stream.count >= wanted.length).catch((error: unknown) => {
      throw new Error(inspect(firstDifference(stream.updates(), wanted), { depth: null }), { cause: error })
    })
  }
}

async function setUp(t: Test, layout: OrderLayout) {
  const { brokers, registryUrl } = await realParts()
  const entityType = uniqueName('order')
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  for (const suffix of layout.suffixes) await topics.create(`${entityType}${suffix}`, partitions)
  const write = await layout.prepare(registryUrl, entityType)
  const files = { 'policy.json': orderPolicy(entityType), 'entities.json': JSON.stringify({ [entityType]: layout.entry }) }
  const dir = t.testdir(files)
  const gateway = await GatewayProcess.start(t, {
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: registryUrl,
    ENTITIES: `${dir}/entities.json`,
    POLICY_FILE: `${dir}/policy.json`,
    JWT_SECRET: secret,
    MAILBOX_BYTES_MAX: '16777216', // The clients share the processor with the producer here; slowness is not what is tested.
  })
  return { topics, write, gateway, entityType }
}

interface ExpectingStream {
  readonly reader: OrderReader
  readonly stream: UpdateStream
  readonly expected: ExpectedUpdates
}

async function streamOf(gateway: GatewayProcess, reader: OrderReader, entityType: string): Promise<ExpectingStream> {
  const url = `${gateway.url!}/ws/tests`
  const stream = await UpdateStream.open(url, await signedToken(reader.claims), reader.dialect, [...subscribedIds, ...lastIds])
  return { reader, stream, expected: new ExpectedUpdates(reader, entityType) }
}

function isSubscribed({ entityId }: OrderChange): boolean {
  return subscribedIds.includes(entityId) || lastIds.includes(entityId)
}

async function produce(topics: KafkaTopics, changes: readonly OrderChange[], write: WriteChange): Promise<void> {
  for (let start = 0; start < changes.length; start += messagesPerSend) {
    const messagesOf = new Map<string, Message[]>()
    for (const change of changes.slice(start, start + messagesPerSend)) {
      const { topic, messages } = write(change)
      const placed = messages.map((message) => ({ ...message, ...partitionOf(change) }))
      messagesOf.set(topic, [...(messagesOf.get(topic) ?? []), ...placed])
    }
    for (const [topic, messages] of messagesOf) await topics.produce(topic, messages)
  }
}

/** Kafka's own choice by the key, except where each partition is to have a record. */
function partitionOf({ entityId }: OrderChange): { partition?: number } {
  const index = lastIds.indexOf(entityId)
  return index < 0 ? {} : { partition: index }
}
