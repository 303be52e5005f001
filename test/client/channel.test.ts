import { test } from 'tap'
import { clientFixture, grant, requestsOf, update } from '../support/client/client-fixture.js'
import { ScriptedWorld } from '../support/client/scripted-world.js'

// Subscriptions that a server refuses, and what becomes of them once it would not.

const twoMinutesMs = 120_000

/** A client with a store and a callback of one order, which is there. */
async function watching(isForbidden: boolean) {
  const world = new ScriptedWorld()
  const { server } = world
  let tokens = 0
  const client = world.client({ token: () => `ann.${tokens++}` })
  const errors: string[] = []
  client.on('error', ({ code }) => errors.push(code))
  server.update('order', 'o1', { id: 'o1', status: 'NEW' })
  if (isForbidden) server.forbid('order')
  const order = client.entity('order', 'o1')
  order.subscribe(() => undefined)
  const told: unknown[] = []
  client.subscribe('order', 'o1', { snapshot: true }).subscribe({
    next: ({ operation, data, missed }) => told.push([operation, data?.status, missed?.because]),
    error: ({ code }) => told.push(code),
  })
  await world.talk()
  return { world, server, client, order, told, errors }
}

/** By what it is asked for again; none of these is that somebody else subscribes. */
const occasions: Readonly<Record<string, (world: ScriptedWorld) => Promise<void>>> = {
  'within two minutes': (world) => world.pass(twoMinutesMs),
  'by the next connection': async (world) => {
    world.server.cut()
    await world.pass(1000)
  },
  'by a new token': async (world) => {
    world.server.expireSoon()
    await world.talk()
  },
}

for (const [when, happens] of Object.entries(occasions)) {
  test(`a store that was refused says why, and shows what is there once that is permitted, ${when}`, async (t) => {
    const { world, server, client, order, told, errors } = await watching(true)
    t.match(order.getSnapshot(), { status: 'failed', data: undefined, error: { code: 'forbidden' } })
    t.same([told, errors], [['forbidden'], ['forbidden']])
    server.allow('order')
    await happens(world)
    t.match(order.getSnapshot(), { status: 'live', data: { status: 'NEW' } })
    t.same([told, errors], [['forbidden'], ['forbidden']], 'a stream has ended for good')
    client.close()
  })

  test(`what is forbidden when it is asked for again shows nothing, and comes back ${when}`, async (t) => {
    const { world, server, client, order, told, errors } = await watching(false)
    const iterator = client.subscribe('order', 'o1', { snapshot: true })[Symbol.asyncIterator]()
    await world.talk()
    server.cut()
    server.forbid('order')
    t.match(order.getSnapshot(), { status: 'stale', data: { status: 'NEW' } })
    await world.pass(1000)
    t.match(order.getSnapshot(), { status: 'absent', data: undefined })
    t.same(told, [
      ['snapshot', 'NEW', undefined],
      ['delete', undefined, undefined],
    ])
    t.match((await iterator.next()).value, { operation: 'delete', data: undefined, missed: { because: 'rights' } })
    server.allow('order')
    await happens(world)
    t.match(order.getSnapshot(), { status: 'live', data: { status: 'NEW' } })
    t.same(told.slice(2), [['snapshot', 'NEW', 'not_resumed']])
    t.match((await iterator.next()).value, { data: { status: 'NEW' }, missed: { because: 'not_resumed' } })
    t.same(errors, ['forbidden'])
    client.close()
  })
}

test('whoever follows changes is told that another user may see nothing of them', async (t) => {
  const world = new ScriptedWorld()
  const { server } = world
  let user = 'ann'
  const client = world.client({ token: () => `${user}.${world.nowMs()}` })
  server.update('order', 'o1', { id: 'o1', status: 'NEW' })
  const told: unknown[] = []
  client.subscribe('order', 'o1', { snapshot: true }).subscribe(({ operation }) => told.push(operation))
  await world.talk()
  user = 'ben'
  server.cut()
  server.forbid('order')
  await world.pass(1000)
  t.same(told, ['snapshot', 'delete'])
  client.close()
})

test('what stays forbidden is asked for seldom, said once, and left without a trace', async (t) => {
  const { world, server, client, order, errors } = await watching(true)
  await world.pass(3_600_000)
  const count = server.requests.filter(({ type }) => type === 'subscribe').length
  t.ok(count > 30 && count <= 61, `${count} times in an hour`)
  t.same(errors, ['forbidden'])
  const seen: string[] = []
  const late = client.subscribe('order', 'o1', { snapshot: true })
  late.subscribe({ error: ({ code }) => seen.push(code) })
  await world.talk()
  t.same(seen, ['forbidden'], 'whoever comes is answered at once')
  await t.rejects(late.ready, { code: 'forbidden' })
  server.allow('order')
  const shown: (string | undefined)[] = []
  client.subscribe('order', 'o1', { snapshot: true }).subscribe(({ data }) => shown.push(data?.status))
  await world.talk()
  t.same([shown, order.getSnapshot().status], [['NEW'], 'live'], 'and brings it to all')
  client.close()
  await world.talk()
  t.equal(world.timerCount, 0)
})

test('what still comes by a subscription that was left does not count for the one that follows', async (t) => {
  const { client, world, live } = clientFixture()
  void client.connect()
  const socket = live()
  client.entity('order', 'o1').subscribe(() => undefined)()
  world.settle()
  grant(socket)
  world.advance(2000)
  const order = client.entity('order', 'o1')
  order.subscribe(() => undefined)
  socket.receive(update('o1', {}, 'none', 'delete'), { type: 'snapshot_complete', entity_id: 'o1', entity_type: 'order', count: 0 })
  t.equal(order.getSnapshot().status, 'waiting')
  const { ref } = requestsOf(socket, 'unsubscribe').at(-1)!
  socket.receive({ type: 'unsubscription_success', entity_id: 'o1', entity_type: 'order', ref })
  world.settle()
  t.match(requestsOf(socket, 'subscribe').at(-1), { entity_id: 'o1', snapshot: true })
  client.close()
})

test('what is refused again for another reason than rights stays on the page, as old', async (t) => {
  const { client, world, live } = clientFixture()
  const order = client.entity('order', 'o1')
  order.subscribe(() => undefined)
  const first = live()
  grant(first)
  first.receive(update('o1', { status: 'NEW' }, 'c1', 'snapshot'))
  first.end()
  world.advance(500)
  const second = live({ features: ['resume', 'snapshot'] })
  const [{ ref }] = requestsOf(second, 'subscribe') as [{ ref: unknown }]
  second.receive({ type: 'error', message: 'no', code: 'too_many_subscriptions', entity_id: 'o1', entity_type: 'order', ref })
  t.match(order.getSnapshot(), { status: 'stale', data: { status: 'NEW' } })
  world.advance(twoMinutesMs)
  grant(second, { resumed: true })
  t.match(requestsOf(second, 'subscribe'), [{ since: 'c1' }, { since: 'c1' }])
  t.match(order.getSnapshot(), { status: 'live', data: { status: 'NEW' } })
  client.close()
})
