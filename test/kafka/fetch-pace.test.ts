import { test } from 'tap'
import { eventLoopBusyShare, FetchPace } from '#kafka/fetch-pace.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

function fixture(busyShare: number) {
  const clock = new SimulatedClock()
  return { clock, pace: new FetchPace(clock, () => busyShare) }
}

/** How long the next pause is, in milliseconds; 0 for none. */
async function pauseMs(pace: FetchPace, clock: SimulatedClock): Promise<number> {
  const pause = pace.pause()
  if (pause === undefined) return 0
  const startMs = clock.monotonicMs()
  let endMs: number | undefined
  void pause.then(() => (endMs = clock.monotonicMs()))
  await clock.advance(1000)
  return endMs! - startMs
}

/** After the process has been as busy for a while. */
async function settledPauseMs(busyShare: number): Promise<number> {
  const { clock, pace } = fixture(busyShare)
  for (let i = 0; i < 50; i++) {
    void pace.pause()
    await clock.advance(1000)
  }
  void pace.pause()
  return await pauseMs(pace, clock)
}

test('does not wait where the last fetch was long ago', async (t) => {
  const { clock, pace } = fixture(1)
  t.equal(pace.pause(), undefined)
  await clock.advance(60)
  t.equal(pace.pause(), undefined)
})

test('waits 15 ms from fetch to fetch while the process has time to spare, less what has passed', async (t) => {
  const { clock, pace } = fixture(0.5)
  void pace.pause()
  await clock.advance(5)
  t.equal(await pauseMs(pace, clock), 10)
})

test('waits the longer the busier the process is, up to 38 ms', async (t) => {
  const pauses = await Promise.all([0, 0.7, 0.75, 0.8, 0.85, 1].map(settledPauseMs))
  t.same(pauses.slice(0, 2), [15, 15])
  t.ok(pauses[2]! > 18 && pauses[2]! < pauses[3]! && pauses[3]! < 35, pauses.join(', '))
  t.ok(
    pauses.slice(4).every((ms) => ms > 35 && ms <= 38),
    pauses.join(', '),
  )
})

test('does not jump when the process is busy for a moment', async (t) => {
  let share = 0
  const clock = new SimulatedClock()
  const pace = new FetchPace(clock, () => share)
  void pace.pause()
  share = 1
  t.equal(await pauseMs(pace, clock), 15)
})

test('waits as long as ever where the clock is set back or ahead meanwhile', async (t) => {
  for (const jumpMs of [-3_600_000, -45_000, 45_000, 3_600_000]) {
    const { clock, pace } = fixture(0)
    void pace.pause()
    clock.jump(jumpMs)
    t.equal(await pauseMs(pace, clock), 15)
  }
})

test('makes one pause for all partitions of an answer', (t) => {
  const { pace } = fixture(0)
  void pace.pause()
  t.equal(pace.pause(), pace.pause())
  t.end()
})

test('ends the pause when of one partition there is more already, and counts the next from there', async (t) => {
  const { clock, pace } = fixture(0)
  void pace.pause()
  const pause = pace.pause()!
  await clock.advance(4)
  pace.hurry()
  await pause
  t.equal(await pauseMs(pace, clock), 15)
  pace.hurry()
  t.equal(pace.pause(), undefined, 'where nobody waits there is nothing to end')
})

test('knows how busy the event loop was since it was last asked', async (t) => {
  const busyShare = eventLoopBusyShare()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.ok(busyShare() < 0.9)
  const untilMs = performance.now() + 20
  while (performance.now() < untilMs);
  t.ok(busyShare() > 0.9)
})
