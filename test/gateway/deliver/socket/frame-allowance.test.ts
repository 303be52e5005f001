import { test } from 'tap'
import { FrameAllowance } from '#gateway/deliver/socket/frame-allowance.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

function taken(allowance: FrameAllowance): number {
  let frames = 0
  while (allowance.spend(0)) frames++
  return frames
}

test('allows a burst of a second, and refills evenly', async (t) => {
  const clock = new SimulatedClock()
  const allowance = new FrameAllowance(10, clock)
  t.equal(taken(allowance), 10)
  await clock.advance(99)
  t.equal(taken(allowance), 0)
  await clock.advance(1)
  t.equal(taken(allowance), 1)
  await clock.advance(500)
  t.equal(taken(allowance), 5)
  await clock.advance(60_000)
  t.equal(taken(allowance), 10, 'what is not used is not saved up')
})

test('refills by the time that has passed, whatever the clock is set to', async (t) => {
  const clock = new SimulatedClock()
  const allowance = new FrameAllowance(10, clock)
  t.equal(taken(allowance), 10)
  clock.jump(-3_600_000)
  await clock.advance(500)
  t.equal(taken(allowance), 5)
  clock.jump(7_200_000)
  t.equal(taken(allowance), 0)
})

test('counts a large frame as several, but allows one of any size in a second', async (t) => {
  const clock = new SimulatedClock()
  const allowance = new FrameAllowance(10, clock)
  t.ok(allowance.spend(127))
  t.ok(allowance.spend(128))
  t.equal(taken(allowance), 7)
  await clock.advance(1000)
  t.ok(allowance.spend(1_000_000))
  t.notOk(allowance.spend(0))
  await clock.advance(900)
  t.notOk(allowance.spend(1_000_000))
  await clock.advance(100)
  t.ok(allowance.spend(1_000_000))
})
