import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { Dialect } from '#protocol/dialect.js'
import type { Request } from '#protocol/request.js'
import { StatefulGateway, type StatefulClient } from '../../../support/gateway/stateful-gateway.js'

/** One client with its own subscriptions, each order of which was there before. */
async function reader(entityIds: readonly string[], wish: object = {}, dialect: Dialect = 'sluice.v1') {
  const most = { subscriptionsMax: 10_000, subscriptionsTotalMax: 100_000, mailboxBytesMax: 5_000_000, mailboxesBytesMax: 10_000_000 }
  const gateway = await StatefulGateway.start({ ...most, idleTimeoutSeconds: 60 })
  for (const entityId of entityIds) gateway.write(entityId)
  await gateway.settle()
  const client = gateway.connect({ subprotocol: dialect === 'seed' ? undefined : dialect })
  for (const entity_id of entityIds) client.send(JSON.stringify({ type: 'subscribe', entity_id, ...wish }))
  await gateway.settle()
  client.heard()
  const write = async (entityId: string, ...statuses: readonly string[]) => {
    for (const status of statuses) gateway.write(entityId, { status })
    await gateway.settle()
  }
  return { gateway, client, write }
}

function stall({ transport }: StatefulClient): void {
  Object.assign(transport, { reads: false, buffered: 70_000 })
}

/** Fills the socket: from then on the client cannot be written to. */
async function blocked(entityIds: readonly string[], wish: object = {}, dialect: Dialect = 'sluice.v1') {
  const all = await reader(entityIds, wish, dialect)
  stall(all.client)
  await all.write(entityIds[0]!, 'FIRST')
  all.client.heard()
  return all
}

const ordersWhere = (conditions: object) =>
  parsePolicy(JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields: ['**'], conditions }] } }))

const statuses = (client: StatefulClient) => client.heard().map(({ data }) => (data as { status?: string } | undefined)?.status)

/** Who has a list of all orders that pass, and cannot be written to. */
async function blockedList(conditions: object, ...entityIds: readonly string[]) {
  const gateway = await StatefulGateway.start()
  gateway.policy.replaceBy(ordersWhere(conditions))
  for (const entityId of entityIds) gateway.write(entityId)
  await gateway.settle()
  const client = gateway.connect()
  client.ask(wholeList)
  await gateway.settle()
  stall(client)
  gateway.write('filler')
  await gateway.settle()
  client.heard()
  return { gateway, client }
}

const wholeList: Request = { type: 'subscribe', entity_type: 'order', where: {}, snapshot: true }

/** In short. */
const happened = (client: StatefulClient) =>
  client.heard().map(({ type, operation, entity_id: id }) => [operation ?? type, operation && id].filter(Boolean).join(' '))

test('who cannot be written to is told by a gap and the latest version', async (t) => {
  const { gateway, client, write } = await blocked(['order-1'])
  await write('order-1', 'A', 'B', 'C')
  t.same(client.heard(), [])
  client.drain()
  await gateway.settle()
  t.match(client.heard(), [
    { type: 'gap', entity_id: 'order-1', entity_type: 'order', missed: 2 },
    { type: 'entity_update', operation: 'update', data: { status: 'C' } },
  ])
  t.match({ conflated: gateway.meter.updatesConflated, gaps: gateway.meter.gaps }, { conflated: 3, gaps: 1 })
  await write('order-1', 'D')
  t.same(statuses(client), ['D'], 'what comes then is sent as it is')
})

test('what is owed comes before the answer to a later request about the entity, and what comes behind it after', async (t) => {
  const { gateway, client, write } = await blocked(['order-1'])
  await write('order-1', 'A')
  client.ask({ type: 'subscribe', entity_id: 'order-1', snapshot: true })
  await write('order-1', 'B')
  client.ask({ type: 'unsubscribe', entity_id: 'order-1' })
  await write('order-1', 'C')
  client.drain()
  await gateway.settle()
  t.same(
    client.heard().map(({ type, operation }) => operation ?? type),
    ['gap', 'update', 'subscription_success', 'snapshot', 'snapshot_complete', 'unsubscription_success'],
  )
})

