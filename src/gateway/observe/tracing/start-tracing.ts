import type { TracingConfig } from '#config/config.js'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import type { EventTracing } from './event-tracing.js'

export interface TracingSurroundings {
  readonly node: string
  readonly clock: Clock
  readonly log: Log
}

export interface RunningTracing {
  readonly tracing: EventTracing
  /** Sends what waits, for as long as a collector may take that is there. */
  readonly stop: () => Promise<void>
}

const packages = ['@opentelemetry/sdk-trace', '@opentelemetry/resources', '@opentelemetry/exporter-trace-otlp-http']

/** Where OpenTelemetry's API keeps what somebody has registered in this process. The API itself takes some 20 ms to load. */
const registry = Symbol.for('opentelemetry.js.api.1')

/**
 * Spans go to the tracer that the process has already, or else to the collector that is configured.
 * @returns undefined where there is neither, or where the packages are missing that send spans, whose names the log says.
 */
export async function startTracing(
  config: TracingConfig | undefined,
  surroundings: TracingSurroundings,
): Promise<RunningTracing | undefined> {
  const { clock, log } = surroundings
  if (config === undefined && !(registry in globalThis)) return undefined
  const { EventTracing, registeredTracer } = await import('./event-tracing.js')
  const tracer = registeredTracer()
  if (tracer !== undefined) {
    log.info({}, 'Sampled events are traced, by the tracer that this process has.')
    return { tracing: new EventTracing(tracer, clock), stop: () => Promise.resolve() }
  }
  if (config === undefined) return undefined
  try {
    const { otlpTracing } = await import('./otlp-tracer.js')
    return await otlpTracing(config, surroundings)
  } catch (error) {
    const mend = `npm install ${packages.join(' ')}`
    log.warn(
      { reason: (error as Error).message },
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, and what sends traces is not installed; there are none without it (${mend}).`,
    )
    return undefined
  }
}
