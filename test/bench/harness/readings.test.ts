import { test } from 'tap'
import { percentileOf } from '../../../bench/harness/readings.js'

test('finds a percentile between the bounds of the bucket that it lies in', async (t) => {
  const buckets = new Map([
    [1, 50],
    [2, 100],
    [5, 100],
    [Infinity, 100],
  ])
  t.equal(percentileOf(buckets, 0.25), 0.5)
  t.equal(percentileOf(buckets, 0.5), 1)
  t.equal(percentileOf(buckets, 0.75), 1.5)
  t.equal(percentileOf(buckets, 1), 2)
})

test('says no more than the last bound of what is beyond it', async (t) => {
  const buckets = new Map([
    [1, 1],
    [Infinity, 100],
  ])
  t.equal(percentileOf(buckets, 0.99), 1)
})
