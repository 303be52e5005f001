import { test } from 'tap'
import type { Clock } from '#clock.js'
import { topicsOf } from '#entities.js'
import { embeddedFrom } from '#sample/embedded.js'
import { randomFrom } from '../support/gateway/simulated-world.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

test('what the shop publishes in two minutes fits the sample schemas, as a service would have to write it', async (t) => {
  const clock: Clock & SimulatedClock = new SimulatedClock()
  const { entities, topics, shop } = embeddedFrom('schemas', clock, randomFrom(1))
  shop.open()
  await clock.advance(120_000)
  shop.close()
  for (const { topic } of entities.flatMap(topicsOf)) {
    const records = [0, 1, 2, 3].flatMap((partition) => topics.read(topic, partition, 0).records)
    t.equal(records.length > 0, topic !== 'customer.delete', topic)
  }
})
