import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { type LabelledGauge, labelledGauges } from './labelled-gauges.js'
import type { Meter } from './meter.js'
import { counters, gauges, histograms, type LabelledCounter, labelledCounters } from './metric-list.js'

// The only file that imports prom-client. It counts nothing itself, and reads the meter's numbers when the metrics are asked for.

/** The meter's numbers and prom-client's about the process (memory, CPU, event-loop delay), as the text that Prometheus reads. */
export class Metrics {
  private readonly registry = new Registry()

  constructor(private readonly meter: Meter) {
    const registers = [this.registry]
    // In milliseconds. With prom-client's default of 10 the process wakes a hundred times a second, even at rest.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 50 })
    for (const [name, [help, read]] of Object.entries(gauges)) new Gauge({ name, help, registers, collect: setTo(() => read(meter)) })
    for (const [name, [help, read]] of Object.entries(counters)) new Counter({ name, help, registers, collect: countTo(() => read(meter)) })
    for (const [name, counter] of Object.entries(labelledCounters)) this.addLabelledCounter(name, counter)
    for (const [name, gauge] of Object.entries(labelledGauges)) this.addLabelledGauge(name, gauge)
    if (meter.certificateExpiresAtMs !== undefined) this.addCertificate(meter.certificateExpiresAtMs)
  }

  get contentType(): string {
    return this.registry.contentType
  }

  async text(): Promise<string> {
    const texts = Object.entries(histograms).map(([name, [help, read]]) => read(this.meter).text(name, help))
    return (await this.registry.metrics()) + texts.join('')
  }

  private addLabelledCounter(name: string, { help, label, known, read }: LabelledCounter): void {
    const { meter, registry } = this
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset()
        for (const value of known) this.inc({ [label]: value }, 0)
        for (const [value, count] of read(meter)) this.inc({ [label]: value }, count)
      },
    })
  }

  private addLabelledGauge(name: string, { help, labels, read }: LabelledGauge): void {
    const { meter, registry } = this
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset()
        for (const [values, number] of read(meter)) this.set(Object.fromEntries(labels.map((label, nth) => [label, values[nth]!])), number)
      },
    })
  }

  private addCertificate(expiresAtMs: number): void {
    const help = 'When the certificate ends that clients are shown, in seconds since the epoch.'
    new Gauge({ name: 'sluice_certificate_expiry_timestamp_seconds', help, registers: [this.registry] }).set(expiresAtMs / 1000)
  }
}

function setTo(read: () => number): (this: Gauge) => void {
  return function () {
    this.set(read())
  }
}

function countTo(read: () => number): (this: Counter) => void {
  return function () {
    this.reset()
    this.inc(read())
  }
}
