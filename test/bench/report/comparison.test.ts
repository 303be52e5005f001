import { test } from 'tap'
import { compareReports, type Verdict } from '../../../bench/report/comparison.js'
import type { Figure } from '../../../bench/report/result.js'
import { figure, report, row, scenario } from '../../support/conventions/bench-reports.js'

const steady = [100, 101, 99, 100, 102] as const
const doubled = steady.map((value) => 2 * value)

const verdicts: readonly (readonly [Figure['better'], readonly number[], readonly number[], Verdict])[] = [
  ['higher', steady, doubled, 'better'],
  ['higher', doubled, steady, 'worse'],
  ['lower', steady, doubled, 'worse'],
  ['lower', doubled, steady, 'better'],
  ['neither', steady, doubled, 'changed'],
  ['higher', steady, steady, 'no change'],
  ['higher', steady.slice(1), doubled, 'too few rounds'],
]
for (const [better, before, after, expected] of verdicts) {
  test(`says "${expected}" of a figure that is better ${better}, from ${before[0]} to ${after[0]}`, async (t) => {
    const reportOf = (rounds: readonly number[]) =>
      report([scenario('idle', [row('sluice', {}, { size: figure('B', better, ...rounds) })])])
    const [change] = compareReports(reportOf(before), reportOf(after)).scenarios[0]!.rows[0]!.figures
    t.equal(change?.verdict, expected)
  })
}

test('says of a run that failed that it did, and why', async (t) => {
  const failed = { ...report([]), failure: { scenario: 'soak', reason: 'lost' } }
  t.same(compareReports(failed, report([])).unlike, ['In the run before, soak failed: lost'])
})

test('gives the ratio of the medians, and none of zero', async (t) => {
  const reportOf = (...rounds: number[]) => report([scenario('idle', [row('sluice', {}, { size: figure('B', 'lower', ...rounds) })])])
  const ratio = (a: number[], b: number[]) => compareReports(reportOf(...a), reportOf(...b)).scenarios[0]!.rows[0]!.figures[0]!.ratio
  t.equal(ratio([4, 2, 100], [3, 3, 3]), 0.75)
  t.equal(ratio([0], [3]), null)
})

test('pairs rows by contender and coordinates, in any order', async (t) => {
  const of = (value: number) => ({ size: figure('B', 'lower', value) })
  const before = report([scenario('rights', [row('sluice', { a: 1, b: 2 }, of(1)), row('naive', { a: 1, b: 2 }, of(2))])])
  const after = report([scenario('rights', [row('naive', { b: 2, a: 1 }, of(20)), row('sluice', { b: 2, a: 1 }, of(10))])])
  const { scenarios } = compareReports(before, after)
  t.same(
    scenarios[0]!.rows.map(({ contender, figures }) => [contender, figures[0]?.ratio]),
    [
      ['sluice', 10],
      ['naive', 10],
    ],
  )
  t.same(scenarios[0]!.unlike, [])
})

test('says what only one of the runs has, and which knobs differ', async (t) => {
  const size = figure('B', 'lower', 1)
  const before = report([scenario('idle', [row('sluice', { rate: 1000 }, { size, old: size }), row('ws', {}, {})]), scenario('mixed', [])])
  const after = report([
    scenario('idle', [row('sluice', { rate: 1000 }, { size }), row('naive', {}, {})], { knobs: { clients: 50, rounds: 5 } }),
  ])
  const { unlike, scenarios } = compareReports(before, after)
  t.same(unlike, ['Scenario mixed is in the run before only.'])
  t.same(scenarios[0]!.unlike, [
    'Knob clients is 1000 before and 50 after.',
    'ws is in the run before only.',
    'naive is in the run after only.',
    'sluice at rate 1,000: old is in the run before only.',
  ])
})

test('says that costs are not at equal frames per write', async (t) => {
  const reportOf = (frames: number) =>
    report([scenario('fan-out', [row('sluice', {}, { framesPerWrite: figure('frames', 'neither', frames) })])])
  const unlike = (a: number, b: number) => compareReports(reportOf(a), reportOf(b)).scenarios[0]!.unlike
  t.same(unlike(10, 10.3), [])
  t.same(unlike(10, 14), ['sluice: the costs are not at equal frames per write: 10 before, 14 after.'])
})

test('does not compare figures of different units', async (t) => {
  const reportOf = (unit: string) => report([scenario('idle', [row('sluice', {}, { size: figure(unit, 'lower', 1) })])])
  const { rows, unlike } = compareReports(reportOf('B'), reportOf('kB')).scenarios[0]!
  t.same(rows[0]!.figures, [])
  t.same(unlike, ['sluice: size is in B before and in kB after.'])
})

test('says when the machine, Node or a package is another, and when the host was busy, but not that the code is another', async (t) => {
  const other = { node: '22.1.0', packages: { kafkajs: '2.2.4', rxjs: '7.9.0' }, sluice: '0.1.0 def5678', stealShare: 0.1 }
  t.same(compareReports(report([]), report([], other)).unlike, [
    'Machine: node is 20.20.2 before and 22.1.0 after.',
    'Package rxjs is 7.8.2 before and 7.9.0 after.',
    'The host took up to 10 % of the CPU time for others.',
  ])
})
