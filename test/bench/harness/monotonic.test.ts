import { test } from 'tap'
import { closestOffset, monotonicMs } from '../../../bench/harness/monotonic.js'

test('is on the shared clock though the process was held up while the two were read for the first time', async (t) => {
  let [nowMs, readings] = [5000, 0]
  const shared = () => nowMs
  const own = () => {
    nowMs += readings++ === 0 ? 20 : 0
    return nowMs - 4000
  }
  t.equal(closestOffset(shared, own), 4000)
})

test('goes on as time does', async (t) => {
  const before = monotonicMs()
  await new Promise((resolve) => setTimeout(resolve, 5))
  t.ok(monotonicMs() - before > 4)
})
