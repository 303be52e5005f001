import { kafkajsAlone } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { higher, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { answered, goalOf, inRounds, medianAt, perCpuSecondText, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How fast are records read that nobody has subscribed to?'

export const ingest: Scenario = {
  name: 'ingest',
  question,
  headline: false,
  needsKafka: true,
  defaults: { clients: 1, entities: 1000, eventsPerSecond: 100_000, burst: 100, seconds: 8 },
  quick: { eventsPerSecond: 5000, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** No event is about it. */
const unwanted = 99_999_999

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, seconds, warmUpSeconds } = bench.knobs
  const book = new RowBook()
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst } as const
  await inRounds(bench, [sluice, kafkajsAlone], (contender) =>
    withTrial(
      bench,
      setUpOf(bench, contender, () => [unwanted]),
      async (trial) => {
        await trial.measure({ ...load, seconds: warmUpSeconds })
        const measured = await trial.measureCatchingUp({ ...load, seconds })
        const cpuSeconds = measured.cpu.user + measured.cpu.system
        const perCpuSecond = measured.events / cpuSeconds
        bench.progress(`  ${measured.events} records, ${perCpuSecondText(measured.events, measured.cpu)}`)
        const { cpuUserCores, cpuSystemCores, rssBytes } = readingsOf(measured)
        book.add(
          contender.name,
          {},
          {
            recordsPerCpuSecond: higher(perCpuSecond, '1/s'),
            recordsPerSecond: higher(measured.events / measured.seconds, '1/s'),
            ...{ cpuUserCores: cpuUserCores!, cpuSystemCores: cpuSystemCores!, rssBytes: rssBytes! },
          },
        )
      },
    ),
  )
  const rows = book.result()
  const share = medianAt(rows, 'sluice', 'recordsPerCpuSecond') / medianAt(rows, 'kafkajs-alone', 'recordsPerCpuSecond')
  const goals = answered([goalOf('of kafkajs alone', share, 'at least', 0.75)])
  return { scenario: ingest.name, question, knobs: { ...bench.knobs }, rows, goals }
}