test('what happens after an entity is left and subscribed to again comes behind both answers', async (t) => {
  const { gateway, client, write } = await blocked(['order-1'])
  await write('order-1', 'A')
  client.ask({ type: 'unsubscribe', entity_id: 'order-1' })
  client.ask({ type: 'subscribe', entity_id: 'order-1' })
  await write('order-1', 'B')
  client.drain()
  await gateway.settle()
  t.same(
    client.heard().map(({ type, operation }) => operation ?? type),
    ['update', 'unsubscription_success', 'subscription_success', 'update'],
  )
})

test('each request for a snapshot is answered, and what was left out before is counted, whatever becomes of rights meanwhile', async (t) => {
  const { gateway, client, write } = await blocked(['order-1'])
  await write('order-1', 'A')
  for (const ref of [1, 2]) client.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', snapshot: true, ref })
  await write('order-1', 'B')
  gateway.policy.replaceBy(gateway.policy.current)
  await write('order-1', 'C')
  client.drain()
  await gateway.settle()
  t.match(client.heard(), [
    { type: 'gap', missed: 2 },
    ...[{ operation: 'update', data: { status: 'C' } }, { type: 'subscription_success', ref: 1 }, { operation: 'snapshot' }],
    ...[{ type: 'snapshot_complete', ref: 1 }, { type: 'subscription_success', ref: 2 }, { operation: 'snapshot' }],
    { type: 'snapshot_complete', ref: 2 },
  ])
})

test('no cursor and no replay leads back behind what is owed', async (t) => {
  const { gateway, client, write } = await blocked(['order-1'])
  const subscribe = { type: 'subscribe', entity_id: 'order-1', entity_type: 'order' } as const
  client.drain()
  client.ask({ ...subscribe, snapshot: true })
  await gateway.settle()
  const since = String(client.heard().at(-1)?.['cursor'])
  stall(client)
  await write('order-1', 'FIRST')
  client.heard()
  await write('order-1', 'A', 'B', 'C')
  client.ask({ ...subscribe, ref: 1 })
  client.ask({ ...subscribe, since, ref: 2 })
  await write('order-1', 'D')
  client.drain()
  await gateway.settle()
  const heard = client.heard()
  t.match(heard, [
    ...[{ type: 'gap' }, { operation: 'update', data: { status: 'D' } }, { type: 'subscription_success', ref: 1, cursor: undefined }],
    ...[{ ref: 2, resumed: false, reason: 'too_much' }, { operation: 'snapshot', data: { status: 'D' } }, { type: 'snapshot_complete' }],
  ])
  t.equal(heard.length, 6)
})

test('a client of the dialect of the seed hears of no gap, and is closed before anything is left out', async (t) => {
  for (const [status, heard, code] of [
    ['HIDDEN', [], undefined],
    ['SHOWN', [], 4003],
  ] as const) {
    const { gateway, client, write } = await reader(['order-1'], {}, 'seed')
    gateway.policy.replaceBy(ordersWhere({ owner: 'ann' }))
    gateway.write('order-1', { owner: 'ben' })
    await gateway.settle()
    client.heard()
    stall(client)
    client.send('no request')
    await write('order-1', 'SHOWN')
    gateway.policy.replaceBy(ordersWhere({ status: 'OTHER' }))
    gateway.policy.replaceBy(ordersWhere({ status }))
    if (status === 'SHOWN') await write('order-1', 'SHOWN')
    client.drain()
    await gateway.settle()
    t.same([client.heard().filter(({ type }) => type !== 'error'), client.transport.closedWith?.code], [heard, code])
  }
})

