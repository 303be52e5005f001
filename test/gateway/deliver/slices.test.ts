import { test } from 'tap'
import { Slices } from '#gateway/deliver/slices.js'
import { StatefulGateway, type StatefulClient } from '../../support/gateway/stateful-gateway.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

test('takes some steps in each tick, says when all are taken, and takes none behind a cancellation', (t) => {
  const clock = new SimulatedClock()
  let [steps, ends] = [0, 0]
  const counting = function* () {
    for (let n = 0; n < 500; n++) yield ++steps
  }
  new Slices(counting(), clock, { done: () => ends++ }).start()
  const taken = [steps]
  for (let ticks = 0; ticks < 3; ticks++) {
    clock.tick()
    taken.push(steps)
  }
  t.same(taken, [200, 400, 500, 500])
  t.equal(ends, 1)
  const cancelled = new Slices(counting(), clock, { done: () => ends++ }).start()
  cancelled.cancel()
  clock.tick()
  t.same([steps, ends], [700, 1])
  t.end()
})

/** Many orders of Ann's, on a page that is compared in several slices. */
const count = 2_000
const last = `order-${count - 1}`

async function largePage() {
  const roomy = { mailboxBytesMax: 5_000_000, mailboxesBytesMax: 10_000_000, framesPerSecondMax: 10_000 }
  const gateway = await StatefulGateway.start({ ...roomy, subscriptionsMax: count + 1, subscriptionsTotalMax: 100_000 })
  for (let n = 0; n < count; n++) gateway.write(`order-${n}`)
  await gateway.settle()
  const client = gateway.connect({ roles: ['own'] })
  for (let n = 0; n < count; n++) client.ask({ type: 'subscribe', entity_id: `order-${n}`, entity_type: 'order' })
  await gateway.settle()
  client.heard()
  gateway.sign('nobody', { roles: [] })
  return { gateway, client }
}

/** From then on the client's rights are others, and its page is being compared. */
async function authenticate({ clock }: StatefulGateway, client: StatefulClient): Promise<void> {
  client.ask({ type: 'authenticate', token: 'nobody' })
  while (client.transport.received.length === 0) {
    await new Promise(setImmediate)
    clock.tick()
  }
}

const deletesIn = (heard: readonly Record<string, unknown>[]) =>
  heard.flatMap(({ operation, entity_id: entityId }) => (operation === 'delete' ? [entityId] : []))

test('of a page that is compared in slices, an entity of which an event comes earlier is compared first', async (t) => {
  const { gateway, client } = await largePage()
  await authenticate(gateway, client)
  // By the rights of now this shows nothing, before and after, and by those of then nothing any more.
  gateway.write(last, { owner: 'ben' })
  await gateway.settle()
  const heard = client.heard()
  const deletes = deletesIn(heard)
  t.equal(deletes.length, count)
  t.equal(new Set(deletes).size, count)
  t.ok(deletes.indexOf(last) < count - 1, 'it was told before its turn')
  t.equal(heard.filter(({ code }) => code === 'forbidden').length, count)
})

test('so is what stands by itself again, as the subscription that covered it has ended meanwhile', async (t) => {
  const { gateway, client } = await largePage()
  client.ask({ type: 'subscribe', entity_id: last })
  await gateway.settle()
  client.heard()
  await authenticate(gateway, client)
  client.ask({ type: 'unsubscribe', entity_id: last })
  gateway.write(last, { owner: 'ben' })
  await gateway.settle()
  t.equal(new Set(deletesIn(client.heard())).size, count)
})

test('who leaves an entity, or goes, amid the slices is told nothing more of it', async (t) => {
  for (const goes of [false, true]) {
    const { gateway, client } = await largePage()
    await authenticate(gateway, client)
    if (goes) client.leave()
    else client.ask({ type: 'unsubscribe', entity_id: last, entity_type: 'order' })
    client.heard()
    gateway.write(last, { owner: 'ben' })
    await gateway.settle()
    const told = client.heard().flatMap(({ type, entity_id: entityId }) => (goes || entityId === last ? [type] : []))
    t.same(told, goes ? [] : ['unsubscription_success'])
    t.equal(gateway.meter.mailboxBytes, 0)
  }
})
