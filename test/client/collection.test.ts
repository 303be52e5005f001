import { test } from 'tap'
import type { Change, ClientOptions, CollectionState } from '#client/api.js'
import { clientFixture, requestsOf } from '../support/client/client-fixture.js'
import { ScriptedWorld } from '../support/client/scripted-world.js'

// Lists of entities on a page, and what becomes of them.

interface Listed {
  readonly id: string
  readonly status: string
}

const paid = { where: { status: 'PAID' } }
const idsOf = ({ rows }: CollectionState<Listed>) => [...rows.keys()]
const told = ({ operation, entityId, missed }: Change<{ order: Listed }>) => [operation, entityId, missed?.because]

/** A page with the list of the paid orders, one of three, its store and its changes. */
async function listing(options: Partial<ClientOptions> = {}) {
  const world = new ScriptedWorld()
  const { server } = world
  const write = (id: string, status: string) => server.update('order', id, { id, status })
  write('o1', 'PAID')
  write('o2', 'NEW')
  const client = world.client(options)
  const orders = client.collection('order', paid)
  const states: CollectionState<Listed>[] = []
  const stop = orders.subscribe((state) => states.push(state))
  const changes: unknown[] = []
  orders.changes().subscribe((change) => changes.push(told(change)))
  await world.talk()
  return { world, server, client, orders, states, stop, changes, write, show: () => orders.getSnapshot() }
}

test('a list waits, is there, and changes by what enters, stays and leaves', async (t) => {
  const { world, client, states, changes, write, show } = await listing()
  t.match(states, [
    { status: 'waiting', rows: new Map() },
    { status: 'live', rows: new Map([['o1', { status: 'PAID' }]]) },
  ])
  write('o2', 'PAID')
  write('o1', 'SENT')
  write('o3', 'NEW')
  await world.talk()
  t.same([show().status, idsOf(show())], ['live', ['o2']])
  t.same(changes, [
    ['snapshot', 'o1', undefined],
    ['create', 'o2', undefined],
    ['delete', 'o1', undefined],
  ])
  client.close()
  t.match(show(), { status: 'failed', rows: new Map(), error: { code: 'closed' } })
})

test('what has not changed stays the same object, and each change makes another map', async (t) => {
  const { world, server, client, write, show } = await listing()
  write('o2', 'PAID')
  const before = show()
  const [first, second] = [before.rows.get('o1'), before.rows.get('o2')]
  t.equal(show(), before)
  server.update('order', 'o2', { id: 'o2', status: 'PAID', total: 5 })
  t.not(show().rows, before.rows)
  t.equal(before.rows.get('o2'), second, 'who has seen a map has it as it was')
  t.equal(show().rows.get('o1'), first)
  t.not(show().rows.get('o2'), second)
  const { rows } = show()
  server.cut()
  t.equal(show().status, 'stale')
  t.equal(show().rows, rows)
  await world.pass(1000)
  t.equal(show().status, 'live')
  t.equal(show().rows, rows, 'a snapshot that tells the same again changes nothing')
  server.snapshotCollections('order')
  t.equal(show().rows, rows)
  client.close()
})

test('after the connection was lost it is asked for anew, and what is not named any more is gone', async (t) => {
  const { world, server, client, changes, write, show } = await listing()
  write('o3', 'PAID')
  await world.talk()
  const row = show().rows.get('o3')
  server.cut()
  write('o1', 'SENT')
  write('o4', 'PAID')
  t.same([show().status, idsOf(show())], ['stale', ['o1', 'o3']])
  await world.pass(1000)
  t.match(show(), { status: 'live', missed: { because: 'not_resumed', count: undefined } })
  t.same(idsOf(show()), ['o3', 'o4'])
  t.equal(show().rows.get('o3'), row)
  t.same(changes.slice(2), [
    ['snapshot', 'o3', 'not_resumed'],
    ['snapshot', 'o4', undefined],
    ['delete', 'o1', undefined],
  ])
  t.match(server.requests.at(-1), { entity_type: 'order', ...paid, snapshot: true })
  t.notOk(server.requests.some((request) => 'since' in request))
  client.close()
})

