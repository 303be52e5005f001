import { test } from 'tap'
import { Meter } from '#gateway/observe/meter.js'

test('counts each key by itself', async (t) => {
  const counts = new Map<string, number>()
  for (const key of ['a', 'b', 'a']) Meter.count(counts, key)
  t.same(Object.fromEntries(counts), { a: 2, b: 1 })
})
