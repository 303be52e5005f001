import { valueText } from '../report/figure-text.js'
import type { Series } from '../report/result.js'
import { medianOf } from '../report/summary.js'
import type { HalfSecond } from './half-seconds.js'

/** A half second whose deliveries came far later than those of the others. */
export interface Stall {
  readonly worst: HalfSecond
  /** The p99 of the half second in the middle. */
  readonly usualMs: number
  readonly timeline: readonly HalfSecond[]
}

/** Below, nobody calls it a stall. */
const stallMsMin = 50
const timesUsual = 2

/** The worst half second of a measurement, where it stands out. */
export function stallOf(timeline: readonly HalfSecond[]): Stall | undefined {
  const usualMs = medianOf(timeline.map(({ latencyMs }) => latencyMs))
  const [worst] = timeline.toSorted((one, other) => other.latencyMs - one.latencyMs)
  return worst !== undefined && worst.latencyMs >= Math.max(stallMsMin, timesUsual * usualMs) ? { worst, usualMs, timeline } : undefined
}

/** What was seen in it, from the feeder to the clients. */
export function stallText({ worst, usualMs }: Stall): string {
  const { seconds, latencyMs, leftMs, acknowledgedMs, readMs, writeMs, standstills } = worst
  const stages = [
    `left ${msText(leftMs)} late`,
    ...(acknowledgedMs > 0 ? [`stood in Kafka ${msText(acknowledgedMs)} after they were due`] : []),
    ...(readMs === undefined ? [] : [`were read within ${msText(readMs)}`]),
    ...(writeMs === undefined ? [] : [`written within ${msText(writeMs)} of their timestamps`]),
  ]
  const still = [...standstills].toSorted(([, one], [, other]) => other - one).map(([what, ms]) => `${what} ${msText(ms)}`)
  const causes = still.length === 0 ? 'no process stood still' : `what stood still: ${still.join(', ')}`
  const head = `the half second from ${seconds} s on had a p99 of ${msText(latencyMs)}, the median one ${msText(usualMs)}`
  return `${head}. Its events ${stages.join(', ')} (p99s); ${causes}`
}

/** The stages of all half seconds, as a report keeps what changes over time. */
export function timelineSeries(contender: string, timeline: readonly HalfSecond[]): Series[] {
  const stages = {
    halfSecondP99Ms: 'latencyMs',
    leftP99Ms: 'leftMs',
    inKafkaP99Ms: 'acknowledgedMs',
    readP99Ms: 'readMs',
    writeP99Ms: 'writeMs',
  } as const
  return Object.entries(stages).map(([name, stage]) => {
    const points = timeline.flatMap((one) => (one[stage] === undefined ? [] : [[one.seconds, one[stage]] as const]))
    return { name, unit: 'ms', contender, points }
  })
}

function msText(ms: number): string {
  return valueText(Math.round(ms), 'ms')
}
