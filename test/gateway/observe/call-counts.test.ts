import { test } from 'tap'
import { CallCounts } from '#gateway/observe/call-counts.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

test('counts what is asked and what fails, with the time until there is an answer', async (t) => {
  const clock = new SimulatedClock()
  const calls = new CallCounts(clock)
  let answer!: (value: number) => void
  const asked = calls.count(new Promise<number>((resolve) => (answer = resolve)))
  await clock.advance(30)
  t.same([calls.requests, calls.failures, calls.latency.samples('x').at(-1)], [1, 0, 'x_count 0'], 'it is on its way')
  answer(7)
  t.equal(await asked, 7)
  await t.rejects(calls.count(Promise.reject(new Error('away'))), /away/)
  await t.rejects(
    calls.count(Promise.reject(new Error('unknown')), () => false),
    /unknown/,
  )
  t.same([calls.requests, calls.failures], [3, 1])
  t.same(calls.latency.samples('x').slice(-2), ['x_sum 0.03', 'x_count 3'])
})
