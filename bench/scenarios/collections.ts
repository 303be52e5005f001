import { sluice } from '../contenders/sluice.js'
import type { Fed } from '../feed/event-log.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import type { Connecting } from '../harness/measured.js'
import { monotonicMs } from '../harness/monotonic.js'
import type { CpuTime } from '../harness/process-usage.js'
import { lower, neither, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial, TrialSetUp } from '../harness/trial.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import { medianOf } from '../report/summary.js'
import { askingRole, expectedWithOwners, ordersOf, ownedBy } from '../workload/collection-policy.js'
import { answered, goalOf, inRoundsOfSluice, inShort, measureWarm, medianAt, onceEach, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What do filters by equality cost an event, and how long does it take to send what passes them?'

export const collections: Scenario = {
  name: 'collections',
  question,
  headline: false,
  defaults: { clients: 10_000, entities: 1_000_000, eventsPerSecond: 2500, seconds: 6, atOnce: 1000 },
  quick: { clients: 50, entities: 1000, eventsPerSecond: 200, seconds: 0.5, warmUpSeconds: 0.2, rounds: 1 },
  run,
}

const filterCounts = [1, 100]
const fewEntities = 1000
/** What passes the filter of one client, where snapshots are compared. */
const passing = 100
/** So many clients subscribe at a time, each to another collection. */
const together = 10

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { clients, entities } = bench.knobs
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    for (const filters of new Set([...filterCounts.map((count) => Math.min(count, clients)), clients]))
      await measureEvents(bench, filters, book)
    for (const rows of new Set([Math.min(fewEntities, entities), entities])) await measureSnapshots(bench, rows, book)
    await measureComingBack(bench, book)
  })
  const rows = book.result()
  return { scenario: collections.name, question, knobs: { ...bench.knobs }, rows, ...book.stalls(), goals: goalsOf(bench, rows) }
}

/** Each client has a filter of its own, which one order passes. Events are about one of them, then about all in turn: each has one delivery. */
async function measureEvents(bench: BenchRun, filters: number, book: RowBook): Promise<void> {
  const { eventsPerSecond } = bench.knobs
  const setUp = ownersOf(bench, { clients: filters, owners: filters, entities: filters })
  await withTrial(bench, setUp, async (trial) => {
    await trial.measure(onceEach(filters))
    for (const about of new Set([1, filters])) {
      const popularity = { kind: 'in-turn', entities: about, run: 1 } as const
      const measured = await measureWarm(bench, trial, { popularity, eventsPerSecond, burst: 1 })
      const cpuPerEvent = microsecondsOf(measured.cpu) / measured.events
      bench.progress(`  ${filters} filters, events about ${about}: ${cpuPerEvent.toFixed(1)} µs an event, ${inShort(measured)}`)
      book.add(
        'sluice',
        { filters, about: about === 1 ? 'one' : 'all' },
        { ...readingsOf(measured), cpuPerEvent: lower(cpuPerEvent, 'µs') },
      )
    }
  })
}

/** Some clients subscribe again and again, each to the same few of so many entities. The first time, all are gone through for the index. */
async function measureSnapshots(bench: BenchRun, entities: number, book: RowBook): Promise<void> {
  const owners = Math.ceil(entities / passing)
  const clients = Math.min(together, owners)
  await withTrial(bench, ownersOf(bench, { clients, owners, entities }, { subscribesLater: true }), async (trial) => {
    const [first, ...others] = await subscribedAgainAndAgain(trial, await trial.fill(onceEach(entities)), bench.knobs.seconds)
    const cpuPerSnapshot = others.reduce((sum, { cpu }) => sum + microsecondsOf(cpu), 0) / (others.length * clients)
    const [firstMs, lastMs] = [first!.seconds * 1000, medianOf(others.map(({ seconds }) => seconds * 1000))]
    const after = `after ${lastMs.toFixed(1)} ms, the first time after ${Math.round(firstMs)}`
    bench.progress(`  ${passing} of ${entities}: ${Math.round(cpuPerSnapshot)} µs of CPU, the last of ${clients} ${after}`)
    const times = { lastCompleteMs: lower(lastMs, 'ms'), firstTimeMs: lower(firstMs, 'ms') }
    book.add('sluice', { passing, of: entities }, { cpuPerSnapshot: lower(cpuPerSnapshot, 'µs'), ...times })
  })
}

