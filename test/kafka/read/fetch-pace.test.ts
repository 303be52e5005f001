import { test } from 'tap'
import { eventLoopBusyShare, FetchPace } from '#kafka/read/fetch-pace.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

function fixture(busyShare: number) {
  const clock = new SimulatedClock()
  return { clock, pace: new FetchPace(clock, () => busyShare) }
}

/** After the process has been as busy for a while. */
async function settledWaitMs(busyShare: number): Promise<number> {
  const { clock, pace } = fixture(busyShare)
  for (let i = 0; i < 50; i++) {
    pace.waitMs()
    await clock.advance(1000)
  }
  pace.fetches()
  return pace.waitMs()
}

test('does not wait where the last fetch was long ago', async (t) => {
  const { clock, pace } = fixture(1)
  t.equal(pace.waitMs(), 0)
  pace.fetches()
  await clock.advance(60)
  t.equal(pace.waitMs(), 0)
})

test('waits 15 ms from fetch to fetch while the process has time to spare, less what has passed', async (t) => {
  const { clock, pace } = fixture(0.5)
  pace.fetches()
  await clock.advance(5)
  t.equal(pace.waitMs(), 10)
})

test('waits the longer the busier the process is, up to 38 ms', async (t) => {
  const waits = await Promise.all([0, 0.7, 0.75, 0.8, 0.85, 1].map(settledWaitMs))
  t.same(waits.slice(0, 2), [15, 15])
  t.ok(waits[2]! > 18 && waits[2]! < waits[3]! && waits[3]! < 35, waits.join(', '))
  t.ok(
    waits.slice(4).every((ms) => ms > 35 && ms <= 38),
    waits.join(', '),
  )
})

test('does not jump when the process is busy for a moment', (t) => {
  let share = 0
  const pace = new FetchPace(new SimulatedClock(), () => share)
  pace.fetches()
  share = 1
  pace.waitMs()
  share = 0
  t.equal(pace.waitMs(), 15)
  t.end()
})

test('waits as long as ever where the clock is set back or ahead meanwhile', (t) => {
  for (const jumpMs of [-3_600_000, -45_000, 45_000, 3_600_000]) {
    const { clock, pace } = fixture(0)
    pace.fetches()
    clock.jump(jumpMs)
    t.equal(pace.waitMs(), 15)
  }
  t.end()
})

test('knows how busy the event loop was since it was last asked', async (t) => {
  const busyShare = eventLoopBusyShare()
  // Other tests of this process may keep the loop busy for a while.
  let share = 1
  for (let tries = 0; tries < 100 && share >= 0.9; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    share = busyShare()
  }
  t.ok(share < 0.9, 'it was at rest')
  const untilMs = performance.now() + 20
  while (performance.now() < untilMs);
  t.ok(busyShare() > 0.9)
})
