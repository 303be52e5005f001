import { test } from 'tap'
import { isDeeperThan } from '#text/json-depth.js'

test('counts the lists and objects around a value, and reads no deeper than it is asked', async (t) => {
  for (const flat of [1, null, 'x']) t.notOk(isDeeperThan(0, flat))
  for (const one of [[], {}, [1], { a: 1 }]) t.same([isDeeperThan(0, one), isDeeperThan(1, one)], [true, false], JSON.stringify(one))
  const nested: unknown = JSON.parse(`[1,${'{"a":['.repeat(100_000)}${']}'.repeat(100_000)}]`)
  t.ok(isDeeperThan(32, nested))
})
