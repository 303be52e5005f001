import { test } from 'tap'
import type { ResultRow } from '../../../bench/report/result.js'
import { goalsOf } from '../../../bench/scenarios/consoles.js'

test('asks that a delivery costs as much with consoles open as without, at either rate', async (t) => {
  const rows = [rowOf(0, 5000, [40, 41]), rowOf(5, 5000, [41, 40]), rowOf(0, 20_000, [20]), rowOf(5, 20_000, [21])]
  t.same(
    goalsOf(rows, { eventsPerSecond: 5000 }).map(({ figure, met }) => [figure, met]),
    [
      [1, true],
      [1.05, false],
    ],
  )
})

test('says nothing of what was not measured', async (t) => {
  t.same(goalsOf([rowOf(0, 5000, [40])], { eventsPerSecond: 5000 }), [])
})

function rowOf(consoles: number, eventsPerSecond: number, rounds: number[]): ResultRow {
  return { contender: 'sluice', at: { consoles, eventsPerSecond }, figures: { cpuPerDelivery: { unit: 'µs', better: 'lower', rounds } } }
}
