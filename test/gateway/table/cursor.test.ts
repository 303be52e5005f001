import { test } from 'tap'
import { Cursors, isCursor, isCursorOf } from '#gateway/table/cursor.js'
import { fakeAudience, fakeEvent } from '../../support/gateway/fake-rights.js'
import { fc } from '../../support/running/seeded-properties.js'

const mask = fakeAudience('order').maskOf(fakeEvent())!
const idOf = (digit: string) => digit.repeat(32)
const numberMax = 2 ** 48 - 1

const version = fc.record({
  topic: fc.constantFrom('order', 'order.update'),
  partition: fc.nat(65_535),
  offset: fc.maxSafeNat().map((offset) => offset % numberMax),
  kafkaTimestampMs: fc.maxSafeNat().map((ms) => ms % numberMax),
})

test('every node that knows the topic makes the same cursor and reads what it says; nobody else does', (t) => {
  const [node, other, stranger] = ['a', 'a', 'b'].map((digit) => new Cursors(() => idOf(digit)))
  fc.assert(
    fc.property(version, (one) => {
      const cursor = node!.of(one, mask)
      const [place] = [...other!.places(cursor, one.topic)]
      const [guess] = [...stranger!.places(cursor, one.topic)]
      return isCursor(cursor) && other!.of(one, mask) === cursor && isCursorOf(place!, one) && !isCursorOf(guess!, one)
    }),
  )
  t.end()
})

test('cursors of a topic that was made anew can be read, and none that was made before its id was known', (t) => {
  let id: string | undefined
  const cursors = new Cursors(() => id)
  const one = { topic: 'order', partition: 0, offset: 1, kafkaTimestampMs: 2 }
  const canRead = (cursor: string) => [...cursors.places(cursor, 'order')].some((place) => isCursorOf(place, one))
  const made = [undefined, 'a', 'b'].map((digit) => {
    id = digit && idOf(digit)
    return cursors.of(one, mask)
  })
  t.same(made.map(canRead), [false, true, true])
  for (let n = 0; n < 20; n++) {
    id = String(n).padStart(32, '0')
    canRead(made[2]!)
  }
  t.equal(canRead(made[2]!), false, 'so many topics of one name are not remembered')
  t.end()
})
