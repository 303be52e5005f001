import { test } from 'tap'
import { chartsOf } from '../../../bench/report/charts.js'
import type { ResultRow } from '../../../bench/report/result.js'
import { figure, row, scenario } from '../../support/conventions/bench-reports.js'

const perCpuSecond = (...rounds: number[]) => ({ deliveriesPerCpuSecond: figure('1/s', 'higher', ...rounds) })
const contenders = ['sluice', 'ceiling']

test('draws what a delivery costs against audiences, a line for each contender, from the medians', async (t) => {
  const rows = [100, 1, 10].map((audiences) => row('sluice', { audiences }, perCpuSecond(1e6 / audiences, 9e9, 1)))
  const [chart] = chartsOf(scenario('rights', [...rows, row('ceiling', { audiences: 1 }, perCpuSecond(2e6))]), undefined, contenders)
  t.equal(chart?.title, 'Cost against audiences')
  const points = { sluice: [1, 10, 100].map((audiences) => [audiences, audiences]), ceiling: [[1, 0.5]] }
  t.same(
    chart?.lines.map(({ name, colour, points }) => ({ name, colour, points })),
    contenders.map((name, colour) => ({ name, colour, points: points[name as keyof typeof points] })),
  )
})

test('takes frames per write as measured where they are no coordinate', async (t) => {
  const at = (burst: number) =>
    row('sluice', { burst }, { ...perCpuSecond(burst * 1e5), framesPerWrite: figure('frames', 'neither', burst / 2) })
  const [chart] = chartsOf(scenario('fan-out', [at(10), at(100)]), undefined, contenders)
  t.equal(chart?.title, 'Cost against frames per write')
  t.same(chart?.lines[0]?.points, [
    [5, 1],
    [50, 0.1],
  ])
})

test('keeps apart what differs in more than runs along the chart', async (t) => {
  const at = (burst: number, masks: number) =>
    row('sluice', { burst, masks }, { ...perCpuSecond(burst * 1e5), framesPerWrite: figure('frames', 'neither', burst) })
  const [chart] = chartsOf(scenario('fan-out', [at(10, 3), at(100, 3), at(10, 1)]), undefined, contenders)
  t.same(
    chart?.lines.map(({ name, colour, points }) => [name, colour, points.length]),
    [
      ['sluice, masks 3', 0, 2],
      ['sluice, masks 1', 0, 1],
    ],
  )
})

test('draws p99 against load, and the earlier run beside it', async (t) => {
  const at = (rate: number, p99: number) => row('sluice', { rate }, { latencyP99Ms: figure('ms', 'lower', p99) })
  const before = scenario('latency', [at(1000, 8), at(2000, 9)])
  const [chart] = chartsOf(scenario('latency', [at(1000, 5), at(2000, 6)]), before, contenders)
  t.equal(chart?.title, 'p99 against load')
  t.same(
    chart?.lines.map(({ name, stroke, points }) => [name, stroke, points.map(([, y]) => y)]),
    [
      ['sluice', 'solid', [5, 6]],
      ['sluice before', 'dotted', [8, 9]],
    ],
  )
})

test('leaves out a point that has no logarithm', async (t) => {
  const at = (rate: number, p99: number) => row('sluice', { rate }, { latencyP99Ms: figure('ms', 'lower', p99) })
  const [chart] = chartsOf(scenario('latency', [at(1000, 0), at(2000, 6), at(3000, 7)]), undefined, contenders)
  t.same(
    chart?.lines[0]?.points.map(([x]) => x),
    [2000, 3000],
  )
})

test('draws the percentiles of the first and the last point, named by what tells them apart', async (t) => {
  const latencies = {
    latencyP50Ms: figure('ms', 'lower', 1),
    latencyP99Ms: figure('ms', 'lower', 4),
    latencyMaxMs: figure('ms', 'lower', 0),
  }
  const rows: ResultRow[] = [1, 10, 100].map((burst) => row('sluice', { burst, rate: 300 }, latencies))
  const [chart] = chartsOf(scenario('mixed', rows), undefined, contenders)
  t.equal(chart?.title, 'Latency by percentile')
  t.same(
    chart?.lines.map(({ name }) => name),
    ['sluice, burst 1', 'sluice, burst 100'],
  )
  // No logarithm of zero: such a point is not drawn.
  t.same(chart?.lines[0]?.points, [
    [0, 1],
    [2, 4],
  ])
})

test('draws series over time, bytes in megabytes', async (t) => {
  const series = [{ name: 'rssBytes', unit: 'B', contender: 'sluice', points: [[0, 2e6] as const, [5, 3e6] as const] }]
  const [chart] = chartsOf(scenario('soak', [], { series }), undefined, contenders)
  t.match(chart, { title: 'RSS over time', y: { label: 'RSS, MB' } })
  t.same(chart?.lines[0]?.points, [
    [0, 2],
    [5, 3],
  ])
})

test('leaves out the charts that a report has no figures for', async (t) => {
  t.same(chartsOf(scenario('rights', [row('sluice', { audiences: 1 }, perCpuSecond(1e6))]), undefined, contenders), [])
  t.same(chartsOf(scenario('idle', []), undefined, contenders), [])
})
