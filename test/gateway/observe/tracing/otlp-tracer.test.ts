import { test, type Test } from 'tap'
import type { TracingConfig } from '#config/config.js'
import { otlpTracing } from '#gateway/observe/tracing/otlp-tracer.js'
import { encodeHeaders } from '#kafka/record-headers.js'
import { OtlpCollector } from '../../../support/gateway/otlp-collector.js'
import { until } from '../../../support/kafka/source-reader.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const traceparent = Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
const record = { offset: 5, timestampMs: 0, key: null, value: null, headers: encodeHeaders([['traceparent', traceparent]]) }
const event = { entityType: 'order', topic: 'orders', partition: 3, offset: 5 }

/** An export may take so long here. */
const exportMs = 1_500

async function started(config: Partial<TracingConfig> & { readonly endpoint: string }) {
  const [lines, clock]: [LoggedLine[], SimulatedClock] = [[], new SimulatedClock(Date.now())]
  const { tracing, stop } = await otlpTracing(
    { headers: undefined, ...config },
    { node: 'node-7', clock, log: recordingLog(lines) },
    exportMs,
  )
  const makeSpans = async (count: number) => {
    for (let made = 0; made < count; made++) {
      if (made % 100 === 0) await clock.advance(1000)
      tracing.batch([record]).begin(event)!.end()
    }
  }
  return { clock, makeSpans, stop, warnings: () => lines.filter(({ level }) => level === 'warn') }
}

async function collectorOf(t: Test): Promise<OtlpCollector> {
  const collector = await OtlpCollector.start()
  t.teardown(() => collector.stop())
  return collector
}

test('spans that wait are sent when the process ends, with headers that are read then', async (t) => {
  const collector = await collectorOf(t)
  let key = 'first'
  const { makeSpans, stop, warnings } = await started({
    endpoint: `${collector.url}/`,
    headers: () => `api-key=${key},x-tenant=a%20b, odd`,
  })
  await makeSpans(3)
  key = 'second'
  await stop()
  t.match(collector.asked, [{ path: '/v1/traces', headers: { 'api-key': 'second', 'x-tenant': 'a b' } }])
  t.same(
    collector.spans.map(({ name }) => name),
    ['process orders', 'process orders', 'process orders'],
  )
  t.match(collector.resource, { 'service.name': 'sluice', 'service.instance.id': 'node-7' })
  t.same(warnings(), [])
})

test('the end waits a second for a collector that is away, and for no more', async (t) => {
  const collector = await OtlpCollector.start()
  const endpoint = collector.url
  collector.stop()
  const { clock, makeSpans, stop } = await started({ endpoint })
  await makeSpans(100)
  let isStopped = false
  const stopping = stop().then(() => (isStopped = true))
  await clock.advance(999)
  t.notOk(isStopped)
  await clock.advance(1)
  await stopping
})

test('a collector that refuses spans is told of once in a minute, without what logs in to it', async (t) => {
  const collector = await collectorOf(t)
  collector.status = 401
  const { makeSpans, stop, warnings } = await started({ endpoint: collector.url, headers: 'api-key=hush-hush' })
  await makeSpans(1_000)
  await stop()
  t.ok(collector.asked.length >= 2, `${collector.asked.length} times`)
  t.match(warnings(), [{ fields: { reason: /./, spans: 512 } }])
  t.notMatch(JSON.stringify(warnings()), /hush/)
})

test('spans that wait for a collector that does not answer have a limit', async (t) => {
  const collector = await collectorOf(t)
  collector.status = 'never'
  const { makeSpans, stop } = await started({ endpoint: collector.url })
  await makeSpans(6_000)
  await until('the first are sent', () => collector.asked.length > 0)
  collector.status = 200
  await stop()
  t.ok(collector.spans.length >= 2048 && collector.spans.length <= 2048 + 3 * 512, `${collector.spans.length} spans`)
})
