import { test } from 'tap'
import { assertSameAnswers } from '../../../bench/micro/measure.js'
import { questions } from '../../../bench/micro/questions.js'

for (const { name, cases } of questions) {
  test(`asks about ${name} what both ways answer alike`, async (t) => {
    for (const one of await cases()) t.doesNotThrow(() => assertSameAnswers(one), one.name)
  })
}

test('answers every case with what depends on the input, where inputs differ', async (t) => {
  const differing = [
    '12 of 12 fields',
    'the entity id alone',
    'three fields',
    'own rows, of 1000 subscribers',
    'one client',
    'an order of 12 fields',
    'in frames of 10',
  ]
  const known = (await Promise.all(questions.map(async ({ cases }) => cases()))).flat()
  for (const name of differing) {
    const { inputs, sluice } = known.find((one) => one.name === name)!
    const answers = Array.from({ length: inputs }, (_none, input) => JSON.stringify(sluice.answerTo(input)))
    t.ok(new Set(answers).size > 1, name)
  }
})
