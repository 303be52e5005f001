import { isDeepStrictEqual } from 'node:util'
import { Bench, type Task } from 'tinybench'
import { TrialFailure } from '../harness/trial-failure.js'
import type { MicroCase, Way } from './micro-case.js'

/** CPU time, in milliseconds. */
export interface MicroBudget {
  readonly warmUpMs: number
  /** Of each way of each case. */
  readonly measureMs: number
  /** Whether the plain way comes first. */
  readonly plainFirst: boolean
}

export interface MicroReading {
  readonly caseName: string
  readonly contender: 'sluice' | 'plain'
  readonly nanosecondsPerOperation: number
}

/** The clock counts in microseconds and takes one to read: one sample of this length is known to a thousandth. */
const sampleMsMin = 1

/** Compares the answers of all cases, then measures both ways of each. @throws TrialFailure where two answers differ. */
export function measureCases(cases: readonly MicroCase[], { warmUpMs, measureMs, plainFirst }: MicroBudget): MicroReading[] {
  for (const one of cases) assertSameAnswers(one)
  const bench = new Bench({ time: measureMs, warmupTime: warmUpMs, iterations: 1, warmupIterations: 1, now: cpuMs, throws: true })
  const contenders = plainFirst ? (['plain', 'sluice'] as const) : (['sluice', 'plain'] as const)
  const tasks = cases.flatMap((one) =>
    contenders.map((contender) => ({ one, contender, ...sampled(bench, `${one.name}, ${contender}`, one[contender]) })),
  )
  bench.runSync()
  return tasks.map(({ one, contender, task, repeats }) => {
    const nanosecondsPerOperation = (meanMsOf(task()) * 1e6) / (repeats * one.inputs * one.operations)
    return { caseName: one.name, contender, nanosecondsPerOperation }
  })
}

/** A bench of two ways of which one does something else is worth nothing. */
export function assertSameAnswers({ name, inputs, sluice, plain }: MicroCase): void {
  for (let input = 0; input < inputs; input++) {
    const [ours, others] = [sluice.answerTo(input), plain.answerTo(input)]
    if (!isDeepStrictEqual(ours, others))
      throw new TrialFailure(`${name}: the answers to input ${input} differ: ${JSON.stringify(ours)} and ${JSON.stringify(others)}`)
  }
}

/** Adds a task that answers all inputs as often as makes a sample long enough to be timed. */
function sampled(bench: Bench, name: string, way: Way): { readonly task: () => Task; readonly repeats: number } {
  const weight = way.answerAll()
  const repeats = repeatsOf(way)
  bench.add(name, () => {
    // Nothing can be left out of what is compared here, and code that is compiled wrongly does not pass.
    if (weightOf(way, repeats) !== weight * repeats) throw new TrialFailure(`${name}: the answers change while they are measured`)
  })
  return { task: () => bench.getTask(name)!, repeats }
}

function repeatsOf(way: Way): number {
  for (let repeats = 1; ; repeats *= 2) {
    const before = cpuMs()
    weightOf(way, repeats)
    if (cpuMs() - before >= sampleMsMin) return repeats
  }
}

function weightOf(way: Way, repeats: number): number {
  let weight = 0
  for (let repeat = 0; repeat < repeats; repeat++) weight += way.answerAll()
  return weight
}

/**
 * Of all threads of this process: other processes do not count, and the collecting of garbage does, whichever thread it is done by.
 * For the same reason the mean is taken, where a median would hide it.
 */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function meanMsOf({ result }: Task): number {
  if (!('latency' in result)) throw new Error(`tinybench did not finish: ${result.state}`)
  return result.latency.mean
}
