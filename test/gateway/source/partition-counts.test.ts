import { NEVER, Subject } from 'rxjs'
import { test } from 'tap'
import { seedEntity } from '#entities.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import { warnOfUnequalPartitions } from '#gateway/source/partition-counts.js'
import type { Partition } from '#gateway/source/partition-source.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

test('warns once of an entity whose topics differ in their partition counts', async (t) => {
  const clock = new SimulatedClock()
  const lines: LoggedLine[] = []
  const partitions$ = new Subject<Partition>()
  const counting = warnOfUnequalPartitions(partitions$, new EntityTypes([seedEntity('order'), seedEntity('parcel')]), {
    clock,
    log: recordingLog(lines),
  })
  const find = (topic: string, partition: number) =>
    partitions$.next({ topic, partition, batches$: NEVER, breaks$: NEVER, lag: () => 0, caughtUp: Promise.resolve() })
  for (const topic of ['order.create', 'order.update', 'parcel.create', 'parcel.update'])
    for (const partition of [0, 1]) find(topic, partition)
  await clock.advance(5_000)
  t.same(lines, [])
  find('order.update', 2)
  await clock.advance(5_000)
  find('parcel.create', 2)
  find('parcel.update', 2)
  await clock.advance(5_000)
  t.match(lines, [{ level: 'warn', fields: { entity_type: 'order', partitions: { 'order.create': 2, 'order.update': 3 } } }])
  t.equal(lines.length, 1)
  counting.unsubscribe()
})
