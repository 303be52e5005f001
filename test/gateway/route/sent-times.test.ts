import { test } from 'tap'
import { SentTimes } from '#gateway/route/sent-times.js'

test('knows the newest time of each type, in whatever order they come', (t) => {
  const times = new SentTimes()
  t.same(times.all(), [])
  t.equal(times.newestMs('order'), -Infinity)
  for (const [type, ms] of [
    ['order', 5],
    ['parcel', 9],
    ['order', 3],
    ['parcel', 10],
    ['order', 7],
  ] as const)
    times.noteSent(type, ms)
  t.equal(times.newestMs('order'), 7)
  t.equal(times.newestMs('parcel'), 10)
  t.equal(times.newestMs('invoice'), -Infinity)
  const other = new SentTimes()
  other.noteAll(times.all())
  t.same(other.all(), times.all())
  t.end()
})
