// Enter the rounds of the same figures of two runs; leaves, for each, whether the second run differs from the first beyond the noise.
// Figures with too few rounds are never beyond it.
//
// The rule, for hundreds of figures of five to seven rounds each:
//
// 1. A figure's distance is the difference of the means of its logarithms, divided by its own scatter plus what is usual for figures of
//    its name plus 1 %. Five rounds say little about scatter, so that some always seem far too calm by chance; their namesakes correct that.
// 2. How large the largest distance of a whole report gets without any change is asked of the report itself: its rounds are dealt
//    anew to the two runs, many times, all figures in the same way. What is beyond the noise is beyond the largest distance of 96 % of these
//    deals (Westfall and Young's correction for many figures; it assumes nothing of the noise's shape, nor that figures are independent).
// 3. Two runs of the same code differ by more than their rounds show, since minutes lie between them. So 2 % are taken off the difference
//    first, and what changed by less than 5 % in the median is no change at all.
import { seededRandom } from './seeded-random.js'
import { medianOf } from './summary.js'

/** The same figure of two runs. */
export interface RoundsPair {
  /** The figure's name: those of one name are taken to scatter alike, roughly. */
  readonly name: string
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** With four rounds each, 35 ways to deal them remain, and the real one is 3 % of them by itself: nothing could be told from chance. */
export const roundsMin = 5
/** How often a report without any change may say that something changed. */
const falseAlarmsMax = 0.04
/** Differences between runs on the same idle machine are of this size. */
const driftBetweenRuns = Math.log(1.02)
const changeMin = Math.log(1.05)
/** No figure here repeats itself better than this, whatever five rounds say. */
const scatterMin = 0.01
/** The rarest deal that decides is one of 25; more deals would only be slower. */
const deals = 500

interface Sample {
  readonly name: string
  readonly values: Float64Array
  readonly split: number
}

/** @returns for each pair, in order, whether it changed beyond the noise of the whole report. */
export function changesBeyondNoise(pairs: readonly RoundsPair[]): boolean[] {
  const eligible = pairs.filter(isEnough)
  const samples = eligible.map(sampleOf)
  const isFar = new Map(farthest(samples).map((far, index) => [eligible[index]!, far]))
  return pairs.map((pair) => isFar.get(pair) === true && Math.abs(medianChange(pair)) >= changeMin)
}

function isEnough({ before, after }: RoundsPair): boolean {
  return Math.min(before.length, after.length) >= roundsMin
}

function farthest(samples: readonly Sample[]): boolean[] {
  if (samples.length === 0) return []
  const threshold = usualMaximum(samples)
  const asMeasured = (length: number) => Array.from({ length }, (_none, index) => index)
  return distances(samples, ({ values }) => asMeasured(values.length), driftBetweenRuns).map((distance) => distance > threshold)
}

/** The largest distance of a report in which nothing changed, exceeded by few. */
function usualMaximum(samples: readonly Sample[]): number {
  const random = seededRandom(1)
  const maxima = Array.from({ length: deals }, () => {
    const deal = dealer(random)
    return distances(samples, deal, 0).reduce((a, b) => Math.max(a, b))
  })
  return maxima.sort((a, b) => b - a)[Math.floor(deals * falseAlarmsMax) - 1]!
}

/** Deals the rounds of samples of the same size alike: what made one round of a run slow made all its figures worse. */
function dealer(random: () => number): (sample: Sample) => readonly number[] {
  const orders = new Map<string, number[]>()
  return ({ values, split }) => {
    const size = `${split} of ${values.length}`
    let order = orders.get(size)
    if (order === undefined) orders.set(size, (order = shuffled(values.length, random)))
    return order
  }
}

function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_none, index) => index)
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}

function distances(samples: readonly Sample[], orderOf: (sample: Sample) => readonly number[], forgiven: number): number[] {
  const spreads = samples.map((sample) => spreadOf(sample, orderOf(sample)))
  const usual = usualScatter(samples, spreads)
  return samples.map(({ name, split, values }, index) => {
    const { difference, scatter } = spreads[index]!
    // More rounds know the means better.
    const weight = Math.sqrt((split * (values.length - split)) / values.length)
    return (weight * Math.max(0, Math.abs(difference) - forgiven)) / (scatter + usual.get(name)! + scatterMin)
  })
}

/** By name, the median of the scatter of all figures of that name. */
function usualScatter(samples: readonly Sample[], spreads: readonly { scatter: number }[]): Map<string, number> {
  const scatters = new Map<string, number[]>()
  for (const [index, { name }] of samples.entries()) {
    const { scatter } = spreads[index]!
    const namesakes = scatters.get(name)
    if (namesakes === undefined) scatters.set(name, [scatter])
    else namesakes.push(scatter)
  }
  return new Map([...scatters].map(([name, all]) => [name, medianOf(all)]))
}

/** Of the values before and after the split, in some order: how their means differ, and the standard deviation that they have in common. */
function spreadOf({ values, split }: Sample, order: readonly number[]): { difference: number; scatter: number } {
  const before = meanOf(values, order, 0, split)
  const after = meanOf(values, order, split, order.length)
  let squares = 0
  for (let i = 0; i < order.length; i++) squares += (values[order[i]!]! - (i < split ? before : after)) ** 2
  return { difference: after - before, scatter: Math.sqrt(squares / (order.length - 2)) }
}

function meanOf(values: Float64Array, order: readonly number[], from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[order[i]!]!
  return sum / (to - from)
}

/** Logarithms make ratios into differences. Where a value is zero there are none, and shares of the mean serve as well. */
function sampleOf({ name, before, after }: RoundsPair): Sample {
  const all = [...before, ...after]
  return { name, split: before.length, values: Float64Array.from(all, scaleOf(all)) }
}

function scaleOf(all: readonly number[]): (value: number) => number {
  if (all.every((value) => value > 0)) return Math.log
  const mean = all.reduce((sum, value) => sum + Math.abs(value), 0) / all.length
  return mean === 0 ? () => 0 : (value) => value / mean
}

function medianChange({ before, after }: RoundsPair): number {
  const scale = scaleOf([...before, ...after])
  return scale(medianOf(after)) - scale(medianOf(before))
}
