import { sluice } from '../contenders/sluice.js'
import { higher, lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { inRoundsOfSluice, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How fast do clients connect and subscribe, and what does each cost?'

export const connect: Scenario = {
  name: 'connect',
  question,
  headline: false,
  defaults: { clients: 5000, subscriptions: 20, atOnce: 50 },
  quick: { clients: 50, rounds: 1 },
  run,
}

/** Each client brings a token of its own, whose signature is verified; once with one subscription, once with many. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { clients, subscriptions, atOnce } = bench.knobs
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    for (const count of [1, subscriptions]) {
      const entitiesOf = (client: number) => Array.from({ length: count }, (_none, nth) => client * count + nth)
      await withTrial(bench, setUpOf(bench, sluice, entitiesOf, { atOnce }), ({ connecting: { seconds, cpu } }) => {
        const cpuSeconds = cpu.user + cpu.system
        bench.progress(`  ${Math.round(clients / seconds)} connects a second, ${Math.round((cpuSeconds * 1e6) / clients)} µs of CPU each`)
        const readings = {
          connectsPerSecond: higher(clients / seconds, '1/s'),
          subscribesPerSecond: higher((clients * count) / seconds, '1/s'),
          cpuPerConnect: lower((cpuSeconds * 1e6) / clients, 'µs'),
        }
        book.add('sluice', { subscriptions: count }, readings)
        return Promise.resolve()
      })
    }
  })
  return { scenario: connect.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}
