import { test } from 'tap'
import { contenderBars } from '../../../bench/report/contender-bars.js'
import { figure, row, scenario } from '../../support/conventions/bench-reports.js'

const rate = (...rounds: number[]) => ({ deliveriesPerCpuSecond: figure('1/s', 'higher', ...rounds) })

test('draws bars as long as the medians, on one scale', async (t) => {
  const drawing = contenderBars(scenario('fan-out', [row('sluice', {}, rate(50, 40, 100)), row('ceiling', {}, rate(100))]), [
    'sluice',
    'ceiling',
  ])
  const [ours, theirs] = [...drawing.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))
  t.equal(ours! * 2, theirs)
})

test('compares what was asked about rather than what is known beside it', async (t) => {
  const figures = { rssBytes: figure('B', 'lower', 1e6), recordsPerCpuSecond: figure('1/s', 'higher', 5) }
  t.match(
    contenderBars(scenario('ingest', [row('sluice', {}, figures), row('ceiling', {}, figures)]), ['sluice', 'ceiling']),
    'Records per CPU',
  )
})

test('draws nothing where contenders do not meet', async (t) => {
  t.equal(
    contenderBars(scenario('idle', [row('sluice', {}, rate(50)), row('ceiling', { burst: 10 }, rate(100))]), ['sluice', 'ceiling']),
    '',
  )
})
