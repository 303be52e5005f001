import { test } from 'tap'
import { Cursors } from '#gateway/table/cursor.js'
import type { Receiver } from '#gateway/authorize/authorize.js'
import { EntityUpdate } from '#gateway/authorize/entity-update.js'
import { FrameRoom } from '#gateway/authorize/frame-room.js'
import { ActorScheduler } from '#gateway/deliver/connection/actor-scheduler.js'
import { Delivery } from '#gateway/deliver/deliver.js'
import { Meter } from '#gateway/observe/meter.js'
import { TypeMeters } from '#gateway/observe/type-meters.js'
import { fakeAudience, fakeEvent } from '../../support/gateway/fake-rights.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

function stage() {
  const clock = new SimulatedClock()
  const scheduler = new ActorScheduler(clock, 1)
  const receiver = { deliver: () => scheduler.schedule({ run: () => undefined }) } as unknown as Receiver
  return { clock, delivery: new Delivery(scheduler, new TypeMeters()), receiver, done: [] as number[] }
}

test('a batch is out when all to whom it was delivered have had their turn, and its events are let go then', async (t) => {
  const { clock, delivery, receiver, done } = stage()
  const room = new FrameRoom({
    frameBytesMax: 10_000,
    reportBadRecord: () => undefined,
    meter: new Meter(),
    cursors: new Cursors(() => undefined),
  })
  const event = fakeEvent()
  const update = new EntityUpdate(event, fakeAudience('order').maskOf(event), room)
  delivery.deliver({ update, receivers: [receiver, receiver], isUnordered: false })
  delivery.whenOut((deliveries) => void done.push(deliveries))
  clock.tick()
  t.same(done, [])
  const anew = update.judgedBy(fakeAudience('order'))
  t.type(anew, EntityUpdate)
  clock.tick()
  t.same(done, [2])
  for (const one of [update, anew as EntityUpdate]) t.equal(one.judgedBy(fakeAudience('order')), 'unknown')
})

test('a batch of which nobody receives anything is out at once', async (t) => {
  const { delivery, done } = stage()
  delivery.whenOut((deliveries) => void done.push(deliveries))
  t.same(done, [0])
})
