import { test } from 'tap'
import { KafkaPulse } from '#kafka/kafka-pulse.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

function beating() {
  const clock = new SimulatedClock()
  return { clock, pulse: new KafkaPulse(clock) }
}

test('Kafka is not up before it has answered, after a failure, and where a reader does not get on', async (t) => {
  const { clock, pulse } = beating()
  t.same([pulse.isUp(), pulse.ageMs()], [false, undefined])
  pulse.heard()
  pulse.begins()
  t.same([pulse.isUp(), pulse.ageMs()], [true, 0])
  await clock.advance(7_999)
  t.equal(pulse.isUp(), true, 'a group may be held up that is joined for the first time')
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
    t.equal(pulse.isUp(), ms < 6_400, `${ms} ms`)
  }
  pulse.answered(2)
  t.equal(pulse.isUp(), true, 'it is back')
})

test('a broker that nobody asks any more does not matter, nor do those of the reader before', async (t) => {
  const { clock, pulse } = beating()
  pulse.asked(2)
  for (let ms = 0; ms <= 30_000; ms += 400) {
    pulse.asked(1)
    pulse.answered(1)
    await clock.advance(400)
  }
  t.equal(pulse.isUp(), true)
  pulse.asked(3)
  await clock.advance(3_000)
  pulse.heard()
  t.equal(pulse.isUp(), false)
  pulse.begins()
  t.equal(pulse.isUp(), true)
})
