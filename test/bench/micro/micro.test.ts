import { test } from 'tap'
import { measureMicro } from '../../../bench/micro/micro.js'
import { questions } from '../../../bench/micro/questions.js'

test('reports each case of the questions asked, with a figure a round for either way', async (t) => {
  const asked = questions.filter(({ name }) => name === 'mailbox')
  const told: string[] = []
  const result = await measureMicro({ questions: asked, rounds: 2, warmUpMs: 1, measureMs: 1, progress: (text) => told.push(text) })
  t.same(told, ['round 1 of 2: mailbox', 'round 2 of 2: mailbox'])
  t.equal(result.scenario, 'micro')
  t.same(
    new Set(result.rows.map(({ contender, at }) => `${contender}: ${at['case'] ?? ''}`)),
    new Set(['one waits', '100 wait', '4000 wait'].flatMap((name) => [`sluice: mailbox, ${name}`, `plain: mailbox, ${name}`])),
  )
  for (const { figures } of result.rows) {
    t.match(figures['nanosecondsPerOperation'], { unit: 'ns', better: 'lower' })
    t.equal(figures['nanosecondsPerOperation']!.rounds.filter((value) => value > 0).length, 2)
  }
})
