import { test } from 'tap'
import { Reading, type StartAt } from '#kafka/read/reading.js'
import { errorCodes } from '#kafka/wire/error-codes.js'

function readingAt(startAt: StartAt) {
  return new Reading('orders', undefined, 0, startAt)
}

function readingFrom(position: number) {
  const reading = readingAt(position)
  reading.leader = 1
  reading.refuse(errorCodes.offsetOutOfRange)
  return reading
}

test('begins at the end, at the beginning or at an offset', (t) => {
  const [end, beginning, offset] = [readingAt('end'), readingAt('beginning'), readingAt(7)]
  t.same([end.isPlaced, beginning.isPlaced, offset.isPlaced], [false, false, true])
  for (const reading of [end, beginning]) t.same(reading.place({ low: 3, high: 10 }), { goesOn: false })
  t.same(
    [end, beginning, offset].map(({ position }) => position),
    [10, 3, 7],
  )
  t.ok(end.isPlaced && beginning.isPlaced)
  t.end()
})

test('begins so many offsets before the end, also anew, and where the log has no more at its beginning', (t) => {
  const reading = readingAt({ newest: 4 })
  t.notOk(reading.isPlaced)
  for (const [low, high, position] of [
    [3, 10, 6],
    [8, 10, 8],
    [10, 10, 10],
  ] as const) {
    t.same(reading.place({ low, high }), { goesOn: false })
    t.equal(reading.position, position)
    reading.beginAt('beginning')
  }
  reading.place({ low: 0, high: 100 })
  reading.leader = 1
  reading.refuse(errorCodes.offsetOutOfRange)
  reading.place({ low: 98, high: 200 })
  t.equal(reading.position, 98, 'what retention has left of what was not read is read')
  t.end()
})

test('what its broker does not answer for waits until another one is known', (t) => {
  const reading = readingAt(7)
  t.notOk(reading.isAnswered, 'nobody leads it yet')
  reading.leader = 1
  t.ok(reading.isAnswered)
  reading.refuse(6)
  t.same([reading.leader, reading.isAnswered, reading.isPlaced], [undefined, false, true])
  t.end()
})

test('goes on where it stood when the log has the position after all', (t) => {
  const reading = readingFrom(10)
  t.notOk(reading.isPlaced)
  t.same(reading.place({ low: 3, high: 10 }), { goesOn: true })
  t.equal(reading.position, 10)
  t.ok(reading.isPlaced)
  t.end()
})

test('goes on at the oldest record where retention was faster, and says what was lost', (t) => {
  const reading = readingFrom(10)
  t.match(reading.place({ low: 25, high: 40 }), {
    goesOn: false,
    moved: { warning: /orders\/0 .* retention dropped 15 offsets unread/, dropped: 15 },
  })
  t.equal(reading.position, 25)
  t.end()
})

test('begins at the end as of the start, though it is asked for later', (t) => {
  const reading = readingAt('end')
  reading.noteLeader(-1, 4)
  reading.noteLeader(1, 5)
  reading.place({ low: 0, high: 12 })
  t.same([reading.position, reading.lastEpoch], [12, 4])
  t.equal(reading.goBack({ epoch: 3, endOffset: 10 }), 0, 'nothing is read twice')
  t.same([reading.position, reading.lastEpoch], [10, 3])
  t.end()
})

test('goes back to where a new leader has other records, and says how many of those that were read are gone', (t) => {
  const reading = readingAt('end')
  reading.noteLeader(1, 4)
  reading.place({ low: 0, high: 10 })
  reading.moveTo(20, 4)
  reading.noteLeader(2, 6)
  t.equal(reading.goBack({ epoch: 4, endOffset: 17 }), 3)
  t.same([reading.position, reading.lastEpoch], [17, 4])
  t.equal(reading.goBack({ epoch: 4, endOffset: 17 }), undefined, 'which is nothing new')
  t.equal(reading.goBack({ epoch: 3, endOffset: 4 }), 7, 'what lies before the start was not read')
  t.same([reading.position, reading.lastEpoch], [4, 3])
  t.end()
})

test('does not ask again what a broker cannot compare', (t) => {
  const reading = readingFrom(10)
  reading.noteLeader(1, 4)
  reading.moveTo(12, 4)
  reading.refuse(errorCodes.offsetOutOfRange)
  reading.place({ low: 0, high: 20 })
  t.same([reading.position, reading.lastEpoch], [12, -1])
  reading.moveTo(13, 4)
  t.equal(reading.lastEpoch, 4)
  reading.moveTo(14, undefined)
  t.equal(reading.lastEpoch, -1, 'what was skipped was written in no epoch that is known')
  reading.moveTo(15, 4)
  reading.moveTo(16, 5)
  t.equal(reading.lastEpoch, -1, 'no epoch is newer than its leader, whatever bytes say that no checksum covers')
  t.end()
})

test('reads a log that was made anew from its beginning', (t) => {
  const reading = readingFrom(10)
  t.match(reading.place({ low: 0, high: 3 }), { goesOn: false, moved: { warning: /made anew/, dropped: 0 } })
  t.equal(reading.position, 0)
  t.end()
})
