import type { TracingConfig } from '#config/config.js'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { LinePace } from '#logging/line-pace.js'
import { secretText } from '#login/secret.js'
import { headersIn } from '#text/header-list.js'
import { EventTracing } from './event-tracing.js'
import type { RunningTracing, TracingSurroundings } from './start-tracing.js'

/** Spans that wait for a collector, at 2 kB each: those of 20 s at most, which are 4 MB. More are dropped. */
const spansWaitingMax = 2048
/** A collector that takes longer counts as away. */
const exportMsUsual = 10_000
/** How long the end of the process may be held up by it. */
const lastSpansMs = 1_000
const linesPerMinuteMax = 1

/** Spans go to the collector that is configured. @throws Error where a package is missing. */
export async function otlpTracing(
  config: TracingConfig,
  { node, clock, log }: TracingSurroundings,
  exportMsMax = exportMsUsual,
): Promise<RunningTracing> {
  const { TracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace')
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources')
  const resource = resourceFromAttributes({ 'service.name': 'sluice', 'service.instance.id': node })
  const exporter = await toldOf(config, exportMsMax, clock, log)
  const spanProcessors = [new BatchSpanProcessor({ exporter, maxQueueSize: spansWaitingMax, exportTimeoutMillis: exportMsMax })]
  // Other names come from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, which the package reads.
  const provider = new TracerProvider({ resource: resource.merge(detectResources({ detectors: [envDetector] })), spanProcessors })
  log.info({}, 'Sampled events are traced, and their spans are sent to OTEL_EXPORTER_OTLP_ENDPOINT.')
  return {
    tracing: new EventTracing(provider.getTracer('sluice'), clock),
    stop: async () => {
      const limit = new Promise<void>((resolve) => clock.after(lastSpansMs, resolve))
      await Promise.race([provider.shutdown().catch(() => undefined), limit])
    },
  }
}

/** An exporter whose failures are told of now and then, as the package itself tells nobody. */
async function toldOf({ endpoint, headers }: TracingConfig, timeoutMillis: number, clock: Clock, log: Log) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis,
    headers: () => Promise.resolve(headers === undefined ? {} : headersIn(secretText(headers))),
  })
  const pace = new LinePace(linesPerMinuteMax, clock)
  const send = exporter.export.bind(exporter)
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      if (result.error !== undefined && pace.next() === 'log')
        log.warn(
          { reason: result.error.message, spans: spans.length },
          'The collector takes no spans; those that wait for it have a limit.',
        )
      done(result)
    })
  return exporter
}
