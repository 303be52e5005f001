import { test } from 'tap'
import { LargeBatches } from '../../src/source/large-batches.js'
import { SimulatedClock } from '../support/simulated-clock.js'

function setUp(bytesMax = 100) {
  const clock = new SimulatedClock()
  const large = new LargeBatches(bytesMax, clock)
  const entered: string[] = []
  const batch = (name: string, mayGiveBack = true) => ({ enter: () => void entered.push(name), giveBack: () => mayGiveBack })
  return { clock, large, entered, batch }
}

test('has room for as many as fit, and for one alone whatever its size', (t) => {
  const { large, batch, entered } = setUp()
  const [one, two, three, huge] = [batch('one'), batch('two'), batch('three'), batch('huge')]
  t.ok(large.ask(one, 60))
  t.ok(large.ask(two, 40))
  t.notOk(large.ask(three, 1))
  t.ok(large.ask(one, 60), 'who has room has it already')
  t.equal(large.openBytes, 100)
  large.leave(two)
  t.same(entered, ['three'])
  t.notOk(large.ask(huge, 500))
  large.leave(three)
  t.same(entered, ['three'], 'not beside another')
  large.leave(one)
  t.same(entered, ['three', 'huge'])
  t.equal(large.openBytes, 500)
  t.end()
})

test('lets nobody overtake who waits for more', (t) => {
  const { large, batch, entered } = setUp()
  const [one, big, small] = [batch('one'), batch('big'), batch('small')]
  t.ok(large.ask(one, 60))
  t.notOk(large.ask(big, 80))
  t.notOk(large.ask(small, 10), 'though it would fit')
  large.leave(one)
  t.same(entered, ['big', 'small'])
  t.end()
})

test('takes room back from who has handed nothing on for a second, where others wait and it can be', async (t) => {
  const { clock, large, batch, entered } = setUp()
  const [stuck, handedOn, busy, next] = [batch('stuck'), batch('handed on', false), batch('busy'), batch('next')]
  for (const one of [stuck, handedOn, busy]) t.ok(large.ask(one, 30))
  await clock.advance(5000)
  t.ok(
    [stuck, handedOn, busy].every((one) => large.has(one)),
    'while nobody waits all stay',
  )
  large.noteUse(busy)
  t.notOk(large.ask(next, 40))
  clock.jump(-3_600_000)
  await clock.advance(500)
  t.same(entered, ['next'])
  t.same(
    [stuck, handedOn, busy, next].map((one) => large.has(one)),
    [false, true, true, true],
  )
})

test('forgets who has left while it waited', (t) => {
  const { large, batch, entered } = setUp()
  const [one, gone, other] = [batch('one'), batch('gone'), batch('other')]
  large.ask(one, 100)
  large.ask(gone, 100)
  large.ask(other, 100)
  large.leave(gone)
  large.leave(one)
  t.same(entered, ['other'])
  t.end()
})
