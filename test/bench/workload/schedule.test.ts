import { test } from 'tap'
import { dueEvents, dueMs } from '../../../bench/workload/schedule.js'
import { fc } from '../../support/running/seeded-properties.js'

test('what is due at a time and when each event is due say the same', async (t) => {
  const schedules = fc.record({
    startMs: fc.constant(1000),
    eventsPerSecond: fc.integer({ min: 1, max: 100_000 }),
    burst: fc.integer({ min: 1, max: 100 }),
    events: fc.integer({ min: 1, max: 5000 }),
    firstSequence: fc.constant(1_000_000_000),
  })
  fc.assert(
    fc.property(schedules, fc.nat(4999), (schedule, nth) => {
      const sequence = schedule.firstSequence + Math.min(nth, schedule.events - 1)
      const due = dueMs(schedule, sequence)
      const isDueThen = dueEvents(schedule, due + 0.001) > sequence - schedule.firstSequence
      const isDueEarlier = dueEvents(schedule, due - 0.001) > sequence - schedule.firstSequence
      return isDueThen && !isDueEarlier
    }),
  )
  t.end()
})
