import { test } from 'tap'
import { KafkaPulse } from '#kafka/kafka-pulse.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

function beating() {
  const clock = new SimulatedClock()
  return { clock, pulse: new KafkaPulse(clock) }
}

test('Kafka is not up before it has answered, after a failure, and where nothing is heard any more', async (t) => {
  const { clock, pulse } = beating()
  t.same([pulse.isUp(), pulse.ageMs()], [false, undefined])
  pulse.heard()
  t.same([pulse.isUp(), pulse.ageMs()], [true, 0])
  await clock.advance(7_999)
  t.equal(pulse.isUp(), true, 'brokers are asked for their topics every 5 s')
  await clock.advance(1)
  t.same([pulse.isUp(), pulse.ageMs()], [false, 8_000])
  pulse.heard()
  t.equal(pulse.isUp(), true)
  pulse.failed()
  t.equal(pulse.isUp(), false)
})

test('a broker that does not answer its fetches is seen within seconds, however often it is asked, and though others answer', async (t) => {
  const { clock, pulse } = beating()
  pulse.heard()
  for (let ms = 0; ms < 10_000; ms += 400) {
    for (const broker of [1, 2]) pulse.asked(broker)
    pulse.answered(1)
    if (ms < 4_000) pulse.answered(2)
    await clock.advance(400)
    t.equal(pulse.isUp(), ms < 6_800, `${ms} ms`)
  }
  pulse.answered(2)
  t.equal(pulse.isUp(), true, 'it is back')
})

test('a broker of which all is held up is not asked, and is up', async (t) => {
  const { clock, pulse } = beating()
  pulse.asked(1)
  pulse.answered(1)
  await clock.advance(5_000)
  pulse.heard()
  t.equal(pulse.isUp(), true)
})

test('a broker that is lost is told once, until it answers or is not read from any more', (t) => {
  const { pulse } = beating()
  pulse.heard()
  t.same([pulse.lost(2), pulse.lost(2)], [true, false])
  t.same([pulse.isUp(), pulse.lostBrokers], [false, [2]])
  pulse.answered(2)
  t.same([pulse.isUp(), pulse.lostBrokers], [true, []])
  pulse.lost(2)
  pulse.readsFrom(new Set([1, 2]))
  t.same([pulse.isUp(), pulse.isAllLost], [false, false])
  pulse.lost(1)
  t.equal(pulse.isAllLost, true)
  pulse.answered(1)
  pulse.readsFrom(new Set([1]))
  t.same([pulse.isUp(), pulse.lostBrokers], [true, []])
  t.end()
})

test('a broker that is not read from any more owes no answer', async (t) => {
  const { clock, pulse } = beating()
  pulse.asked(3)
  await clock.advance(3_000)
  pulse.heard()
  t.equal(pulse.isUp(), false)
  pulse.readsFrom(new Set([1]))
  t.equal(pulse.isUp(), true)
})
