import { test } from 'tap'
import { LinePace } from '#logging/line-pace.js'
import { Meter } from '#gateway/observe/meter.js'
import { DamagedBatches } from '#gateway/source/kafka/damaged-batches.js'
import { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import { encodeBatch } from '../../../support/kafka/record-batch.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const batchOf = (...[batch]: Parameters<typeof encodeBatch>) => KafkaRecordBatch.at(encodeBatch(batch), 0)!
const damaged = batchOf({ firstOffset: 10, values: ['a', 'b', 'c'], damaged: true })

function setUp() {
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const batches = new DamagedBatches(recordingLog(lines), meter, new LinePace(100, new SimulatedClock()))
  const met = (fields: Partial<Parameters<DamagedBatches['met']>[0]> = {}) =>
    batches.met({ topic: 'orders', partition: 3, position: 10, batch: damaged, following: [], endOffset: 100, ...fields })
  return { lines, meter, met }
}

test('fetches a damaged batch again some times, each after a longer pause, then skips it, counts its offsets and says so', (t) => {
  const { lines, meter, met } = setUp()
  const pauses = Array.from({ length: 5 }, () => met())
  t.same(
    pauses.map(({ afterMs }) => afterMs),
    [250, 500, 1000, 2000, 4000],
  )
  t.ok(pauses.every(({ fromOffset }) => fromOffset === 10))
  t.same([...meter.offsetsSkipped], [])
  t.same(met(), { fromOffset: 13, afterMs: 0 })
  t.same([...meter.offsetsSkipped], [['damaged_batch', 3]])
  t.match(lines, [
    { level: 'warn', fields: { topic: 'orders', partition: 3, offset: 10 } },
    { level: 'error', fields: { topic: 'orders', partition: 3, firstOffset: 10, lastOffset: 12, fetches: 6 } },
  ])
  t.equal(lines.length, 2)
  t.end()
})

test('counts the fetches of each place for itself', (t) => {
  const { met } = setUp()
  for (let i = 0; i < 5; i++) met()
  t.equal(met({ partition: 4 }).afterMs, 250)
  t.equal(met({ position: 20 }).afterMs, 250)
  t.equal(met().afterMs, 250, 'one that came to be sound meanwhile begins anew')
  t.end()
})

const skips = {
  'the next sound batch, whatever the damaged one says': [{ following: [damaged, batchOf({ firstOffset: 15, values: ['x'] })] }, 15],
  'the end that the damaged batch states': [{}, 13],
  'one offset further where the stated end is before the position': [{ position: 50 }, 51],
  'one offset further where the stated end is behind the log': [{ endOffset: 11 }, 11],
} as const
for (const [what, [fields, offset]] of Object.entries(skips)) {
  test(`goes on at ${what}`, (t) => {
    const { met } = setUp()
    for (let i = 0; i < 5; i++) met(fields)
    t.same(met(fields), { fromOffset: offset, afterMs: 0 })
    t.end()
  })
}
