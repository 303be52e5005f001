import { latencyBucketsMs, type Meter } from './meter.js'

const name = 'sluice_delivery_latency_seconds'

/**
 * The histogram of the time from Kafka to the write, as Prometheus reads it: each bucket counts those before it too.
 * Written here, as prom-client's histogram takes single observations only, and the meter has counted them already.
 */
export function latencyText({ latencyCounts, latencySumMs }: Meter): string {
  let count = 0
  const buckets = latencyCounts.map((inBucket, index) => {
    const boundMs = latencyBucketsMs[index]
    return `${name}_bucket{le="${boundMs === undefined ? '+Inf' : boundMs / 1000}"} ${(count += inBucket)}`
  })
  return [
    '',
    `# HELP ${name} From the Kafka timestamp of the oldest record in a write to that write.`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_sum ${latencySumMs / 1000}`,
    `${name}_count ${count}`,
    '',
  ].join('\n')
}
