import { sluice } from '../contenders/sluice.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import type { ControlTopic } from '../harness/control-topic.js'
import { cpuTimeOf, type CpuTime } from '../harness/process-usage.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial } from '../harness/trial.js'
import { TrialFailure } from '../harness/trial-failure.js'
import type { ScenarioResult } from '../report/result.js'
import { medianOf } from '../report/summary.js'
import { expectedForMember, memberPolicy } from '../workload/member-policy.js'
import { Memberships, ownRegionOf, userIdOf } from '../workload/memberships.js'
import { entityNumbers as numbers, inRoundsOfSluice, onceEach, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What do users cost whose claims a topic has, and when is the page right of one whose claims have changed?'

export const claims: Scenario = {
  name: 'claims',
  question,
  headline: false,
  needsKafka: true,
  defaults: { clients: 10_000, users: 100_000 },
  quick: { clients: 50, users: 200, rounds: 1, changes: 3 },
  refusal: ({ clients, users }) => (users < 2 * clients ? 'Of the users at least as many must stay away as are connected.' : undefined),
  run,
}

/** Members of the orders' region see it. */
const shownField = '"total":'

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    const nobody = await withClaims(bench, new Memberships(), 1, (topic) => heldBy(bench, topic))
    const memberships = new Memberships()
    await withClaims(bench, memberships, bench.knobs.users, async (topic) => {
      addHeld(bench, book, nobody, await heldBy(bench, topic))
      await withTrial(bench, pagesUnder(bench, topic, bench.knobs.clients), (trial) =>
        measureChanges(bench, { trial, topic, memberships }, book),
      )
    })
  })
  return { scenario: claims.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}

/** The topic has claims of so many users. */
async function withClaims<T>(
  { lab }: BenchRun,
  memberships: Memberships,
  users: number,
  run: (topic: ControlTopic) => Promise<T>,
): Promise<T> {
  const topic = await lab.freshControlTopic()
  try {
    await topic.write(memberships.records(numbers(users)))
    return await run(topic)
  } finally {
    topic.close()
    await lab.dropTopic(topic)
  }
}

/** Each has a page of an order of its own, and is of a region of its own as the topic says. */
function pagesUnder(bench: BenchRun, topic: ControlTopic, clients: number) {
  const sketches = numbers(clients).map((user): ClientSketch => {
    return { role: 'member', label: ownRegionOf(user), sub: userIdOf(user), entities: [user], subprotocol: 'sluice.v1' }
  })
  const rights = { policy: memberPolicy, expectedData: expectedForMember, env: { CLAIMS_TOPIC: topic.name } }
  return setUpOf(bench, sluice, () => [], { clients: sketches, ...rights })
}

/** What a gateway with one client takes. */
function heldBy(bench: BenchRun, topic: ControlTopic) {
  return withTrial(bench, pagesUnder(bench, topic, 1), async (trial) => {
    const cpu = microsecondsOf(cpuTimeOf(trial.server.pid))
    return { cpu, readyMs: trial.readyMs, bytes: await trial.server.collected() }
  })
}

type Held = Awaited<ReturnType<typeof heldBy>>

function addHeld({ knobs: { users }, progress }: BenchRun, book: RowBook, nobody: Held, all: Held): void {
  const [bytes, cpu, readyMs] = [(all.bytes - nobody.bytes) / users, (all.cpu - nobody.cpu) / users, all.readyMs - nobody.readyMs]
  progress(`  ${Math.round(bytes)} B and ${cpu.toFixed(1)} µs of CPU a user; ready ${Math.round(readyMs)} ms later`)
  book.add('sluice', { users }, { bytesPerUser: lower(bytes, 'B'), cpuPerUser: lower(cpu, 'µs'), readyLaterMs: lower(readyMs, 'ms') })
}

interface Changing {
  readonly trial: Trial
  readonly topic: ControlTopic
  readonly memberships: Memberships
}

/** Of users who are connected: of one at a time, of one behind as many who are not connected, then of all at once. */
async function measureChanges(bench: BenchRun, changing: Changing, book: RowBook): Promise<void> {
  const { clients, changes } = bench.knobs
  const connected = numbers(clients)
  await changing.trial.measure(onceEach(clients))
  const single = []
  for (let change = 0; change < changes; change++) single.push((await changed(changing, [connected.at(change % clients)!], [])).ms)
  const [median, worst] = [medianOf(single), Math.max(...single)]
  bench.progress(`  the page of one user is right after ${median.toFixed(1)} ms, ${worst.toFixed(1)} at the worst`)
  book.add('sluice', { connected: clients, changed: 'one' }, { pageMs: lower(median, 'ms'), pageWorstMs: lower(worst, 'ms') })
  const others = connected.map((user) => clients + user)
  for (const [who, told, silent] of [
    ['others', [0], others],
    ['all', connected, []],
  ] as const) {
    const { ms, cpu } = await changed(changing, told, silent)
    const cpuPerChange = microsecondsOf(cpu) / (told.length + silent.length)
    bench.progress(`  ${who} at once: the last page is right after ${ms.toFixed(1)} ms, ${cpuPerChange.toFixed(1)} µs of CPU a change`)
    book.add('sluice', { connected: clients, changed: who }, { lastPageMs: lower(ms, 'ms'), cpuPerChange: lower(cpuPerChange, 'µs') })
  }
}

/** The claims of these change; `silent` are of users without a connection, and come first. @throws TrialFailure where another page than theirs is touched. */
async function changed({ trial, topic, memberships }: Changing, told: readonly number[], silent: readonly number[]) {
  const all = [...silent, ...told]
  memberships.move(all)
  const records = memberships.records(all)
  const ofTold = new Set(told)
  const result = await trial.measureTold(
    () => topic.write(records),
    shownField,
    (entity) => ofTold.has(entity),
  )
  const members = memberships.membersAmong(told)
  if (result.sightings !== members) throw new TrialFailure(`${result.sightings} pages show ${shownField}, and ${members} were to`)
  if (result.compared !== told.length)
    throw new TrialFailure(`the pages of ${result.compared} connections were compared, and those of ${told.length} were to be`)
  return result
}

function microsecondsOf({ user, system }: CpuTime): number {
  return (user + system) * 1e6
}
