import { test } from 'tap'
import { portionsPerSecond, ReadAllowance } from '../../../bench/load/read-allowance.js'

const schedule = { startMs: 1000, eventsPerSecond: 100, burst: 1, events: 101, firstSequence: 1 }
const bytesPerSecond = 2000
const portion = bytesPerSecond / portionsPerSecond

function allowanceAt(nowMs: number): ReadAllowance {
  const allowance = new ReadAllowance(bytesPerSecond)
  allowance.begin(schedule)
  allowance.renew(nowMs)
  return allowance
}

test('gives out portions while a schedule is fed, whatever was not taken of those before', async (t) => {
  const allowance = allowanceAt(1000)
  t.notOk(allowance.renew(1050), 'was not out')
  t.ok(allowance.take(portion - 1))
  t.notOk(allowance.take(1))
  t.ok(allowance.renew(1100))
  t.notOk(allowance.take(portion))
})

test('counts what was read beyond a portion off the next ones', async (t) => {
  const allowance = allowanceAt(1000)
  t.notOk(allowance.take(3 * portion))
  t.notOk(allowance.renew(1050))
  t.notOk(allowance.renew(1100))
  t.ok(allowance.renew(1150))
})

test('lets all be read before the first event is due, and some time after the last one was', async (t) => {
  t.ok(new ReadAllowance(bytesPerSecond).take(1e9))
  t.ok(allowanceAt(999).take(1e9))
  t.notOk(allowanceAt(2000).take(1e9), 'when the last one is due')
  const allowance = allowanceAt(1000)
  t.notOk(allowance.take(1e9))
  t.ok(allowance.renew(3000))
  t.ok(allowance.take(1e9))
})
