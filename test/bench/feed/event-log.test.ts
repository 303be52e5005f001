import { test } from 'tap'
import { EventLog } from '../../../bench/feed/event-log.js'

test('counts and sums what is fed, by entity', async (t) => {
  const log = new EventLog(2)
  log.note(1, 5)
  log.note(1, 7)
  const { events, counts, sums } = log.result()
  t.equal(events, 2)
  t.same([...counts], [0, 2])
  t.same([...sums], [0, 12])
})

test('tells how late events were, also where most portions were in time and one made up for a second', async (t) => {
  const log = new EventLog(1)
  for (let nth = 0; nth < 1000; nth++) {
    log.noteLeft(nth, nth + 1, 1)
    log.noteAcknowledged(nth, nth + 2, 1)
  }
  log.noteLeft(1000, 1900, 500)
  log.noteAcknowledged(1000, 1950, 500)
  t.equal(log.result().lateP99Ms, 900)
  t.equal(log.result().acknowledgedP99Ms, 950)
})

test('leaves out the latest of a hundred events', async (t) => {
  const log = new EventLog(1)
  for (let nth = 0; nth < 200; nth++) log.noteLeft(nth, nth + (nth === 0 ? 50 : 1), 1)
  t.equal(log.result().lateP99Ms, 1)
})

test('says 0 of what there was none', async (t) => {
  t.equal(new EventLog(1).result().acknowledgedP99Ms, 0)
})
