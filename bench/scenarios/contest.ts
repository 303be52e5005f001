import type { Contender } from '../contenders/contender.js'
import type { Load, Measured } from '../harness/measured.js'
import { Trial, type TrialSetUp } from '../harness/trial.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import { policyText, roles, expectedFor } from '../workload/policy.js'
import { sluice } from '../contenders/sluice.js'
import type { Goal, ResultRow } from '../report/result.js'
import { medianOf } from '../report/summary.js'
import type { BenchRun } from './scenario.js'

/** Rounds over contenders, forth and back, each in a fresh process: what drifts in the machine meets all of them alike. */
export async function inRounds(
  bench: BenchRun,
  contenders: readonly Contender[],
  run: (contender: Contender) => Promise<void>,
): Promise<void> {
  const { rounds } = bench.knobs
  const able = contenders.filter(({ needsKafka }) => !needsKafka || bench.lab.parts !== undefined)
  for (let round = 0; round < rounds; round++) {
    const order = (round % 2 === 0 ? able : able.toReversed()).filter(
      ({ name }) => bench.only === undefined || bench.only.split(',').includes(name),
    )
    for (const contender of order) {
      bench.progress(`round ${round + 1} of ${rounds}: ${contender.name}`)
      await run(contender)
    }
  }
}

/** The role of a client, in turn. */
export function roleOf(client: number, count: number): string {
  return roles[client % count]!
}

/** The set-up of most scenarios: the sample policy, and clients in turn of each role. */
export function setUpOf(
  { knobs }: BenchRun,
  contender: Contender,
  entitiesOf: (client: number) => readonly number[],
  more: Partial<TrialSetUp> = {},
): TrialSetUp {
  const { clients, roles: roleCount, partitions, loadProcesses } = knobs
  const sketches = Array.from({ length: clients }, (_none, client) => ({ role: roleOf(client, roleCount), entities: entitiesOf(client) }))
  return {
    ...{ contender, partitions, loadProcesses, clients: sketches, policy: policyText },
    expectedData: contender.filters ? expectedFor : undefined,
    ...more,
  }
}

/** Clients that have a page of one entity each, of their own. */
export function pagesOf(bench: BenchRun, contender: Contender, more: Partial<ClientSketch>): TrialSetUp {
  const setUp = setUpOf(bench, contender, (client) => [client])
  return { ...setUp, clients: setUp.clients.map((client) => ({ ...client, subprotocol: 'sluice.v1', ...more })) }
}

/** One event about each of so many entities, within about a second. */
export function onceEach(entities: number): Load {
  return { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond: entities, burst: 1, seconds: 1 }
}

/** Of the rate that the gateway is fed with where every client watches every event, what those can take that write every frame by itself. */
const shareOfSlow = 0.1

/** With how many events a second a contender is fed: one that is overloaded shows how long its queue was, not what a delivery costs. */
export function rateFor({ corks }: Contender, eventsPerSecond: number): number {
  return corks ? eventsPerSecond : eventsPerSecond * shareOfSlow
}

/** Begins a trial, and ends it whatever comes of it. */
export async function withTrial<T>(bench: BenchRun, setUp: TrialSetUp, run: (trial: Trial) => Promise<T>): Promise<T> {
  const trial = await Trial.begin(bench.lab, setUp)
  try {
    return await run(trial)
  } finally {
    await trial.end()
  }
}

/** Feeds as long as a server needs to be warm, then as long as is measured. */
export async function measureWarm({ knobs }: BenchRun, trial: Trial, load: Omit<Load, 'seconds'>): Promise<Measured> {
  await trial.measure({ ...load, seconds: knobs.warmUpSeconds })
  return await trial.measure({ ...load, seconds: knobs.seconds })
}

/** What a measurement says on the terminal while others are still to come. */
export function inShort({ deliveries, cpu, counts, latency }: Measured): string {
  const perWrite = (counts.frames / Math.max(1, counts.writes)).toFixed(1)
  return `${deliveries} deliveries, ${perCpuSecondText(deliveries, cpu)}, ${perWrite} frames a write, p50 ${latency.p50} ms, p99 ${latency.p99} ms`
}

/** Less CPU time than one tick of the kernel tells nothing. */
export function perCpuSecondText(count: number, { user, system }: Measured['cpu']): string {
  const thousands = Math.round(count / (user + system) / 1000)
  return Number.isFinite(thousands) ? `${thousands} thousand a CPU second` : 'in too little CPU time to be told'
}

/** Each round in a fresh process of the gateway alone. */
export function inRoundsOfSluice(bench: BenchRun, run: () => Promise<void>): Promise<void> {
  return inRounds(bench, [sluice], run)
}

/** A goal of the speed table, held against the median of a figure. */
export function goalOf(text: string, figure: number, sense: Goal['sense'], bound: number, unit = ''): Goal {
  return { text, figure, bound, sense, unit, met: sense === 'at least' ? figure >= bound : figure <= bound }
}

/** Those of what was measured: with `--only` some are not. */
export function answered(goals: readonly Goal[]): Goal[] {
  return goals.filter(({ figure, bound }) => Number.isFinite(figure) && Number.isFinite(bound))
}

/** The median of a figure; NaN where it was not measured. */
export function medianAt(rows: readonly ResultRow[], contender: string, figure: string, at: ResultRow['at'] = {}): number {
  const row = rows.find((one) => one.contender === contender && Object.entries(at).every(([name, value]) => one.at[name] === value))
  return medianOf(row?.figures[figure]?.rounds ?? [])
}

export function entityNumbers(count: number): number[] {
  return Array.from({ length: count }, (_none, entity) => entity)
}