test('a client that is closed rather than told too little keeps its frames, as in the dialect of the seed', async (t) => {
  for (const [wish, dialect] of [
    [{ on_slow: 'close' }, 'sluice.v1'],
    [{}, 'seed'],
  ] as const) {
    const { gateway, client, write } = await blocked(['order-1'], wish, dialect)
    await write('order-1', 'A', 'B', 'C')
    client.drain()
    await gateway.settle()
    t.same(statuses(client), ['A', 'B', 'C'])
  }
})

test('ten thousand entities that are owed leave in portions, each as large as the socket takes', async (t) => {
  const entityIds = Array.from({ length: 10_000 }, (_none, nth) => `order-${nth}`)
  const { gateway, client } = await blocked(entityIds)
  for (const entityId of entityIds) gateway.write(entityId, { status: 'NEXT' })
  await gateway.settle()
  let [heard, portions] = [0, 0]
  while (heard < entityIds.length && portions < 1_000) {
    client.drain()
    client.transport.reads = false
    await gateway.settle()
    const portion = client.heard()
    t.ok(JSON.stringify(portion).length < 200_000)
    heard += portion.length
    portions++
  }
  t.equal(heard, entityIds.length)
  t.ok(portions > 10, 'not all at once', { portions })
})

test('a pace lets through so many updates a second, the latest at the end, and counts no gap', async (t) => {
  const { gateway, client, write } = await reader(['order-1'], { max_hz: 2 })
  await write('order-1', 'A', 'B', 'C')
  t.same(statuses(client), ['A'])
  await gateway.clock.advance(499)
  t.same(statuses(client), [])
  await gateway.clock.advance(1)
  t.same(statuses(client), ['C'])
  await write('order-1', 'D')
  await gateway.clock.advance(499)
  t.same(statuses(client), [])
  await gateway.clock.advance(1)
  t.same(statuses(client), ['D'])
  client.ask({ type: 'subscribe', entity_id: 'order-1' })
  await write('order-1', 'E', 'F')
  t.same(statuses(client), [undefined, 'E', 'F'], 'subscribing again replaces what was wished')
})

test('a client that takes nothing for the idle timeout is closed, and one that takes little is not', async (t) => {
  for (const [takes, code] of [
    [false, 4001],
    [true, undefined],
  ] as const) {
    const { gateway, client, write } = await blocked(['order-1'])
    for (let seconds = 0; seconds < 70; seconds += 10) {
      await write('order-1', String(seconds))
      await gateway.clock.advance(10_000)
      if (takes) client.takeUpTo(client.transport.buffered - 1)
    }
    t.equal(client.transport.closedWith?.code, code)
  }
})

test('no message names a version before the one that shows it: a client that goes on from there would never be shown it', async (t) => {
  const { gateway, client } = await blocked(['order-1'])
  const request = { type: 'subscribe', entity_id: 'order-1', entity_type: 'order' } as const
  client.ask({ ...request, snapshot: true })
  client.ask({ ...request, since: 'none' })
  client.drain()
  await gateway.settle()
  const seen = new Set<unknown>([undefined, 'none'])
  for (const { type, cursor } of client.heard()) {
    if (type === 'entity_update') seen.add(cursor)
    t.ok(seen.has(cursor), `${String(type)} ${String(cursor)}`)
  }
})

test('a client of the dialect of the seed for whom several updates wait in a round is told each by the rights that are new', async (t) => {
  const gateway = await StatefulGateway.start({ actorsInTickMax: 1 })
  gateway.write('order-1')
  await gateway.settle()
  const clients = [1, 2].map((n) => gateway.connect({ sub: 'ann', clientId: `tab-${n}`, subprotocol: undefined }))
  for (const client of clients) client.ask({ type: 'subscribe', entity_id: 'order-1' })
  await gateway.settle()
  for (const client of clients) client.heard()
  for (const status of ['A', 'B']) gateway.write('order-1', { status })
  while (clients.every(({ transport }) => transport.received.length === 0)) gateway.clock.tick()
  const late = clients.find(({ transport }) => transport.received.length === 0)!
  const fields = ['id', 'status']
  gateway.policy.replaceBy(parsePolicy(JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields }] } })))
  await gateway.settle()
  t.same(
    late
      .heard()
      .slice(0, 2)
      .map(({ operation, data }) => [operation, data]),
    ['A', 'B'].map((status) => ['update', { id: 'order-1', status }]),
  )
  t.same(late.transport.closedWith, undefined)
})

