import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Meter } from '../meter.js'
import type { HistogramMetric, NumberMetric } from './metric.js'
import { metricList } from './metric-list.js'

// The only file that imports prom-client. It counts nothing itself, and reads the meter's numbers when the metrics are asked for.

/** The meter's numbers and prom-client's about the process (memory, CPU, event-loop delay), as the text that Prometheus reads. */
export class MetricsPage {
  private readonly registry = new Registry()
  private readonly onRequest = new Registry()
  private readonly histograms: (readonly [name: string, metric: HistogramMetric])[] = []

  constructor(private readonly meter: Meter) {
    // In milliseconds. With prom-client's default of 10 the process wakes a hundred times a second, even at rest.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 50 })
    for (const [name, metric] of metricList) {
      if (metric.type === 'histogram') this.histograms.push([name, metric])
      else addNumbers(name, metric, metric.isOnRequest ? this.onRequest : this.registry, meter)
    }
  }

  get contentType(): string {
    return this.registry.contentType
  }

  /** @param isWhole also with what is shown on request alone. */
  async text(isWhole = false): Promise<string> {
    await this.meter.countClients()
    const texts = [await this.registry.metrics(), isWhole ? await this.onRequest.metrics() : '']
    return texts.join('') + this.histograms.map(([name, metric]) => histogramText(name, metric, this.meter)).join('')
  }
}

function addNumbers(name: string, { type, help, labels, read }: NumberMetric, registry: Registry, meter: Meter): void {
  const options = { name, help, labelNames: labels, registers: [registry] }
  const collect = (set: (values: Record<string, string>, number: number) => void) => {
    for (const [values, number] of read(meter)) set(Object.fromEntries(labels.map((label, nth) => [label, values[nth]!])), number)
  }
  if (type === 'gauge')
    new Gauge({
      ...options,
      collect() {
        this.reset()
        // Without labels the library keeps a 0 of its own, also of what is not there.
        if (labels.length === 0) this.remove()
        collect((values, number) => this.set(values, number))
      },
    })
  else
    new Counter({
      ...options,
      collect() {
        this.reset()
        collect((values, number) => this.inc(values, number))
      },
    })
}

function histogramText(name: string, { help, labels, read }: HistogramMetric, meter: Meter): string {
  const samples = Array.from(read(meter), ([values, durations]) =>
    durations.samples(name, labels.map((label, nth) => `${label}="${escaped(values[nth]!)}"`).join(',')),
  )
  return ['', `# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...samples.flat(), ''].join('\n')
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
