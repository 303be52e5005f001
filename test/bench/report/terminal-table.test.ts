import { test } from 'tap'
import { printScenario } from '../../../bench/report/terminal-table.js'
import { figure, row, scenario } from '../../support/conventions/bench-reports.js'

test('prints contenders side by side at each point, then the goals and notes', async (t) => {
  const rate = (...rounds: number[]) => ({ deliveriesPerCpuSecond: figure('1/s', 'higher', ...rounds) })
  const goals = [
    { text: 'of the ceiling', figure: 71.4, bound: 70, sense: 'at least', unit: '%', met: true },
    { text: 'p99', figure: 17.26, bound: 15, sense: 'at most', unit: 'ms', met: false },
  ] as const
  const rows = [row('sluice', { burst: 10 }, rate(1e6, 1.2e6, 900_000)), row('ceiling', { burst: 10 }, rate(1.4e6))]
  const written: string[] = []
  printScenario(scenario('fan-out', rows, { goals, notes: ['one round was disturbed'] }), (text) => void written.push(text))
  t.equal(
    written.join(''),
    `fan-out: What does fan-out cost?

burst 10
  figure                     contender   median      least     most
  deliveries per CPU second  sluice       1 M/s  900,000/s  1.2 M/s
                             ceiling    1.4 M/s    1.4 M/s  1.4 M/s

  met      of the ceiling: 71.4 %, at least 70 %
  not met  p99: 17.3 ms, at most 15 ms
  note: one round was disturbed
`,
  )
})
