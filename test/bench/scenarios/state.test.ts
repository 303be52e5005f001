import { test } from 'tap'
import type { ResultRow } from '../../../bench/report/result.js'
import { goalsOf } from '../../../bench/scenarios/state.js'

test('asks what is left of the speed without the latest versions, load by load, and of kafkajs alone', async (t) => {
  const rows = [
    ...bothWays({ load: 'fan-out', burst: 10 }, 'deliveriesPerCpuSecond', 96, 100),
    ...bothWays({ load: 'fan-out', burst: 100 }, 'deliveriesPerCpuSecond', 94, 100),
    ...bothWays({ load: 'sharded', eventsPerSecond: 5000 }, 'deliveriesPerCpuSecond', 80, 100),
    ...bothWays({ load: 'sharded', eventsPerSecond: 50_000 }, 'deliveriesPerCpuSecond', 70, 100),
    ...bothWays({ load: 'ingest' }, 'recordsPerCpuSecond', 100, 300),
    rowOf('kafkajs-alone', { load: 'ingest' }, 'recordsPerCpuSecond', 200),
  ]
  t.same(
    goalsOf(rows).map(({ figure, met }) => [figure, met]),
    [
      ...[
        [0.96, true],
        [0.94, false],
      ],
      ...[
        [0.8, true],
        [0.7, false],
      ],
      [0.5, true],
    ],
  )
})

test('says nothing of what was not measured', async (t) => {
  t.same(goalsOf([rowOf('sluice', { load: 'sharded', eventsPerSecond: 5000 }, 'deliveriesPerCpuSecond', 80)]), [])
})

function bothWays(at: ResultRow['at'], figure: string, own: number, without: number): ResultRow[] {
  return [rowOf('sluice', at, figure, own), rowOf('stateless', at, figure, without)]
}

function rowOf(contender: string, at: ResultRow['at'], figure: string, value: number): ResultRow {
  return { contender, at, figures: { [figure]: { unit: '1/s', better: 'higher', rounds: [value] } } }
}
