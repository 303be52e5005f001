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

test('a field that is added is registered, written from then on, and no other has its name', async (t) => {
  const clock = new SimulatedClock()
  const { writers, registry } = embeddedFrom('schemas', clock, () => 0.5)
  const before = await registry.versionsOf('order.create-value')
  t.equal(writers.addField('order'), 'gift_message')
  t.equal((await registry.versionsOf('order.create-value')).length, before.length + 1)
  const newest = writers.entityOf('order').record.fields.at(-1)
  t.equal(newest?.name, 'gift_message')
  t.same([writers.addField('order'), writers.addField('order')], ['coupon', 'referrer'])
  t.throws(() => writers.addField('order'), { name: 'ConfigurationError', message: /no more fields/ })
  t.throws(() => writers.addField('none'), { name: 'ConfigurationError', message: 'The shop has no none.' })
  t.equal(writers.addField('parcel'), 'gift_message')
})
