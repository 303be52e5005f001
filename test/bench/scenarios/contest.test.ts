import { test } from 'tap'
import { answered, goalOf, medianAt } from '../../../bench/scenarios/contest.js'

test('leaves out the goals of what was not measured, as a report could not be read again with them', async (t) => {
  const missing = medianAt([], 'sluice', 'latencyP99Ms')
  const goals = [goalOf('kept', 1, 'at most', 2), goalOf('no figure', missing, 'at most', 2), goalOf('no bound', 1, 'at most', missing)]
  t.same(
    answered(goals).map(({ text }) => text),
    ['kept'],
  )
})