/** Once, then for so many seconds, as CPU time is known to 10 ms alone. */
async function subscribedAgainAndAgain(trial: Trial, fed: Fed, seconds: number): Promise<Connecting[]> {
  const subscribed = async () => {
    const one = await trial.measureSubscribing({ snapshot: true }, fed)
    await trial.clients.unsubscribe({})
    return one
  }
  const taken = [await subscribed()]
  const untilMs = monotonicMs() + seconds * 1000
  do taken.push(await subscribed())
  while (monotonicMs() < untilMs)
  return taken
}

/** All come back at once, each for what passes a filter of its own. */
async function measureComingBack(bench: BenchRun, book: RowBook): Promise<void> {
  const { clients, entities, atOnce } = bench.knobs
  await withTrial(bench, ownersOf(bench, { clients, owners: clients, entities }), async (trial) => {
    const { seconds, cpu, bytes } = await trial.measureComingBack(onceEach(entities), atOnce)
    const cpuPerClient = microsecondsOf(cpu) / clients
    const perClient = `${Math.round(cpuPerClient)} µs of CPU and ${Math.round(bytes / clients)} B a client`
    bench.progress(`  ${clients} of ${entities}: the last page is right after ${Math.round(seconds * 1000)} ms; ${perClient}`)
    const readings = { lastPageMs: lower(seconds * 1000, 'ms'), cpuPerClient: lower(cpuPerClient, 'µs'), bytes: neither(bytes, 'B') }
    book.add('sluice', { comingBack: clients, of: entities }, readings)
  })
}

interface Orders {
  readonly clients: number
  /** They have the orders in turn, and each client is one of them. */
  readonly owners: number
  readonly entities: number
}

/** Clients that have the collection of their orders. */
function ownersOf(bench: BenchRun, { clients, owners, entities }: Orders, more: Partial<ClientSketch> = {}): TrialSetUp {
  const sketches = Array.from({ length: clients }, (_none, client): ClientSketch => {
    return { role: askingRole, entities: ordersOf(client, owners, entities), where: ownedBy(client), subprotocol: 'sluice.v1', ...more }
  })
  return setUpOf(bench, sluice, () => [], { clients: sketches, owners, expectedData: expectedWithOwners(owners), env })
}

/** A million orders of the workload take some 300 MB, and the index over them comes beside; few clients have many of them each. */
const env = { STATE_BYTES_MAX: String(4 * 1024 ** 3), COLLECTION_ENTITIES_MAX: '1000000' }

function microsecondsOf({ user, system }: CpuTime): number {
  return (user + system) * 1e6
}

function goalsOf({ knobs: { clients, entities } }: BenchRun, rows: readonly ResultRow[]): Goal[] {
  const few = Math.min(filterCounts.at(-1)!, clients)
  const perEvent = (filters: number, about: string) => medianAt(rows, 'sluice', 'cpuPerEvent', { filters, about })
  const perSnapshot = (of: number) => medianAt(rows, 'sluice', 'cpuPerSnapshot', { passing, of })
  return answered([
    ...['one', 'all'].map((about) => {
      const times = perEvent(clients, about) / perEvent(few, about)
      return goalOf(`an event with ${clients} filters by one with ${few}, about ${about}`, times, 'at most', 1.5)
    }),
    goalOf(
      `a snapshot of ${passing} of ${entities} by one of ${fewEntities}`,
      perSnapshot(entities) / perSnapshot(fewEntities),
      'at most',
      2,
    ),
  ])
}
