import { test } from 'tap'
import { Heartbeat } from '#gateway/deliver/socket/ws/heartbeat.js'
import { SimulatedClock } from '../../../../support/running/simulated-clock.js'

class Patient {
  quietFor = 0
  readonly pingedAtMs: number[] = []
  closedAtMs: number | undefined

  constructor(
    private readonly clock: SimulatedClock,
    private readonly answers = false,
  ) {}

  ping(): void {
    this.pingedAtMs.push(this.clock.monotonicMs())
    if (this.answers) this.quietFor = 0
  }

  close(): void {
    this.closedAtMs = this.clock.monotonicMs()
  }
}

test('cuts off who says nothing within the timeout, a third of it after a ping, and keeps who answers', async (t) => {
  const clock = new SimulatedClock()
  const heartbeat = new Heartbeat<Patient>(30, clock)
  const startedAt = clock.monotonicMs()
  const silent = Array.from({ length: 200 }, () => new Patient(clock))
  const answering = Array.from({ length: 200 }, () => new Patient(clock, true))
  for (const one of [...silent, ...answering]) heartbeat.watch(one)
  await clock.advance(120_000)
  for (const { pingedAtMs, closedAtMs } of silent) {
    t.equal(pingedAtMs.length, 1)
    const [closedMs, answerMs] = [closedAtMs! - startedAt, closedAtMs! - pingedAtMs[0]!]
    t.ok(closedMs >= 20_000 && closedMs <= 30_001 && Math.abs(answerMs - 10_000) < 1, `closed after ${closedMs} ms`)
  }
  t.ok(answering.every(({ closedAtMs, pingedAtMs }) => closedAtMs === undefined && pingedAtMs.length >= 5))
  const atOnce = new Map<number, number>()
  for (const { pingedAtMs } of silent) atOnce.set(pingedAtMs[0]!, (atOnce.get(pingedAtMs[0]!) ?? 0) + 1)
  t.ok(Math.max(...atOnce.values()) <= 4, 'pings are spread')
})

test('leaves in peace who is watched no more, and everybody where there is no timeout or it has stopped', async (t) => {
  const clock = new SimulatedClock()
  const heartbeat = new Heartbeat<Patient>(30, clock)
  const [gone, left, never] = [new Patient(clock), new Patient(clock), new Patient(clock)]
  const forget = heartbeat.watch(gone)
  heartbeat.watch(left)
  new Heartbeat<Patient>(0, clock).watch(never)
  forget()
  forget()
  await clock.advance(9_000)
  heartbeat.stop()
  await clock.advance(120_000)
  t.same(
    [gone, left, never].map(({ pingedAtMs, closedAtMs }) => [pingedAtMs.length, closedAtMs]),
    [
      [0, undefined],
      [0, undefined],
      [0, undefined],
    ],
  )
})
