import type { RunningServer } from '../contenders/contender.js'
import { sluice } from '../contenders/sluice.js'
import { plansOf } from '../harness/client-sketch.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { TrialSetUp } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { policyText } from '../workload/policy.js'
import { inRoundsOfSluice, onceEach, pagesOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What do the clients of a node notice when the other node ends, and its clients come to theirs?'

export const restart: Scenario = {
  name: 'restart',
  question,
  headline: false,
  needsKafka: true,
  defaults: { clients: 10_000, eventsPerSecond: 2000, seconds: 25, atOnce: 200, rounds: 3 },
  quick: { clients: 100, eventsPerSecond: 500, seconds: 3, rounds: 1 },
  run,
}

/** When the other node is told to end, and how long its clients may take where it drains: shares of what is measured. */
const [endsAt, drainsFor] = [0.2, 0.6]

/** What the other node does meanwhile. */
const ways = ['stays', 'ends at once', 'drains'] as const

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    for (const way of ways) await measureOne(bench, way, book)
  })
  return { scenario: restart.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}

/** Every other client is on the other node. What is timed is what comes to those who are on theirs throughout; of all nothing may be lost. */
async function measureOne(bench: BenchRun, way: (typeof ways)[number], book: RowBook): Promise<void> {
  const { clients, eventsPerSecond, burst, seconds } = bench.knobs
  const other: { node?: RunningServer } = {}
  try {
    await withTrial(bench, withOtherNode(bench, other, way === 'drains' ? Math.round(drainsFor * seconds * 1000) : 0), async (trial) => {
      await trial.measure(onceEach(clients))
      const ending = setTimeout(() => way !== 'stays' && other.node!.signal('SIGTERM'), endsAt * seconds * 1000)
      const popularity = { kind: 'in-turn', entities: clients, run: 1 } as const
      const { latency, timeline, cpu } = await trial.measure({ popularity, eventsPerSecond, burst, seconds })
      clearTimeout(ending)
      const worst = Math.max(...timeline.map(({ latencyMs }) => latencyMs))
      bench.progress(
        `  the other node ${way}: p99 ${latency.p99} ms, in the worst half second ${worst} ms, CPU ${(cpu.user + cpu.system).toFixed(2)} s`,
      )
      book.add('sluice', { theOther: way }, { p99Ms: lower(latency.p99, 'ms'), worstHalfSecondMs: lower(worst, 'ms') })
    })
  } finally {
    await other.node?.stop()
  }
}

function withOtherNode(bench: BenchRun, other: { node?: RunningServer }, drainMs: number): TrialSetUp {
  const { atOnce } = bench.knobs
  return {
    ...pagesOf(bench, sluice, { keepsCursors: true }),
    atOnce,
    async plansOf(server, clients, topic) {
      const env = { DRAIN_MS: String(drainMs) }
      other.node = await sluice.start({ lab: bench.lab, topic, policy: policyText, env })
      const here = await plansOf(server, clients)
      const there = await plansOf(other.node, clients)
      return here.map((plan, client) => (client % 2 === 0 ? plan : { ...there[client]!, timed: false, movesTo: plan.url }))
    },
  }
}
