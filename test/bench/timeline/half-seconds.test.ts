import { test } from 'tap'
import { halfSecondOf, halfSecondsOf, type Watched } from '../../../bench/timeline/half-seconds.js'

const startMs = 10_000

function watchedWith(more: Partial<Watched>): Watched {
  return { startMs, latencyMs: [20, 20], late: [], acknowledged: [], stages: [], standstills: new Map(), ...more }
}

test('knows the half second in which something was due', async (t) => {
  t.same(
    [9999, 10_000, 10_499, 10_500, 11_000].map((dueMs) => halfSecondOf({ startMs }, dueMs)),
    [0, 0, 0, 1, 2],
  )
})

test('puts each portion into the half second in which it was due, however late it left', async (t) => {
  const late = [
    { dueMs: startMs + 499, ms: 300, events: 10 },
    { dueMs: startMs + 500, ms: 2, events: 10 },
  ]
  const acknowledged = [{ dueMs: startMs + 100, ms: 7, events: 10 }]
  const [first, second] = halfSecondsOf(watchedWith({ late, acknowledged }))
  t.match(first, { seconds: 0, leftMs: 300, acknowledgedMs: 7 })
  t.match(second, { seconds: 0.5, leftMs: 2, acknowledgedMs: 0 })
})

test('counts what stood still until the last events of a half second had arrived, and nothing before or after', async (t) => {
  const at = (fromMs: number, ms: number) => ({ what: 'scavenge', fromMs: startMs + fromMs, ms })
  const standstills = new Map([
    ['server', [at(-30, 20), at(480, 30), at(690, 5), at(1250, 9)]],
    ['clients', [at(-10, 20)]],
  ])
  const [first, second] = halfSecondsOf(watchedWith({ latencyMs: [200, 100], standstills }))
  t.same(
    first!.standstills,
    new Map([
      ['server: scavenge', 35],
      ['clients: scavenge', 10 + 10],
    ]),
  )
  t.same(second!.standstills, new Map([['server: scavenge', 35]]))
})

test('says the worst of the stages that were counted meanwhile, and nothing of a server that counts none', async (t) => {
  const stage = (fromMs: number, readMs: number) => ({
    fromMs: startMs + fromMs,
    untilMs: startMs + fromMs + 500,
    readMs,
    writeMs: readMs + 1,
  })
  const [first, second] = halfSecondsOf(watchedWith({ stages: [stage(-600, 900), stage(-100, 10), stage(400, 80), stage(900, 30)] }))
  t.match(first, { readMs: 80, writeMs: 81 })
  t.match(second, { readMs: 80, writeMs: 81 })
  t.match(halfSecondsOf(watchedWith({}))[0], { readMs: undefined, writeMs: undefined })
})

test('leaves out half seconds of which nothing has arrived', async (t) => {
  t.same(
    halfSecondsOf(watchedWith({ latencyMs: [20, undefined, 30] })).map(({ seconds }) => seconds),
    [0, 1],
  )
})
