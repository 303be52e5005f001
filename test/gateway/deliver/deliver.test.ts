import { Subject } from 'rxjs'
import { test } from 'tap'
import type { AuthorizedBatch } from '#gateway/authorize/authorize.js'
import { EntityUpdate } from '#gateway/authorize/entity-update.js'
import { FrameRoom } from '#gateway/authorize/frame-room.js'
import { Meter } from '#gateway/observe/meter.js'
import { ActorScheduler } from '#gateway/deliver/connection/actor-scheduler.js'
import type { Subscription } from '#gateway/deliver/connection/subscription.js'
import { deliver, type DeliveredBatch } from '#gateway/deliver/deliver.js'
import { emptyBatch } from '../../support/gateway/connection-fixture.js'
import { fakeAudience, fakeEvent } from '../../support/gateway/fake-rights.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

const mask = (event = fakeEvent()) => fakeAudience('order').maskOf(event)

function stage() {
  const clock = new SimulatedClock()
  const scheduler = new ActorScheduler(clock, 1)
  const batches$ = new Subject<AuthorizedBatch<Subscription>>()
  const handedOn: DeliveredBatch[] = []
  batches$.pipe(deliver(scheduler)).subscribe((batch) => handedOn.push(batch))
  const receiver = { deliver: () => scheduler.schedule({ run: () => undefined }) } as unknown as Subscription
  return { clock, batches$, handedOn, receiver }
}

test('hands a batch on when all to whom it was delivered have had their turn, and lets go of its events then', async (t) => {
  const { clock, batches$, handedOn, receiver } = stage()
  const room = new FrameRoom({ frameBytesMax: 10_000, reportBadRecord: () => undefined, meter: new Meter() })
  const update = new EntityUpdate(fakeEvent(), mask(), room)
  batches$.next({ batch: emptyBatch, updates: [{ update, receivers: [receiver, receiver], isUnordered: false }] })
  clock.tick()
  t.same(handedOn, [])
  const anew = update.judgedBy(fakeAudience('order'))
  t.type(anew, EntityUpdate)
  clock.tick()
  t.same(handedOn, [{ batch: emptyBatch, deliveries: 2 }])
  for (const one of [update, anew as EntityUpdate]) t.equal(one.judgedBy(fakeAudience('order')), 'unknown')
})

test('hands a batch of which nobody receives anything on at once', async (t) => {
  const { batches$, handedOn } = stage()
  batches$.next({ batch: emptyBatch, updates: [] })
  t.same(handedOn, [{ batch: emptyBatch, deliveries: 0 }])
})
