import { test } from 'tap'
import { gatewayLimits } from '../../support/gateway/gateway-limits.js'
import { StatefulGateway, type StatefulClient } from '../../support/gateway/stateful-gateway.js'
import { fc } from '../../support/running/seeded-properties.js'

/** A client asks for an order by a cursor, and leaves it again. */
async function resume(gateway: StatefulGateway, client: StatefulClient, entity_id: string, since: string) {
  client.ask({ type: 'subscribe', entity_id, entity_type: 'order', since })
  client.ask({ type: 'unsubscribe', entity_id, entity_type: 'order' })
  await gateway.settle()
  return client.heard().slice(0, -1)
}

/** An order of Ben's with some versions, and the cursors by which Ben knows them. */
async function bensOrder() {
  const gateway = await StatefulGateway.start()
  const ben = gateway.connect({ sub: 'ben', roles: ['own'] })
  ben.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
  for (const status of ['NEW', 'PAID', 'SENT']) {
    gateway.write('order-1', { status, owner: 'ben', email: `${status}@secret` })
    gateway.write('order-2', { status, owner: 'ann' })
    await gateway.settle()
  }
  const cursors = ben.heard().flatMap(({ type, cursor }) => (type === 'entity_update' ? [String(cursor)] : []))
  return { gateway, cursors }
}

/** Cursors that somebody makes up, most of them close to what there is. */
const forged = fc.tuple(fc.nat(2), fc.array(fc.tuple(fc.nat(19), fc.integer({ min: -3, max: 3 })), { maxLength: 3 }))

function forge(cursors: readonly string[], [nth, changes]: [number, [number, number][]]): string {
  const bytes = Buffer.from(cursors[nth]!, 'base64url')
  for (const [at, by] of changes) bytes[at] = (bytes[at]! + by) & 0xff
  return bytes.toString('base64url')
}

test('nothing is gained by forging a cursor: of what is hidden every one is answered alike', async (t) => {
  const { gateway, cursors } = await bensOrder()
  const ann = gateway.connect({ sub: 'ann', roles: ['own'] })
  const stranger = Buffer.alloc(20, 7).toString('base64url')
  const plain = await resume(gateway, ann, 'order-1', stranger)
  t.match(plain, [
    { type: 'connection_established' },
    { type: 'subscription_success', resumed: false, reason: 'expired' },
    { operation: 'delete', data: {}, cursor: 'none' },
    { type: 'snapshot_complete', count: 0, cursor: 'none' },
  ])
  await fc.assert(
    fc.asyncProperty(forged, async (by) => {
      const heard = await resume(gateway, ann, 'order-1', forge(cursors, by))
      return JSON.stringify(heard) === JSON.stringify(plain.slice(1))
    }),
    { numRuns: 200 },
  )
  t.same(
    await resume(gateway, ann, 'order-2', cursors[0]!),
    await resume(gateway, ann, 'order-2', stranger),
    'nor by one of another entity',
  )
})

test('nothing is gained by forging a cursor: of what is shown in part no other part comes', async (t) => {
  const { gateway, cursors } = await bensOrder()
  const some = gateway.connect({ sub: 'cas', roles: ['some'] })
  await fc.assert(
    fc.asyncProperty(forged, async (by) => {
      const heard = await resume(gateway, some, 'order-1', forge(cursors, by))
      return heard.length > 0 && !JSON.stringify(heard).includes('secret')
    }),
    { numRuns: 200 },
  )
  t.match(
    (await resume(gateway, some, 'order-1', cursors[0]!)).map(({ operation, data }) => ({ operation, data })),
    [
      {},
      { operation: 'update', data: { status: 'NEW' } },
      { operation: 'update', data: { status: 'PAID' } },
      { operation: 'update', data: { status: 'SENT' } },
    ],
  )
})

test('nobody learns how far a log is read, by what a cursor says or by one that is made up', async (t) => {
  const { gateway, cursors } = await bensOrder()
  const ben = gateway.connect({ sub: 'ben', roles: ['own'] })
  await gateway.settle()
  ben.heard()
  const latest = Buffer.from(cursors.at(-1)!, 'base64url')
  for (const before of cursors.slice(0, -1)) {
    const changed = Buffer.from(before, 'base64url').filter((byte, at) => at < 16 && byte !== latest[at])
    t.ok(changed.length >= 12, 'a later version changes all of the place')
  }
  const stranger = await resume(gateway, ben, 'order-1', Buffer.alloc(20, 7).toString('base64url'))
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 16 }), async (bytes) => {
      const cursor = Buffer.from(latest)
      cursor.set(bytes)
      if (cursor.equals(latest)) return true
      const heard = await resume(gateway, ben, 'order-1', cursor.toString('base64url'))
      return JSON.stringify(heard) === JSON.stringify(stranger)
    }),
    { numRuns: 200 },
  )
})

