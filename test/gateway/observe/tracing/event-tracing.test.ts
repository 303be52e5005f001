import { SpanKind } from '@opentelemetry/api'
import { AlwaysOffSampler, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { test } from 'tap'
import { StatefulGateway } from '../../../support/gateway/stateful-gateway.js'

const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const traceparent = (flags: string) => [['traceparent', Buffer.from(`00-${parent.traceId}-${parent.spanId}-${flags}`)]] as const

async function traced() {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const gateway = await StatefulGateway.start({}, provider.getTracer('test'))
  gateway.headers = traceparent('01')
  const spans = () => exporter.getFinishedSpans()
  return { gateway, spans }
}

const eventsOf = ({ events }: ReadableSpan) => events.map(({ name }) => name)
const ms = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6

test('a sampled event has one span however many receive it, linked to the one by which its record came to be', async (t) => {
  const { gateway, spans } = await traced()
  const clients = ['all', 'all', 'some'].map((role, index) => gateway.connect({ sub: `user-${index}`, roles: [role] }))
  for (const client of clients) client.ask({ type: 'subscribe', entity_id: 'order-7' })
  await gateway.settle()
  gateway.write('order-7')
  await gateway.settle()
  for (const client of clients) t.match(client.heard().at(-1), { type: 'entity_update' })
  t.equal(spans().length, 1)
  const [span] = spans()
  t.match(span, { name: 'process order', kind: SpanKind.CONSUMER, parentSpanContext: undefined })
  t.match(span!.links, [{ context: { ...parent, traceFlags: 1, isRemote: true } }])
  t.not(span!.spanContext().traceId, parent.traceId, 'a trace of its own')
  t.same(span!.attributes, {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'order',
    'messaging.destination.partition.id': '0',
    'messaging.kafka.offset': 0,
    'sluice.entity_type': 'order',
    'sluice.masks': 2,
    'sluice.receivers': 3,
  })
  t.same(eventsOf(span!), ['taken_up', 'encoded', 'first_write', 'last_write'])
  const times = [span!.startTime, ...span!.events.map(({ time }) => time), span!.endTime].map(ms)
  t.same(
    times,
    [...times].sort((a, b) => a - b),
    'in this order',
  )
  t.ok(Math.abs(times[0]! - gateway.clock.now()) < 1000, 'by the clock of the gateway')
})

test('a span tells nothing of an entity or of a user', async (t) => {
  const { gateway, spans } = await traced()
  gateway.connect({ sub: 'ann-the-user' }).ask({ type: 'subscribe', entity_id: 'order-of-ann' })
  await gateway.settle()
  gateway.write('order-of-ann', { status: 'SHIPPED', email: 'ann@example.org', owner: 'ann-the-user' })
  await gateway.settle()
  t.equal(spans().length, 1)
  const { name, attributes, events, links, resource } = spans()[0]!
  t.notMatch(JSON.stringify({ name, attributes, events, links, resource: resource.attributes }), /ann|SHIPPED/)
})

test('no other event has one: which nobody samples, which says nothing of a trace, which nobody has subscribed to', async (t) => {
  const { gateway, spans } = await traced()
  const client = gateway.connect()
  client.ask({ type: 'subscribe', entity_id: 'order-1' })
  await gateway.settle()
  gateway.write('order-2')
  gateway.headers = traceparent('00')
  gateway.write('order-1')
  gateway.headers = []
  gateway.write('order-1', { status: 'PAID' })
  await gateway.settle()
  t.equal(client.heard().filter(({ type }) => type === 'entity_update').length, 2, 'which are delivered all the same')
  t.same(spans(), [])
})

test('each event of a batch has the headers of its own record', async (t) => {
  const { gateway, spans } = await traced()
  gateway.connect().ask({ type: 'subscribe', entity_id: 'order-1' })
  await gateway.settle()
  const sampled = [1, 4, 5, 9]
  for (let offset = 0; offset < 10; offset++) {
    gateway.headers = traceparent(sampled.includes(offset) ? '01' : '00')
    gateway.write('order-1', { status: String(offset) })
  }
  await gateway.settle()
  t.same(
    spans().map(({ attributes }) => attributes['messaging.kafka.offset']),
    sampled,
  )
})

test('a node makes a hundred spans a second at most', async (t) => {
  const { gateway, spans } = await traced()
  gateway.connect().ask({ type: 'subscribe', entity_id: 'order-1' })
  await gateway.settle()
  const burst = async () => {
    for (let event = 0; event < 300; event++) gateway.write('order-1', { status: String(event) })
    await gateway.settle()
    return spans().length
  }
  t.equal(await burst(), 100)
  await gateway.clock.advance(500)
  t.equal(await burst(), 150)
  await gateway.clock.advance(60_000)
  t.equal(await burst(), 250, 'what was not used in a minute is no more than a second')
})

test('a span ends although a receiver reads nothing, and although nobody is shown anything', async (t) => {
  const { gateway, spans } = await traced()
  const slow = gateway.connect({ subprotocol: 'sluice.v1' })
  for (const entityId of ['order-1', 'order-2']) slow.ask({ type: 'subscribe', entity_id: entityId })
  gateway.connect({ sub: 'bob', roles: ['own'] }).ask({ type: 'subscribe', entity_id: 'order-3' })
  await gateway.settle()
  slow.transport.buffered = 1_000_000
  gateway.write('order-2')
  await gateway.settle()
  gateway.write('order-1')
  gateway.write('order-3')
  await gateway.settle()
  t.match(
    spans().map((span) => [span.attributes['sluice.masks'], span.attributes['sluice.receivers'], eventsOf(span).at(-1)]),
    [
      [1, 1, 'last_write'],
      [1, 1, 'encoded'],
      [0, 0, 'encoded'],
    ],
  )
})

test('a tracer that does not want a span gets none', async (t) => {
  const provider = new TracerProvider({ sampler: new AlwaysOffSampler() })
  const gateway = await StatefulGateway.start({}, provider.getTracer('test'))
  gateway.headers = traceparent('01')
  const client = gateway.connect()
  client.ask({ type: 'subscribe', entity_id: 'order-1' })
  await gateway.settle()
  gateway.write('order-1')
  await gateway.settle()
  t.match(client.heard().at(-1), { type: 'entity_update' })
})
