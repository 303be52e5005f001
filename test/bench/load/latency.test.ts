import { test } from 'tap'
import { LatencyRecorder, latencyOf } from '../../../bench/load/latency.js'

/** One event every 100 ms. */
const schedule = { startMs: 1000, eventsPerSecond: 10, burst: 1, events: 20, firstSequence: 0 }

/** Of events by their sequence number, each with its latency in milliseconds. */
function encodedOf(...latencies: readonly (readonly [sequence: number, ms: number])[]): string[] {
  const recorder = new LatencyRecorder()
  recorder.begin(schedule)
  for (const [sequence, ms] of latencies) {
    const nowMs = schedule.startMs + sequence * 100 + ms
    recorder.note(sequence, nowMs)
    recorder.flush(nowMs)
  }
  return recorder.encoded()
}

test('counts each delivery to the half second in which its event was due, and none where nothing arrived', async (t) => {
  const { halfSecondP99s } = latencyOf([encodedOf([0, 20], [4, 900], [11, 30])])
  t.match(
    halfSecondP99s.map((ms) => ms && Math.round(ms)),
    [900, undefined, 30],
  )
})

test('adds the clients of all processes up, in each half second and in all', async (t) => {
  const { halfSecondP99s, p50, max } = latencyOf([encodedOf([0, 20], [1, 20]), encodedOf([0, 400], [6, 50]), encodedOf()])
  t.match(
    halfSecondP99s.map((ms) => ms && Math.round(ms)),
    [400, 50],
  )
  t.same([p50, max].map(Math.round), [20, 400])
})

test('forgets what was before it begins anew', async (t) => {
  const recorder = new LatencyRecorder()
  recorder.begin(schedule)
  recorder.note(0, 1020)
  recorder.begin(schedule)
  recorder.flush(1020)
  t.same(recorder.encoded(), [])
})
