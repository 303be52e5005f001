import { test } from 'tap'
import { growthOf } from '../../../bench/scenarios/soak.js'

const over = (bytes: readonly number[]) => bytes.map((value, index) => [index, value] as const)

test('says how much memory has grown since it had settled', async (t) => {
  t.equal(growthOf(over([10, 90, 100, 100, 100, 100, 100, 100, 100, 100])), 1)
  t.equal(growthOf(over([10, 90, 100, 100, 100, 100, 100, 100, 150, 150])), 1.5)
})
