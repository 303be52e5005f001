import type { Latency } from '../load/latency.js'
import type { Reading } from './row-book.js'
import type { Measured } from './measured.js'

export function lower(value: number, unit: string): Reading {
  return { value, unit, better: 'lower' }
}

export function higher(value: number, unit: string): Reading {
  return { value, unit, better: 'higher' }
}

export function neither(value: number, unit: string): Reading {
  return { value, unit, better: 'neither' }
}

/** The figures that every measurement has. */
export function readingsOf(measured: Measured): Record<string, Reading> {
  const { events, deliveries, bytes, seconds, cpu, counts, latency, rssBytes, fed } = measured
  const cpuSeconds = cpu.user + cpu.system
  return {
    deliveriesPerCpuSecond: higher(deliveries / cpuSeconds, '1/s'),
    cpuCores: lower(cpuSeconds / seconds, 'cores'),
    cpuUserCores: neither(cpu.user / seconds, 'cores'),
    cpuSystemCores: neither(cpu.system / seconds, 'cores'),
    framesPerWrite: neither(counts.frames / Math.max(1, counts.writes), 'frames'),
    deliveriesPerSecond: neither(deliveries / seconds, '1/s'),
    bytesPerDelivery: neither(bytes / Math.max(1, deliveries), 'B'),
    ...(counts.encoded !== undefined && { encodedPerEvent: neither(counts.encoded / events, 'frames') }),
    ...latencyReadings(latency),
    rssBytes: lower(rssBytes, 'B'),
    feederLateP99Ms: neither(fed.lateP99Ms, 'ms'),
    ...(fed.acknowledgedP99Ms > 0 && { scheduleToBrokerP99Ms: neither(fed.acknowledgedP99Ms, 'ms') }),
    ...(counts.recordToRead && { recordToReadP99Ms: neither(percentileOf(counts.recordToRead, 0.99) * 1000, 'ms') }),
    ...(counts.recordToWrite && { recordToWriteP99Ms: neither(percentileOf(counts.recordToWrite, 0.99) * 1000, 'ms') }),
  }
}

/**
 * In the unit of the bounds, evenly spread within a bucket.
 * @param cumulative counts by upper bound, the last of which is infinite.
 */
export function percentileOf(cumulative: ReadonlyMap<number, number>, share: number): number {
  const wanted = share * Math.max(...cumulative.values())
  let [lower, below] = [0, 0]
  for (const [bound, count] of cumulative) {
    if (count >= wanted && bound === Infinity) return lower
    if (count >= wanted) return count === below ? bound : lower + ((bound - lower) * (wanted - below)) / (count - below)
    ;[lower, below] = [bound, count]
  }
  return lower
}

function latencyReadings({ p50, p90, p99, p999, max, halfSecondP99s }: Latency): Record<string, Reading> {
  return {
    ...{ latencyP50Ms: lower(p50, 'ms'), latencyP90Ms: lower(p90, 'ms'), latencyP99Ms: lower(p99, 'ms') },
    ...{ latencyP999Ms: neither(p999, 'ms'), latencyMaxMs: neither(max, 'ms') },
    latencyWorstHalfSecondMs: neither(Math.max(...halfSecondP99s.map((p99) => p99 ?? 0)), 'ms'),
  }
}