test('a snapshot that nobody asked for takes away what it does not name, and until then the list is old', async (t) => {
  const { server, client, states, show } = await listing()
  const { subscription } = server.connections[0]!.collections[0]!
  const name = { subscription, entity_type: 'order' }
  const update = { type: 'entity_update', operation: 'snapshot', ...name }
  server.send({ type: 'snapshot_started', ...name })
  t.same([show().status, idsOf(show())], ['stale', ['o1']])
  server.send({ ...update, entity_id: 'o7', data: { id: 'o7', status: 'PAID' } })
  t.same([show().status, idsOf(show())], ['stale', ['o1', 'o7']])
  const late = client.collection('order', { ...paid, maxHz: 5 })
  late.subscribe(() => undefined)
  t.same([late.getSnapshot().status, idsOf(late.getSnapshot())], ['waiting', ['o1', 'o7']], 'who comes then is shown what there is so far')
  server.send({ type: 'snapshot_complete', ...name, count: 1 })
  for (const state of [show(), late.getSnapshot()]) t.same([state.status, idsOf(state)], ['live', ['o7']])
  t.equal(states.at(-1)!.status, 'live')
  client.close()
})

test('what the server could not send is said with the next change', async (t) => {
  const { server, client, changes, write, show } = await listing()
  server.gap('order', 'o1', 4)
  write('o3', 'PAID')
  t.match(show(), { missed: { because: 'slow', count: 4 } })
  await server.settled()
  const { subscription } = server.connections[0]!.collections[0]!
  server.send({ type: 'gap', entity_id: 'o1', subscription, entity_type: 'order', missed: 9 })
  server.send({ type: 'error', message: '', code: 'update_too_large', entity_id: 'o1', entity_type: 'order', subscription })
  write('o4', 'PAID')
  t.match(show(), { status: 'live', missed: { count: 10 } })
  t.same(changes.slice(1), [
    ['create', 'o3', 'slow'],
    ['create', 'o4', 'slow'],
  ])
  client.close()
})

test('the same store is given for what says the same, in whatever order, and nobody changes it later', async (t) => {
  const { client, world } = clientFixture()
  const where = { status: 'PAID', total: { $gt: 5, $lt: 9 } }
  const orders = client.collection('order', { where, fields: ['id', 'status'] })
  t.equal(client.collection('order', { fields: ['status', 'id', 'id'], where: { total: { $lt: 9, $gt: 5 }, status: 'PAID' } }), orders)
  const others = [{ where }, { where, fields: ['id'] }, { where: {} }, { where, fields: ['id', 'status'], maxHz: 5 }, {}]
  for (const other of others) t.not(client.collection('order', other), orders, JSON.stringify(other))
  t.not(client.collection('invoice', { where, fields: ['id', 'status'] }), orders)
  t.equal(client.collection('order'), client.collection('order', { where: {}, fields: undefined, maxHz: undefined }))
  where.status = 'NEW'
  orders.subscribe(() => undefined)
  world.settle()
  world.socket.receive({ type: 'connection_established', features: ['snapshot'], limits: {} })
  world.settle()
  t.match(requestsOf(world.socket, 'subscribe'), [{ entity_type: 'order', where: { status: 'PAID' }, fields: ['id', 'status'] }])
  client.close()
})

