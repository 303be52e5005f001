import { test } from 'tap'
import { firstAnswer } from '#kafka/first-answer.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

const patienceMs = 500

/** Asks several, each of which answers when it is told to. */
function asking(count: number) {
  const clock = new SimulatedClock()
  const ends: { answer: (value: string) => void; fail: (error: Error) => void }[] = []
  const asks = Array.from({ length: count }, () => () => new Promise<string>((answer, fail) => ends.push({ answer, fail })))
  return { clock, ends, first: firstAnswer(asks, patienceMs, clock) }
}

test('asks nobody else where the first one answers soon', async (t) => {
  const { clock, ends, first } = asking(2)
  await clock.advance(patienceMs - 1)
  ends[0]!.answer('first')
  t.equal(await first, 'first')
  await clock.advance(patienceMs)
  t.equal(ends.length, 1)
})

test('asks the next one as soon as one fails, and a little later where one hangs', async (t) => {
  const { clock, ends, first } = asking(3)
  ends[0]!.fail(new Error('dead'))
  await clock.settle()
  t.equal(ends.length, 2)
  await clock.advance(patienceMs)
  t.equal(ends.length, 3)
  ends[2]!.answer('third')
  t.equal(await first, 'third')
})

test('takes a late answer of one that was thought to hang, at once', async (t) => {
  const { clock, ends, first } = asking(3)
  await clock.advance(patienceMs)
  ends[0]!.answer('late')
  t.equal(await first, 'late')
  await clock.advance(patienceMs)
  t.equal(ends.length, 2)
  ends[1]!.fail(new Error('of which nobody hears'))
})

test('says of each why it did not answer where none does', async (t) => {
  const { clock, ends, first } = asking(2)
  await clock.advance(2 * patienceMs)
  ends[1]!.fail(new Error('two'))
  ends[0]!.fail(new Error('one'))
  await t.rejects(first, { errors: [{ message: 'one' }, { message: 'two' }] })
})
