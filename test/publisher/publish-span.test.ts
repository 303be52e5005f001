import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  ParentBasedSampler,
  AlwaysOnSampler,
  SimpleSpanProcessor,
  StackContextManager,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { beforeEach, test } from 'tap'
import type { OutgoingRecord } from '#kafka/record-producer.js'
import { PublishError } from '#publisher/publish-error.js'
import { sentUnderSpan } from '#publisher/publish-span.js'

const record: OutgoingRecord = { key: 'order-of-ann', value: Buffer.from('secret data'), timestampMs: undefined }
const place = { topic: 'orders', partition: 2, offset: '17' }
const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', isRemote: true }

const exporter = new InMemorySpanExporter()

/** As a service's SDK does, once in a process. */
function register(): void {
  const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() })
  trace.setGlobalTracerProvider(new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  context.setGlobalContextManager(new StackContextManager().enable())
}

beforeEach(() => exporter.reset())

/** Sends it in a trace with these flags, or in none. Answers what was sent. */
async function sent(traceFlags?: TraceFlags): Promise<OutgoingRecord> {
  let seen: OutgoingRecord | undefined
  const send = (traced: OutgoingRecord) => {
    seen = traced
    return Promise.resolve(place)
  }
  const active = traceFlags === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags })
  await context.with(active, () => sentUnderSpan('orders', record, send))
  return seen!
}

test('without an SDK a record is sent as it is', async (t) => {
  t.equal(await sent(), record)
})

test('a record names the span under which it is sent, which belongs to the trace that is active', async (t) => {
  register()
  const { headers, ...rest } = await sent(TraceFlags.SAMPLED)
  t.same(rest, record)
  const [span] = exporter.getFinishedSpans()
  t.match(span, { name: 'send orders', kind: SpanKind.PRODUCER, parentSpanContext: { spanId: remote.spanId } })
  t.same(headers, { traceparent: `00-${remote.traceId}-${span!.spanContext().spanId}-01` })
  t.same(span!.attributes, {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': 'orders',
    'messaging.destination.partition.id': '2',
    'messaging.kafka.offset': 17,
  })
})

test('what the service does not sample is marked as that', async (t) => {
  const { headers } = await sent(TraceFlags.NONE)
  t.match(headers?.['traceparent'], new RegExp(`^00-${remote.traceId}-[0-9a-f]{16}-00$`))
  t.same(exporter.getFinishedSpans(), [])
})

test('a failure ends the span, with its code and without its words', async (t) => {
  const failed = sentUnderSpan('orders', record, () => Promise.reject(new PublishError('queue_full', 'of order-of-ann')))
  await t.rejects(failed, { code: 'queue_full' })
  const [span] = exporter.getFinishedSpans()
  t.match(span, { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'queue_full' }, ended: true })
  t.notMatch(JSON.stringify([span!.attributes, span!.status, span!.events]), /ann|secret/)
})
