import { inspect } from 'node:util'
import type { Message } from 'kafkajs'
import { test, type Test } from 'tap'
import { OtlpCollector } from './support/gateway/otlp-collector.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { orderChanges } from './support/gateway/order-changes.js'
import { orderLayouts } from './support/gateway/order-layouts.js'
import { ExpectedUpdates, orderReaders, type OrderReader } from './support/gateway/order-readers.js'
import type { OrderChange } from './support/values/streamed-order.js'
import { skipRealParts } from './support/real-parts/real-parts.js'
import { until } from './support/kafka/source-reader.js'
import { firstDifference, type UpdateStream } from './support/clients/update-stream.js'

// Real Kafka, real registry, the built gateway as a process, clients of another library: what each reader receives of
// 10,000 changes is what plain CASL permits of each, nothing else, once, in order. The last changes are traced: to a collector of the first
// gateway, and to one that is away of the others.

const partitions = 4
const ids = Array.from({ length: 44 }, (_, n) => `order-${n}`)
/** The last ones are of nobody's interest. */
const subscribedIds = ids.slice(0, 40)
/** One a partition, written last: when they have come, nothing else is on its way. */
const lastIds = Array.from({ length: partitions }, (_, partition) => `last-${partition}`)
/** The clients share the processor with the producer here, so that they fall behind; slowness is not what is tested. */
const mailboxBytesMax = '16777216'
/** A send of the producer. */
const messagesPerSend = 500
/** Of the trace by which the last ones came to be. */
const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }

for (const [index, layout] of orderLayouts.entries()) {
  void test(`each reader receives what CASL permits of ${layout.title}`, { skip: skipRealParts }, async (t) => {
    const collector = index === 0 ? await collectorOf(t) : undefined
    const environment = { MAILBOX_BYTES_MAX: mailboxBytesMax, OTEL_EXPORTER_OTLP_ENDPOINT: collector?.url ?? 'http://127.0.0.1:1' }
    const gateway = await OrderGateway.start(t, layout, { partitions, environment })
    const streams = await Promise.all(orderReaders().map((reader) => expectingStreamOf(gateway, reader)))
    const phases = [
      ...orderChanges({ ids, lives: 4, updates: 2412, seed: 7 }),
      ...orderChanges({ ids: lastIds, lives: 1, updates: 4, seed: 8 }),
    ]
    for (const phase of phases) {
      for (const change of phase) if (isSubscribed(change)) for (const { expected } of streams) expected.add(change)
      await produce(gateway, phase)
      if (!layout.isOrdered) await allHaveCome(streams)
    }
    await allHaveCome(streams)

    for (const { reader, stream, expected } of streams) {
      await stream.ask('unsubscribe', 'last-0')
      t.equal(firstDifference(stream.updates(), expected.updates), undefined, reader.claims.sub)
    }
    t.equal(await gateway.process.stop(), 0, 'leaves cleanly')
    if (collector !== undefined) checkSpans(t, collector)
  })
}

async function collectorOf(t: Test): Promise<OtlpCollector> {
  const collector = await OtlpCollector.start()
  t.teardown(() => collector.stop())
  return collector
}

/** All that waited was sent before the end. */
function checkSpans(t: Test, { spans, resource }: OtlpCollector): void {
  t.ok(spans.length >= lastIds.length, `${spans.length} spans`)
  t.match(resource, { 'service.name': 'sluice', 'service.instance.id': /./ })
  for (const span of spans) t.match(span, { name: /^process /, links: [parent], attributes: [{ key: 'messaging.system' }] })
  t.ok(spans.some(({ events }) => events.map(({ name }) => name).join() === 'taken_up,encoded,first_write,last_write'))
  t.notMatch(JSON.stringify(spans), /last-\d/, 'no ids')
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

interface ExpectingStream {
  readonly reader: OrderReader
  readonly stream: UpdateStream
  readonly expected: ExpectedUpdates
}

async function expectingStreamOf(gateway: OrderGateway, reader: OrderReader): Promise<ExpectingStream> {
  const stream = await gateway.streamOf(reader, [...subscribedIds, ...lastIds])
  return { reader, stream, expected: new ExpectedUpdates(reader, gateway.entityType) }
}

function isSubscribed({ entityId }: OrderChange): boolean {
  return subscribedIds.includes(entityId) || lastIds.includes(entityId)
}

async function produce({ topics, write }: OrderGateway, changes: readonly OrderChange[]): Promise<void> {
  for (let start = 0; start < changes.length; start += messagesPerSend) {
    const messagesOf = new Map<string, Message[]>()
    for (const change of changes.slice(start, start + messagesPerSend)) {
      const { topic, messages } = write(change)
      const placed = messages.map((message) => ({ ...message, ...placeOf(change) }))
      messagesOf.set(topic, [...(messagesOf.get(topic) ?? []), ...placed])
    }
    for (const [topic, messages] of messagesOf) await topics.produce(topic, messages)
  }
}

/** Kafka's own choice by the key, except of the last ones: each partition is to have a record. */
function placeOf({ entityId }: OrderChange): Pick<Message, 'partition' | 'headers'> {
  const index = lastIds.indexOf(entityId)
  const traceparent = `00-${parent.traceId}-${parent.spanId}-01`
  return index < 0 ? {} : { partition: index, headers: { traceparent } }
}
