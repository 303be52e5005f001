import { test } from 'tap'
import type { ResultRow } from '../../../bench/report/result.js'
import { goalsOf } from '../../../bench/scenarios/sharded.js'

const knobs = { eventsPerSecond: 5000, p99MsMax: 100 }

test('the goal for a rate that was searched for and not found is not met, rather than not there', async (t) => {
  t.match(goalsOf([few('sluice'), held(145_000)], knobs), [{ met: true }, { met: true }, { figure: 145_000, met: true }])
  t.match(goalsOf([few('sluice')], knobs), [{ met: true }, { met: true }, { figure: 0, met: false }])
})

test('where the gateway was left out nothing is said of it', async (t) => {
  t.same(goalsOf([few('ceiling')], knobs), [])
})

function few(contender: string): ResultRow {
  return rowOf(contender, { eventsPerSecond: knobs.eventsPerSecond }, { cpuCores: 0.1, latencyP99Ms: 20 })
}

function held(deliveriesPerCpuSecond: number): ResultRow {
  return rowOf('sluice', { sustained: 160_000, p99MsMax: knobs.p99MsMax }, { deliveriesPerCpuSecond })
}

function rowOf(contender: string, at: ResultRow['at'], figures: Readonly<Record<string, number>>): ResultRow {
  const readings = Object.entries(figures).map(([name, value]) => [name, { unit: '', better: 'lower', rounds: [value] }] as const)
  return { contender, at, figures: Object.fromEntries(readings) }
}
