import { test } from 'tap'
import { medianOf, summaryOf } from '../../../bench/report/summary.js'

test('takes the median of the rounds as numbers, not as text', async (t) => {
  t.equal(medianOf([10, 9, 100]), 10)
  t.equal(medianOf([1, 4, 3, 2]), 2.5)
})

test('gives median, least and most of the rounds, and NaN of none', async (t) => {
  t.same(summaryOf({ rounds: [10, 9, 100] }), { median: 10, min: 9, max: 100 })
  t.same(summaryOf({ rounds: [] }), { median: NaN, min: NaN, max: NaN })
})
