import { test } from 'tap'
import { ceiling, naive, socketIo, ws } from '../../../bench/contenders/contenders.js'
import { sluice } from '../../../bench/contenders/sluice.js'
import { answered, goalOf, medianAt, perCpuSecondText, onceEach, rateFor } from '../../../bench/scenarios/contest.js'

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

test('feeds those that write every frame by itself a tenth, as nothing is learnt of one that is overloaded', async (t) => {
  for (const contender of [sluice, ceiling]) t.equal(rateFor(contender, 300), 300, contender.name)
  for (const contender of [naive, ws, socketIo]) t.equal(rateFor(contender, 300), 30, contender.name)
})

test('feeds each entity one event, so that the sum of its numbers is the number of its version', async (t) => {
  const { popularity, eventsPerSecond, seconds, burst } = onceEach(10_000)
  t.same([popularity, eventsPerSecond * seconds, burst], [{ kind: 'in-turn', entities: 10_000, run: 1 }, 10_000, 1])
})