test('the cursors of a hidden entity do not change with it', async (t) => {
  const { gateway } = await bensOrder()
  const ann = gateway.connect({ sub: 'ann', roles: ['own'] })
  const ask = async (snapshot: boolean) => {
    ann.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', snapshot })
    await gateway.settle()
    return ann.heard().filter(({ type }) => type !== 'connection_established')
  }
  const before = [await ask(false), await ask(true)]
  gateway.write('order-1', { status: 'DONE', owner: 'ben' })
  await gateway.settle()
  t.same(ann.heard(), [])
  t.same([await ask(false), await ask(true)], before)
  t.match(before, [[{ cursor: 'none' }], [{ type: 'subscription_success' }, { count: 0, cursor: 'none' }]])
})

test('a cursor that is cut, or that no server wrote, is an error; one of another entity or cluster is not found', async (t) => {
  const { gateway, cursors } = await bensOrder()
  const all = gateway.connect({ sub: 'dot', roles: ['all'] })
  await gateway.settle()
  all.heard()
  const first = async (entityId: string, since: string) => (await resume(gateway, all, entityId, since))[0]
  for (const since of ['', 'x'.repeat(10_000), cursors[0]!.slice(1), `${cursors[0]!}A`, 'x'])
    t.match(await first('order-1', since), { code: 'cursor_invalid', entity_id: 'order-1' }, since.slice(0, 30))
  t.match(await first('order-2', cursors[0]!), { resumed: false, reason: 'expired' })
  t.match(await first('order-1', Buffer.alloc(20, 255).toString('base64url')), { resumed: false, reason: 'expired' })
  t.match(await first('order-1', 'none'), { resumed: false, reason: 'none' })
  t.match(await first('order-1', cursors[2]!), { resumed: true })
})

test('who went on from a cursor is told when that is gone, also by the answer to another request', async (t) => {
  const { gateway, cursors } = await bensOrder()
  const ben = gateway.connect({ sub: 'ben', roles: ['own'] })
  ben.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', since: cursors.at(-1)! })
  await gateway.settle()
  t.match(ben.heard(), [{ type: 'connection_established' }, { resumed: true }])
  Object.assign(ben.transport, { reads: false, buffered: 70_000 })
  ben.ask({ type: 'ping' })
  await gateway.settle()
  ben.ask({ type: 'subscribe', entity_id: 'order-1', snapshot: true })
  gateway.write('order-1', { owner: 'ann' })
  await gateway.settle()
  ben.drain()
  await gateway.settle()
  t.match(ben.heard(), [
    { type: 'pong' },
    { type: 'subscription_success' },
    { type: 'entity_update', operation: 'delete' },
    { type: 'snapshot_complete', count: 0 },
  ])
})

test('who missed more than half a mailbox holds is told of the latest alone, however many requests ask for it', async (t) => {
  const { mailboxBytesMax } = gatewayLimits
  for (const [requests, versions] of [
    [1, 40],
    [20, 4],
  ] as const) {
    const gateway = await StatefulGateway.start()
    const client = gateway.connect()
    client.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
    for (let n = 0; n <= versions; n++) gateway.write('order-1', { status: String(n), email: 'x'.repeat(mailboxBytesMax / 50) })
    await gateway.settle()
    const since = String(client.heard().find(({ type }) => type === 'entity_update')?.['cursor'])
    client.transport.reads = false
    const one = { entity_id: 'order-1', entity_type: 'order', since }
    client.send(JSON.stringify({ type: 'subscribe', subscriptions: Array.from({ length: requests }, () => one) }))
    await gateway.settle()
    client.drain()
    await gateway.settle()
    const heard = client.heard()
    t.equal(client.transport.closedWith, undefined)
    t.match(
      heard.findLast(({ type }) => type === 'subscription_success'),
      { resumed: false, reason: 'too_much' },
    )
    t.match(heard.at(-2), { operation: 'snapshot', data: { status: String(versions) } })
    await gateway.clock.advance(1000)
    client.ask({ type: 'subscribe', ...one, since: String(heard.at(-1)?.['cursor']) })
    await gateway.settle()
    t.match(client.heard(), [{ type: 'subscription_success', resumed: true }], 'a second later there is room again')
  }
})
