import { onWs } from '../contenders/on-ws.js'
import { sluice } from '../contenders/sluice.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { answered, goalOf, inRounds, medianAt, onceEach, pagesOf, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a connection cost to which nothing is sent?'

export const idle: Scenario = {
  name: 'idle',
  question,
  headline: false,
  defaults: { clients: 10_000, seconds: 10 },
  quick: { clients: 100, seconds: 1, rounds: 1 },
  run,
}

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { clients, seconds } = bench.knobs
  const book = new RowBook()
  await inRounds(bench, [sluice, onWs], async (contender) => {
    // What a process of the gateway takes by itself, with one client.
    const alone = { ...bench, knobs: { ...bench.knobs, clients: 1 } }
    const empty = await withTrial(
      alone,
      setUpOf(alone, contender, () => [0]),
      (trial) => idled(trial, seconds),
    )
    await withTrial(
      bench,
      setUpOf(bench, contender, (client) => [client]),
      async (trial) => {
        const { bytes, cores } = await idled(trial, seconds)
        const bytesPerConnection = (bytes - empty.bytes) / clients
        bench.progress(`  ${Math.round(bytesPerConnection)} B a connection, ${cores.toFixed(3)} cores`)
        book.add(contender.name, {}, { bytesPerConnection: lower(bytesPerConnection, 'B'), cpuCores: lower(cores, 'cores') })
      },
    )
    if (contender !== sluice) return
    const [emptyPages, pages] = [await idlePages(bench, 1), await idlePages(bench, clients)]
    const bytesPerPage = (pages.bytes - emptyPages.bytes) / clients
    bench.progress(`  ${Math.round(bytesPerPage)} B a connection with a snapshot, ${pages.cores.toFixed(3)} cores`)
    book.add('sluice', { snapshots: 1 }, { bytesPerConnection: lower(bytesPerPage, 'B'), cpuCores: lower(pages.cores, 'cores') })
  })
  const rows = book.result()
  const goals = answered([
    goalOf('memory of a connection', medianAt(rows, 'sluice', 'bytesPerConnection'), 'at most', 3000, 'B'),
    goalOf('memory of one with a snapshot', medianAt(rows, 'sluice', 'bytesPerConnection', { snapshots: 1 }), 'at most', 3000, 'B'),
    goalOf('CPU', medianAt(rows, 'sluice', 'cpuCores'), 'at most', 0.02, 'cores'),
  ])
  return { scenario: idle.name, question, knobs: { ...bench.knobs }, rows, goals }
}

/** So many of the clients, each with a snapshot; all entities are known in either case. */
function idlePages(bench: BenchRun, clients: number) {
  const some = { ...bench, knobs: { ...bench.knobs, clients } }
  return withTrial(some, pagesOf(some, sluice, { subscribesLater: true }), async (trial) => {
    await trial.measureSubscribing({ snapshot: true }, await trial.fill(onceEach(bench.knobs.clients)))
    return await idled(trial, bench.knobs.seconds)
  })
}

async function idled(trial: Trial, seconds: number) {
  const { user, system } = await trial.measureIdle(seconds)
  return { cores: (user + system) / seconds, bytes: await trial.server.collected() }
}