test('a list that was left for a moment is there, one that is left for longer is left at the server by its id', async (t) => {
  const { world, server, client, orders, stop, show } = await listing()
  const second = client.collection('order').subscribe(() => undefined)
  await world.talk()
  t.equal(server.connections[0]!.collections.length, 2)
  second()
  await world.pass(500)
  client.collection('order').subscribe(() => undefined)
  t.same([client.collection('order').getSnapshot().status, idsOf(client.collection('order').getSnapshot())], ['live', ['o1', 'o2']])
  await world.pass(5000)
  t.equal(server.requests.filter(({ type }) => type !== 'ping').length, 2)
  stop()
  await world.pass(5000)
  t.equal(show().status, 'waiting')
  const ends = client.collection('order', { where: { status: 'NEW' } }).subscribe(() => undefined)
  ends()
  await world.pass(5000)
  const { subscription } = server.requests.at(-1)!
  t.match(server.requests.at(-1), { type: 'unsubscribe' })
  t.notOk(server.connections[0]!.collections.some((one) => one.subscription === subscription))
  t.equal(server.connections[0]!.collections.length, 2)
  t.equal(orders.getServerSnapshot().status, 'waiting')
  client.close()
})

test('who leaves before the answer leaves at the server once there is one, and who comes meanwhile is shown it', async (t) => {
  for (const returns of [false, true]) {
    const world = new ScriptedWorld()
    const { server } = world
    server.update('order', 'o1', { id: 'o1', status: 'PAID' })
    const client = world.client()
    void client.connect()
    await world.talk()
    server.hang()
    const orders = client.collection('order', paid)
    orders.subscribe(() => undefined)()
    await world.pass(3000)
    if (returns) orders.subscribe(() => undefined)
    server.goOn()
    await world.pass(3000)
    t.equal(server.connections[0]!.collections.length, returns ? 1 : 0)
    t.equal(orders.getSnapshot().status, returns ? 'live' : 'waiting')
    client.close()
  }
})

test('a list that is refused says why, and is asked for again', async (t) => {
  const world = new ScriptedWorld()
  const { server } = world
  server.forbid('order')
  server.update('order', 'o1', { id: 'o1', status: 'PAID' })
  const client = world.client()
  const orders = client.collection('order', paid)
  orders.subscribe(() => undefined)
  const wrong = client.collection('order', { where: { status: { $nothing: 1 } } })
  wrong.subscribe(() => undefined)
  const ended: string[] = []
  orders.changes().subscribe({ error: ({ code }) => ended.push(code) })
  await world.talk()
  t.match(orders.getSnapshot(), { status: 'failed', rows: new Map(), error: { code: 'forbidden' } })
  t.match(wrong.getSnapshot(), { status: 'failed', error: { code: 'where_invalid' } })
  t.same(ended, ['forbidden'])
  server.allow('order')
  await world.pass(120_000)
  t.match(orders.getSnapshot(), { status: 'live', rows: new Map([['o1', {}]]) })
  client.close()
  await world.talk()
  t.equal(world.timerCount, 0)
})

test('a list whose rights go is empty and says why, for all who look, and comes back with them', async (t) => {
  const { world, server, client, orders, changes, show } = await listing()
  server.forbid('order')
  await world.talk()
  t.match(show(), { status: 'failed', rows: new Map(), error: { code: 'forbidden' } })
  const late = client.collection('order', { ...paid, onSlow: 'conflate' })
  late.subscribe(() => undefined)
  await world.talk()
  t.match(late.getSnapshot(), { status: 'failed', error: { code: 'forbidden' } })
  server.allow('order')
  for (const state of [show(), late.getSnapshot()]) t.same([state.status, idsOf(state)], ['live', ['o1']])
  await world.talk()
  t.same(changes, [
    ['snapshot', 'o1', undefined],
    ['delete', 'o1', undefined],
    ['snapshot', 'o1', undefined],
  ])
  t.equal(client.collection('order', paid), orders)
  client.close()
})

test('a list that has become too large has ended, and is asked for with the next connection, otherwise seldom', async (t) => {
  const { world, server, client, changes, show } = await listing()
  server.endCollections('order')
  await world.pass(3_500_000)
  t.match(show(), { status: 'failed', rows: new Map(), error: { code: 'collection_too_large' } })
  t.same(changes.at(-1), ['delete', 'o1', undefined])
  t.equal(server.requests.filter(({ type }) => type === 'subscribe').length, 1)
  server.cut()
  await world.pass(2000)
  t.same([show().status, idsOf(show())], ['live', ['o1']])
  client.close()
})