test('who was never told of an entity that is hidden now is not told of its end', async (t) => {
  for (const message of ['none behind it', 'one behind it']) {
    const { gateway, client } = await blockedList({ status: 'NEW' })
    gateway.write('a')
    await gateway.settle()
    if (message === 'one behind it') client.ask({ ...wholeList, snapshot: false })
    client.drain()
    gateway.policy.replaceBy(ordersWhere({ status: 'PAID' }))
    await gateway.settle()
    const told = happened(client).filter((one) => one !== 'subscription_success')
    t.same(told, ['gap', 'delete filler'], message)
    gateway.policy.replaceBy(ordersWhere({ status: 'NEW' }))
    await gateway.settle()
    t.same(happened(client).sort(), ['create a', 'create filler'], message)
  }
})

test('what is owed ahead of a snapshot that does not name it is told again behind it, where changed rights show it', async (t) => {
  const { gateway, client } = await blockedList({ status: 'NEW' }, 'a')
  const other = gateway.connect({ sub: 'bob' })
  for (const id of ['a', 'filler']) gateway.write(id, { status: 'PAID' })
  await gateway.settle()
  for (const one of [client, other]) one.ask(wholeList)
  await gateway.settle()
  client.drain()
  gateway.policy.replaceBy(ordersWhere({ status: { $in: ['NEW', 'PAID'] } }))
  await gateway.settle()
  const told = happened(client)
  t.same(told.slice(0, 4), ['update a', 'update filler', 'subscription_success', 'snapshot_complete'])
  t.same(told.slice(4).sort(), ['create a', 'create filler'])
})

test('each of several that are owed of an entity, behind one another, is told by what the client holds then', async (t) => {
  for (const end of ['gone', 'hidden', 'too large'] as const) {
    const { gateway, client } = await blockedList({ status: { $ne: 'hidden' } })
    gateway.write('a', {}, gateway.clock.now(), 'create')
    await gateway.settle()
    for (const status of ['PAID', 'PACKED']) {
      client.ask(wholeList)
      gateway.write('a', { status })
      await gateway.settle()
    }
    if (end === 'gone') gateway.remove('a')
    else gateway.write('a', end === 'hidden' ? { status: 'hidden' } : { email: 'x'.repeat(100_000) })
    await gateway.settle()
    client.drain()
    await gateway.settle()
    const ofEntity = client.heard().filter((message) => message['operation'] !== undefined && message['entity_id'] === 'a')
    t.same([ofEntity, client.transport.closedWith], [[], undefined], end)
  }
})

test('no version comes behind a later one that was owed, though the client wishes that nothing is left out', async (t) => {
  const gateway = await StatefulGateway.start()
  gateway.policy.replaceBy(ordersWhere({ status: { $ne: 'hidden' } }))
  const client = gateway.connect()
  const list = { ...wholeList, on_slow: 'close', snapshot: false } as const
  client.ask(list)
  await gateway.settle()
  stall(client)
  client.ask({ type: 'ping' })
  gateway.write('a', { status: 'A' })
  await gateway.settle()
  gateway.policy.replaceBy(ordersWhere({ status: { $ne: 'other' } }))
  client.ask(list)
  for (const status of ['B', 'C']) gateway.write('a', { status })
  await gateway.settle()
  client.heard()
  client.drain()
  await gateway.settle()
  t.same(
    client.heard().map(({ type, data }) => (data as { status?: string } | undefined)?.status ?? type),
    ['C', 'subscription_success', 'gap', 'C'],
  )
})
