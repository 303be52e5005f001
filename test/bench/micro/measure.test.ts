import { test } from 'tap'
import { measureCases } from '../../../bench/micro/measure.js'
import { wayOf, type MicroCase } from '../../../bench/micro/micro-case.js'

const budget = { warmUpMs: 1, measureMs: 5, plainFirst: false }
const reading = { weigh: (answer: number) => answer }

/** Adds up numbers, so many for each answer. */
function adding(numbers: number) {
  return wayOf(
    4,
    (input) => {
      let sum = input
      for (let nth = 0; nth < numbers; nth++) sum = (Math.imul(sum, 31) + nth) | 0
      return sum
    },
    reading,
  )
}

const same: MicroCase = { name: 'sums', inputs: 4, operations: 10, sluice: adding(1000), plain: adding(1000) }

test('measures both ways of each case by what an operation takes', async (t) => {
  const [ours, plain] = measureCases([same], budget)
  t.match(ours, { caseName: 'sums', contender: 'sluice' })
  t.match(plain, { caseName: 'sums', contender: 'plain' })
  // A thousand steps for ten operations: some 100 ns; a microsecond would be a mistake of units.
  t.ok(ours!.nanosecondsPerOperation > 10 && ours!.nanosecondsPerOperation < 10_000, String(ours!.nanosecondsPerOperation))
})

test('says which way comes first in a round', async (t) => {
  const contenders = measureCases([same], { ...budget, plainFirst: true }).map(({ contender }) => contender)
  t.same(contenders, ['plain', 'sluice'])
})

test('finds more work to take longer', async (t) => {
  const more: MicroCase = { ...same, name: 'more sums', plain: adding(1000), sluice: adding(1000) }
  const [little] = measureCases([{ ...same, operations: 1 }], budget)
  const [much] = measureCases([{ ...more, operations: 1, sluice: adding(100_000), plain: adding(100_000) }], budget)
  t.ok(much!.nanosecondsPerOperation > 10 * little!.nanosecondsPerOperation)
})

test('measures nothing where the two ways answer differently', async (t) => {
  t.throws(() => measureCases([{ ...same, plain: adding(999) }], budget), {
    name: 'TrialFailure',
    message: /^sums: the answers to input 0 differ/,
  })
})

test('counts nothing of a way whose answers change while it is measured', async (t) => {
  let answers = 0
  const drifting = { answerAll: () => answers++, answerTo: () => 0 }
  const still = { answerAll: () => 0, answerTo: () => 0 }
  t.throws(() => measureCases([{ ...same, plain: still, sluice: drifting }], budget), { name: 'TrialFailure', message: /change while/ })
})
