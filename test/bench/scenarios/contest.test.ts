import { test } from 'tap'
import { answered, goalOf, medianAt, perCpuSecondText } from '../../../bench/scenarios/contest.js'

test('leaves out the goals of what was not measured, as a report could not be read again with them', async (t) => {
  const missing = medianAt([], 'sluice', 'latencyP99Ms')
  const goals = [goalOf('kept', 1, 'at most', 2), goalOf('no figure', missing, 'at most', 2), goalOf('no bound', 1, 'at most', missing)]
  t.same(
    answered(goals).map(({ text }) => text),
    ['kept'],
  )
})

test('says of less CPU time than can be told that it is none to reckon with', async (t) => {
  t.equal(perCpuSecondText(30_000, { user: 0.1, system: 0.05 }), '200 thousand a CPU second')
  for (const count of [0, 30]) t.equal(perCpuSecondText(count, { user: 0, system: 0 }), 'in too little CPU time to be told')
})
