import type { Contender } from '../contenders/contender.js'
import { ceiling, naive, socketIo, ws } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { lower, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import { expectedForMember, memberPolicy, ownerPolicy } from '../workload/member-policy.js'
import { ownerIdOf } from '../workload/order.js'
import { answered, goalOf, inRounds, inShort, measureWarm, medianAt, rateFor, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What do rights cost that differ by the claims of each user?'

export const rights: Scenario = {
  name: 'rights',
  question,
  headline: true,
  defaults: { clients: 1000, eventsPerSecond: 300, burst: 10, owners: 10_000 },
  quick: { clients: 40, eventsPerSecond: 100, burst: 10, seconds: 0.5, warmUpSeconds: 0.2, rounds: 1, owners: 200 },
  run,
}

const audienceCounts = [1, 10, 100, 1000]
/** One of so many owners matches an event, or one of `owners`. */
const fewOwners = 100

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { clients, owners } = bench.knobs
  const book = new RowBook()
  const counts = new Set(audienceCounts.map((count) => Math.min(count, clients)))
  await inRounds(bench, [ceiling, sluice, naive, ws, socketIo], async (contender) => {
    // The others know no audiences: most of them are as good as one, and to the naive way they are as dear.
    for (const audiences of contender === sluice ? counts : [Math.max(...counts)]) await byRegion(bench, contender, audiences, book)
    if (contender !== sluice) return
    for (const subscribers of new Set([Math.min(fewOwners, owners), owners])) await byOwner(bench, subscribers, book)
  })
  const rows = book.result()
  return { scenario: rights.name, question, knobs: { ...bench.knobs }, rows, ...book.stalls(), goals: goalsOf(bench, rows) }
}

/** Each audience is a region of its own; one of them is that of the orders, and sees more. */
async function byRegion(bench: BenchRun, contender: Contender, audiences: number, book: RowBook): Promise<void> {
  const eventsPerSecond = rateFor(contender, bench.knobs.eventsPerSecond)
  const clients = Array.from({ length: bench.knobs.clients }, (_none, client): ClientSketch => {
    const region = client % audiences === 0 ? 'eu' : `region-${client % audiences}`
    return { role: 'member', label: region, entities: [0], claims: { region } }
  })
  const load = { popularity: { kind: 'in-turn', entities: 1, run: 1 }, eventsPerSecond, burst: bench.knobs.burst } as const
  await withTrial(
    bench,
    setUpOf(bench, contender, () => [0], {
      clients,
      policy: memberPolicy,
      expectedData: contender.filters ? expectedForMember : undefined,
    }),
    async (trial) => {
      const measured = await measureWarm(bench, trial, load)
      bench.progress(`  ${audiences} audiences: ${inShort(measured)}`)
      book.addMeasured(contender.name, { audiences, eventsPerSecond }, measured)
    },
  )
}

/** All have subscribed to one order, which is one's own. */
async function byOwner(bench: BenchRun, subscribers: number, book: RowBook): Promise<void> {
  const clients = Array.from({ length: subscribers }, (_none, client): ClientSketch => {
    return { role: 'owner', label: 'owner', entities: [0], sub: client === 0 ? ownerIdOf(0) : `stranger-${client}`, sees: client === 0 }
  })
  const load = {
    popularity: { kind: 'in-turn', entities: 1, run: 1 },
    eventsPerSecond: 10 * bench.knobs.eventsPerSecond,
    burst: 1,
  } as const
  await withTrial(
    bench,
    setUpOf(bench, sluice, () => [0], { clients, policy: ownerPolicy, expectedData: expectedForMember }),
    async (trial) => {
      const measured = await measureWarm(bench, trial, load)
      const microseconds = ((measured.cpu.user + measured.cpu.system) * 1e6) / measured.events
      bench.progress(`  ${subscribers} owners: ${microseconds.toFixed(1)} us an event`)
      book.add('sluice', { owners: subscribers }, { ...readingsOf(measured), cpuPerEventUs: lower(microseconds, 'µs') })
    },
  )
}

function goalsOf({ knobs }: BenchRun, rows: readonly ResultRow[]): Goal[] {
  const cost = (audiences: number) => 1e6 / medianAt(rows, 'sluice', 'deliveriesPerCpuSecond', { audiences })
  const perEvent = (owners: number) => medianAt(rows, 'sluice', 'cpuPerEventUs', { owners })
  const most = Math.min(1000, knobs.clients)
  return answered([
    goalOf(`a delivery with ${most} audiences beyond one with 1`, cost(most) - cost(1), 'at most', 1, 'µs'),
    goalOf('encodings an event', medianAt(rows, 'sluice', 'encodedPerEvent', { audiences: most }), 'at most', 2.05),
    goalOf(
      `an event with ${knobs.owners} owners by one with ${fewOwners}`,
      perEvent(knobs.owners) / perEvent(Math.min(fewOwners, knobs.owners)),
      'at most',
      1.5,
    ),
  ])
}