test('nothing of it is kept when somebody else logs in', async (t) => {
  let user = 'ann'
  const { world, server, client, changes, show } = await listing({ token: () => `${user}.1` })
  server.cut()
  t.same(idsOf(show()), ['o1'])
  user = 'ben'
  server.hide('order', 'o1')
  server.hang()
  await world.pass(1000)
  t.match(show(), { status: 'waiting', rows: new Map() })
  server.goOn()
  await world.talk()
  t.match(show(), { status: 'live', rows: new Map() })
  t.same(changes.at(-1), ['delete', 'o1', 'not_resumed'])
  client.close()
})

test('a filter that no frame can hold is refused here, as the server would end the connection for it', async (t) => {
  const { world, server, client, show } = await listing()
  const huge = client.collection('order', { where: { id: { $in: Array.from({ length: 200 }, (_, n) => `${n}`.padStart(100, 'x')) } } })
  huge.subscribe(() => undefined)
  client.collection('order', { where: { id: 'o2' } }).subscribe(() => undefined)
  await world.talk()
  t.match(huge.getSnapshot(), { status: 'failed', error: { code: 'message_too_big' } })
  t.equal(show().status, 'live')
  t.equal(client.collection('order', { where: { id: 'o2' } }).getSnapshot().status, 'live')
  t.equal(server.requests.length, 2)
  const { frames } = server.connections[0]!
  client.collection('order', { where: { id: 'x'.repeat(20_000) } }).subscribe(() => undefined)
  await world.talk()
  t.equal(frames.length, 2, 'nor is anything sent in its place')
  client.close()
})

test('what a server says of a list is no word of the connection', async (t) => {
  const { world, server, client } = await listing()
  const { subscription } = server.connections[0]!.collections[0]!
  server.send({ type: 'error', message: '', code: 'of_tomorrow', subscription, entity_type: 'order', retry_after_ms: 3_000_000 })
  server.cut()
  await world.pass(1000)
  t.equal(client.state.getSnapshot().status, 'live')
  client.close()
})

const many = 10_000

test('of many that come in a frame their store tells once, and whoever lags behind them is handed each', async (t) => {
  const world = new ScriptedWorld()
  const { server } = world
  for (let n = 0; n < many; n++) server.update('order', `o${n}`, { id: `o${n}`, status: 'NEW' })
  const client = world.client()
  const orders = client.collection('order')
  let count = 0
  orders.subscribe(() => count++)
  await world.talk()
  t.same([count, orders.getSnapshot().rows.size], [2, many])
  const iterator = orders.changes()[Symbol.asyncIterator]()
  server.update('order', 'o5', { id: 'o5' })
  const first = (await iterator.next()).value as Change<{ order: Listed }>
  t.same(told(first), ['snapshot', 'o0', undefined])
  const seen: unknown[] = []
  for (let n = 1; n < many; n++) seen.push(told((await iterator.next()).value as typeof first)[1])
  t.equal(new Set(seen).size, many - 1)
  t.equal(seen.at(-1), 'o5', 'what shows more of it than it does now is not handed out')
  client.close()
})

test('an update to a list that names no entity, or another type, is not understood or not shown', async (t) => {
  const { world, server, client, show } = await listing()
  const { subscription } = server.connections[0]!.collections[0]!
  const update = { type: 'entity_update', entity_id: 'x', entity_type: 'order', operation: 'create', data: { id: 'x' }, subscription }
  for (const wrong of [{ entity_type: 'invoice' }, { subscription: 'other' }, { subscription: 7 }, { subscription: null }]) {
    server.send({ ...update, ...wrong })
    t.same(idsOf(show()), ['o1'], JSON.stringify(wrong))
  }
  server.send({ ...update, entity_id: 7 })
  await world.talk()
  t.equal(client.state.getSnapshot().status, 'waiting')
  client.close()
})
