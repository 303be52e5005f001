import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { test } from 'tap'
import { systemClock } from '#clock.js'
import { startTracing } from '#gateway/observe/tracing/start-tracing.js'
import { encodeHeaders } from '#kafka/record-headers.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'

const traceparent = Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
const record = { offset: 0, timestampMs: 0, key: null, value: null, headers: encodeHeaders([['traceparent', traceparent]]) }

function surroundings() {
  const lines: LoggedLine[] = []
  return { lines, around: { node: 'node-1', clock: systemClock, log: recordingLog(lines) } }
}

test('there are no traces where nobody asks for them, although the API is loaded', async (t) => {
  const { lines, around } = surroundings()
  t.equal(await startTracing(undefined, around), undefined)
  trace.getTracer('of another library')
  t.equal(await startTracing(undefined, around), undefined)
  t.same(lines, [])
})

test('a collector that is configured is sent to where the process has no tracer', async (t) => {
  const { lines, around } = surroundings()
  const running = await startTracing({ endpoint: 'http://127.0.0.1:1', headers: undefined }, around)
  await running?.stop()
  t.match(lines, [{ level: 'info', message: /sent to OTEL_EXPORTER_OTLP_ENDPOINT/ }])
})

test('the tracer that the process has is taken, whatever is configured', async (t) => {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  t.teardown(() => trace.disable())
  for (const config of [undefined, { endpoint: 'http://127.0.0.1:1', headers: undefined }]) {
    const { lines, around } = surroundings()
    const { tracing, stop } = (await startTracing(config, around))!
    tracing.batch([record]).begin({ entityType: 'order', topic: 'orders', partition: 0, offset: 0 })!.end()
    await stop()
    t.match(lines, [{ level: 'info', message: /by the tracer that this process has/ }])
  }
  t.equal(exporter.getFinishedSpans().length, 2)
})
