import { test } from 'tap'
import { feedTo } from '../../../bench/feed/paced.js'
import { monotonicMs } from '../../../bench/harness/monotonic.js'

const popularity = { kind: 'in-turn', entities: 2, run: 1 } as const

function scheduleOf(events: number) {
  return { startMs: monotonicMs() + 5, eventsPerSecond: 1000, burst: 1, events, firstSequence: 1_000_000_000 }
}

test('feeds every event once, none before its time, and keeps the account', async (t) => {
  const schedule = scheduleOf(50)
  const taken: number[] = []
  const target = {
    take: (_entity: number, sequence: number) => void taken.push(sequence),
    send: (dueMs: number) => (t.ok(monotonicMs() >= dueMs), undefined),
  }
  const { counts } = await feedTo(target, { schedule, popularity })
  t.same(
    taken,
    Array.from({ length: 50 }, (_none, nth) => schedule.firstSequence + nth),
  )
  t.same([...counts], [25, 25])
})

test('takes no CPU time for waiting where its process is measured', async (t) => {
  const before = process.cpuUsage()
  const target = { isMeasured: true, take: () => undefined, send: () => undefined }
  await feedTo(target, { schedule: scheduleOf(500), popularity })
  const { user, system } = process.cpuUsage(before)
  t.ok(user + system < 250_000, `it took ${(user + system) / 1000} ms of 500`)
})

test('lingers between two sendings, and sends together what comes due meanwhile', async (t) => {
  const schedule = scheduleOf(100)
  const sentMs: number[] = []
  const target = { lingerMs: 20, take: () => undefined, send: () => void sentMs.push(monotonicMs()) }
  const { events } = await feedTo(target, { schedule, popularity })
  t.equal(events, 100)
  t.ok(sentMs.length < 10, `${sentMs.length} sendings in 100 ms`)
  // From the start on, as what is held up in one sending is not between it and the next.
  for (const [nth, ms] of sentMs.entries()) t.ok(ms - schedule.startMs >= nth * 20, `sending ${nth} after ${ms - schedule.startMs} ms`)
})
