import { context, isSpanContextValid, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { OutgoingRecord } from '#kafka/record-producer.js'
import { PublishError } from './publish-error.js'
import type { SentRecord } from './send/sender.js'

const tracer = trace.getTracer('sluice-publisher')

/**
 * Sends a record under a span of the trace that is active, where the service has one: the record's header `traceparent` names it, so that
 * gateways link what they do with the record to it. Without OpenTelemetry's SDK nothing is added. The span holds neither data nor ids.
 */
export async function sentUnderSpan(
  topic: string,
  record: OutgoingRecord,
  send: (record: OutgoingRecord) => Promise<SentRecord>,
): Promise<SentRecord> {
  const span = tracer.startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes: attributesOf(topic) }, context.active())
  const { traceId, spanId, traceFlags } = span.spanContext()
  const flags = (traceFlags & 0xff).toString(16).padStart(2, '0')
  const traceparent = isSpanContextValid(span.spanContext()) ? `00-${traceId}-${spanId}-${flags}` : undefined
  try {
    const sent = await send(traceparent === undefined ? record : { ...record, headers: { ...record.headers, traceparent } })
    span.setAttributes({ 'messaging.destination.partition.id': String(sent.partition), 'messaging.kafka.offset': Number(sent.offset) })
    return sent
  } catch (error) {
    span.setAttribute('error.type', error instanceof PublishError ? error.code : 'internal')
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

function attributesOf(topic: string) {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
  }
}
