import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'tap'
import { monotonicMs } from '../../../bench/harness/monotonic.js'
import { Standstills } from '../../../bench/timeline/standstills.js'

function busyFor(ms: number): void {
  const until = monotonicMs() + ms
  while (monotonicMs() < until);
}

test('notes when the event loop stood still, and for how long', async (t) => {
  const standstills = new Standstills()
  const beganMs = monotonicMs()
  standstills.begin()
  busyFor(200)
  const untilMs = monotonicMs()
  await pause(100)
  const across = (await standstills.end()).find(({ fromMs, ms }) => fromMs < untilMs && fromMs + ms >= untilMs)
  t.match(across, { what: 'event loop' })
  t.ok(across!.ms >= 150 && across!.fromMs > beganMs, 'from the look that did not come on')
})

test('notes collections by their kind, until it is ended and no longer', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const kept = Array.from({ length: 1_000_000 }, (_none, nth) => ({ nth }))
  const standstills = new Standstills()
  standstills.begin()
  collect()
  const found = await standstills.end()
  t.ok(
    found.some(({ what, ms }) => what === 'mark-compact' && ms > 0),
    `of ${kept.length} objects`,
  )
  const before = found.length
  collect()
  t.equal((await standstills.end()).length, before, 'it is ended')
  standstills.begin()
  t.same(await standstills.end(), [], 'what was before is forgotten')
})
