import { test } from 'tap'
import type { Clock } from '#clock.js'
import { sampleIds, SampleShop } from '#sample/shop.js'
import { randomFrom } from '../support/gateway/simulated-world.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

interface Change {
  readonly entityType: string
  readonly operation: string
  readonly entityId: string
  readonly atMs: number
}

async function changesIn(ms: number): Promise<Change[]> {
  const clock: Clock & SimulatedClock = new SimulatedClock()
  const changes: Change[] = []
  const shop = new SampleShop(clock, randomFrom(1), (entityType, operation, entityId) => {
    changes.push({ entityType, operation, entityId, atMs: clock.now() })
  })
  shop.open()
  await clock.advance(ms)
  shop.close()
  const before = changes.length
  await clock.advance(10_000)
  if (changes.length !== before) throw new Error('a closed shop changes nothing')
  return changes
}

test('order-1001, which the start shows, changes at least once a second', async (t) => {
  const times = (await changesIn(60_000)).filter(({ entityId }) => entityId === 'order-1001').map(({ atMs }) => atMs)
  for (const [index, atMs] of times.slice(1).entries()) t.ok(atMs - times[index]! <= 1_000)
  t.ok(times.length >= 59)
})

test('every entity is created before it is changed, and created again after it was deleted', async (t) => {
  const alive = new Set<string>()
  const met = new Set<string>()
  for (const { entityType, operation, entityId } of await changesIn(120_000)) {
    if ((operation === 'create') === alive.has(entityId)) t.fail(`${operation} of ${entityId}`)
    if (operation === 'delete') alive.delete(entityId)
    else alive.add(entityId)
    met.add(`${operation} ${entityType}`)
  }
  t.same([...met].sort(), [
    'create customer',
    'create order',
    'create parcel',
    'delete order',
    'delete parcel',
    'update customer',
    'update order',
    'update parcel',
  ])
})

test('a stocked shop has each of its ids, once', async (t) => {
  const created: string[] = []
  const shop = new SampleShop(new SimulatedClock(), randomFrom(1), (entityType, operation, entityId) => {
    created.push(`${operation} ${entityType} ${entityId}`)
  })
  shop.stock()
  const all = Object.entries(sampleIds).flatMap(([entityType, ids]) => ids.map((id) => `create ${entityType} ${id}`))
  t.same(created.sort(), all.sort())
})
