import { test } from 'tap'
import type { Dialect } from '#protocol/dialect.js'
import { SluiceClient } from '#client/sluice-client.js'
import { scriptedServer } from '#client/testing/scripted-server.js'
import { until } from '../../support/running/until.js'
import { realServer, scriptServer, type ConversingServer } from '../../support/client/server-conversations.js'

const order = { entity_id: 'o1', entity_type: 'order' } as const
const paid = { entity_type: 'order', where: { status: 'PAID' } } as const

type Step = (server: ConversingServer) => void | Promise<void>
type Ask = (request: object) => Promise<Record<string, unknown>[]>
type Hear = (step?: Step) => Promise<Record<string, unknown>[]>
interface Talk {
  readonly ask: Ask
  readonly hear: Hear
  /** Loses the connection, and connects anew. */
  readonly again: (meanwhile?: Step) => Promise<void>
}

/** What clients and servers say to each other, by what it is about. */
const conversations: Readonly<Record<string, (talk: Talk) => Promise<void>>> = {
  async 'a subscription with changes, and its end'({ ask, hear }) {
    await ask({ type: 'subscribe', ...order, ref: 1 })
    await hear((server) => server.write('o1', 'NEW'))
    await hear((server) => server.write('o1', 'PAID'))
    await hear((server) => server.write('o2', 'NEW'))
    await hear((server) => server.remove('o1'))
    await hear((server) => server.write('o1', 'AGAIN'))
    await ask({ type: 'unsubscribe', ...order, ref: 2 })
    await hear((server) => server.write('o1', 'UNHEARD'))
    await ask({ type: 'unsubscribe', ...order, ref: 3 })
  },
  async 'snapshots of what is there, of what is not, and of what is gone'({ ask, hear }) {
    await hear((server) => server.write('o1', 'NEW'))
    await ask({ type: 'subscribe', ...order, snapshot: true, ref: 'a' })
    await ask({ type: 'subscribe', ...order, snapshot: true })
    await ask({ type: 'subscribe', ...order, entity_id: 'o2', snapshot: true, ref: 'b' })
    await hear((server) => server.remove('o1'))
    await ask({ type: 'subscribe', ...order, snapshot: true, ref: 'c' })
    await ask({ type: 'subscribe', ...order, ref: 'd' })
  },
  async 'a subscription without a type'({ ask, hear }) {
    await hear((server) => server.write('o1', 'NEW'))
    await ask({ type: 'subscribe', entity_id: 'o1', snapshot: true, ref: 1 })
    await hear((server) => server.write('o1', 'PAID'))
    await ask({ type: 'subscribe', entity_id: 'o9', snapshot: true, ref: 2 })
    await ask({ type: 'subscribe', entity_id: 'o9', ref: 3 })
    await ask({ type: 'unsubscribe', entity_id: 'o1', ref: 4 })
  },
  async 'going on where it was'({ ask, hear, again }) {
    await hear((server) => server.write('o1', 'NEW'))
    const [success] = await ask({ type: 'subscribe', ...order, ref: 1 })
    await again()
    await ask({ type: 'subscribe', ...order, since: success!['cursor'], ref: 2 })
    const [update] = await hear((server) => server.write('o1', 'PAID'))
    await again(async (server) => {
      server.write('o1', 'PACKED')
      server.remove('o1')
      server.write('o1', 'ANEW')
    })
    await ask({ type: 'subscribe', ...order, since: update!['cursor'], ref: 3 })
    await again((server) => server.remove('o1'))
    await ask({ type: 'subscribe', ...order, since: update!['cursor'], snapshot: true })
  },
  async 'going on where nobody was'({ ask, hear }) {
    await hear((server) => server.write('o1', 'NEW'))
    await ask({ type: 'subscribe', ...order, since: 'none', ref: 1 })
    await ask({ type: 'subscribe', ...order, entity_id: 'o2', since: 'none', ref: 2 })
  },
  async 'rights to an entity that go and come'({ ask, hear }) {
    await hear((server) => server.write('o1', 'NEW'))
    await hear((server) => server.write('o2', 'NEW'))
    await ask({ type: 'subscribe', ...order, snapshot: true })
    await hear((server) => server.hide('o1'))
    await hear((server) => server.write('o1', 'UNSEEN'))
    await ask({ type: 'subscribe', ...order, snapshot: true, ref: 1 })
    await ask({ type: 'subscribe', ...order, ref: 2 })
    await ask({ type: 'subscribe', ...order, entity_id: 'o2', ref: 3 })
    await hear((server) => server.hide())
    await hear((server) => server.write('o1', 'SEEN'))
  },
  async 'rights to a type that go and come'({ ask, hear }) {
    await hear((server) => server.write('o1', 'NEW'))
    await ask({ type: 'subscribe', ...order, snapshot: true })
    await hear((server) => server.forbid())
    await hear((server) => server.write('o1', 'UNSEEN'))
    await ask({ type: 'subscribe', ...order, entity_id: 'o2', ref: 1 })
    await hear((server) => server.hide())
    await hear((server) => server.write('o1', 'SEEN'))
    await ask({ type: 'subscribe', ...order, entity_id: 'o2', ref: 2 })
  },
  async 'updates that are left out'({ ask, hear }) {
    await hear((server) => server.write('o1', 'NEW'))
    await ask({ type: 'subscribe', ...order, snapshot: true })
    await hear((server) => server.leaveOut('o1', 'A', 'B', 'C'))
    await hear((server) => server.goOn())
  },
  async 'a collection: what there is, what enters, changes and leaves, and its end'({ ask, hear }) {
    await hear((server) => server.write('o1', 'PAID'))
    await hear((server) => server.write('o2', 'NEW'))
    const [success] = await ask({ type: 'subscribe', ...paid, snapshot: true, ref: 1 })
    await hear((server) => server.write('o2', 'PAID'))
    await hear((server) => server.write('o2', 'PAID'))
    await hear((server) => server.write('o1', 'SENT'))
    await hear((server) => server.write('o3', 'NEW'))
    await hear((server) => server.remove('o2'))
    await hear((server) => server.remove('o3'))
    await ask({ type: 'unsubscribe', subscription: success!['subscription'], ref: 2 })
    await hear((server) => server.write('o4', 'PAID'))
    await ask({ type: 'unsubscribe', subscription: success!['subscription'], ref: 3 })
  },
  async 'a collection without a snapshot, one of some fields, and one that is asked for again'({ ask, hear }) {
    await hear((server) => server.write('o1', 'PAID'))
    await ask({ type: 'subscribe', ...paid, ref: 1 })
    await hear((server) => server.write('o1', 'SENT'))
    await hear((server) => server.write('o1', 'PAID'))
    await ask({ type: 'subscribe', ...paid, where: {}, fields: ['status', 'id'], snapshot: true, ref: 2 })
    await ask({ type: 'subscribe', ...paid, where: {}, fields: ['id', 'status', 'id'], snapshot: true, ref: 3 })
    await hear((server) => server.write('o2', 'NEW'))
    await ask({ type: 'subscribe', ...order, snapshot: true, ref: 4 })
  },
  async 'filters by what a value is not, by several and by comparison'({ ask, hear }) {
    for (const [id, status] of [
      ['o1', 'NEW'],
      ['o2', 'PAID'],
      ['o3', 'SENT'],
    ] as const)
      await hear((server) => server.write(id, status))
    const filters = [
      { status: { $in: ['NEW', 'PAID'] } },
      { status: { $nin: ['NEW'] }, id: { $ne: 'o2' } },
      { $or: [{ status: 'SENT' }, { id: 'o1' }] },
      { $nor: [{ status: 'SENT' }, { id: 'o1' }] },
      { $and: [{ id: { $gt: 'o1' } }, { id: { $lte: 'o3' } }] },
      { id: { $gte: 'o2', $lt: 'o3' } },
      { status: { $not: { $eq: 'NEW' } }, owner: { $exists: true } },
      { owner: null },
    ]
    for (const [ref, where] of filters.entries()) await ask({ type: 'subscribe', entity_type: 'order', where, snapshot: true, ref })
  },
  async 'rights to entities of a collection that go and come'({ ask, hear }) {
    await hear((server) => server.write('o1', 'PAID'))
    await ask({ type: 'subscribe', ...paid, snapshot: true })
    await hear((server) => server.hide('o1'))
    await hear((server) => server.write('o1', 'UNSEEN'))
    await hear((server) => server.hide())
    await hear((server) => server.write('o1', 'PAID'))
    await hear((server) => server.hide('o1'))
    await hear((server) => server.hide())
  },
  async 'rights to the type of a collection that go and come'({ ask, hear }) {
    await hear((server) => server.write('o1', 'PAID'))
    await ask({ type: 'subscribe', ...paid, snapshot: true })
    await hear((server) => server.forbid())
    await hear((server) => server.write('o1', 'PAID'))
    await ask({ type: 'subscribe', ...paid, ref: 1 })
    await ask({ type: 'subscribe', ...paid, snapshot: true, ref: 2 })
    await ask({ type: 'subscribe', ...paid, where: {}, ref: 3 })
    await hear((server) => server.hide())
    await hear((server) => server.write('o1', 'SENT'))
  },
  async 'collections that cannot be'({ ask }) {
    await ask({ type: 'subscribe', ...paid, where: { status: { $none: 1 } }, ref: 1 })
    await ask({ type: 'unsubscribe', subscription: 'nobody', ref: 2 })
    for (let n = 0; n < 7; n++) await ask({ type: 'subscribe', ...paid, where: { status: `${n}` }, ref: n })
  },
  async 'pings, tokens, lists, and what nobody knows'({ ask }) {
    await ask({ type: 'ping', ref: 'are you there' })
    await ask({ type: 'ping' })
    await ask({ type: 'authenticate', token: 'good', ref: 'token' })
    await ask({
      type: 'subscribe',
      subscriptions: ['o1', 'o2', 'o3'].map((entity_id, ref) => ({ ...order, entity_id, snapshot: true, ref })),
    })
    await ask({
      type: 'unsubscribe',
      subscriptions: [
        { ...order, ref: 1 },
        { ...order, ref: 2 },
      ],
    })
    await ask({ type: 'tomorrow', ...order, ref: 3 })
  },
  async 'more subscriptions than there may be'({ ask }) {
    for (let n = 0; n < 7; n++) await ask({ type: 'subscribe', ...order, entity_id: `o${n}`, ref: n })
  },
}

/** The same of a client that asks for nothing more than the seed's protocol. */
const seedConversations: typeof conversations = {
  async 'changes of an entity'({ ask, hear }) {
    await ask({ type: 'subscribe', ...order, snapshot: true, ref: 1 })
    await hear((server) => server.write('o1', 'NEW'))
    await hear((server) => server.write('o1', 'PAID'))
    await hear((server) => server.hide('o1'))
    await hear((server) => server.hide())
    await hear((server) => server.remove('o1'))
    await ask({ type: 'unsubscribe', entity_id: 'o1' })
    await ask({ type: 'unsubscribe', entity_id: 'o1' })
    await ask({ type: 'ping', ref: 1 })
  },
}

/** What was said, with those values alone that both have: of cursors and collections, which is which. */
async function said(server: ConversingServer, dialect: Dialect, converse: (talk: Talk) => Promise<void>): Promise<unknown[]> {
  const lines: unknown[] = []
  const known = { cursor: new Map<unknown, string>([['none', 'none']]), subscription: new Map<unknown, string>([['nobody', 'nobody']]) }
  let peer = server.connect(dialect)
  const hear: Hear = async (step) => {
    await step?.(server)
    await server.settle()
    const heard = peer.heard()
    lines.push(heard.map((message) => plain(message, known)))
    return heard
  }
  await hear()
  await converse({
    hear,
    ask: (request) => (peer.ask(request), hear()),
    async again(meanwhile) {
      peer.leave()
      await server.settle()
      await meanwhile?.(server)
      await server.settle()
      peer = server.connect(dialect)
      await hear()
    },
  })
  return lines
}

const ownValues = ['message', 'timestamp', 'node', 'features', 'limits', 'token_expires_in_s', 'client_id', 'retry_after_ms']

/** @param known those whose values differ, while which is which does not */
function plain(message: Record<string, unknown>, known: Readonly<Record<'cursor' | 'subscription', Map<unknown, string>>>): unknown {
  const members = Object.entries(message).map(([name, value]) => {
    if (ownValues.includes(name)) return [name, typeof value]
    if (name !== 'cursor' && name !== 'subscription') return [name, value]
    const values = known[name]
    if (!values.has(value)) values.set(value, `${name} ${values.size}`)
    return [name, values.get(value)]
  })
  return Object.fromEntries(members.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)))
}

for (const [dialect, talks] of [
  ['sluice.v1', conversations],
  ['seed', seedConversations],
] as const) {
  for (const [about, converse] of Object.entries(talks)) {
    test(`the script and the gateway say the same in ${dialect}: ${about}`, async (t) => {
      const real = await said(await realServer(), dialect, converse)
      t.ok(real.flat().length > 1)
      t.same(await said(scriptServer(), dialect, converse), real)
    })
  }
}

interface Order {
  readonly status: string
}

/** A page that shows an order, with its server. */
async function page(options: Parameters<typeof scriptedServer>[0] = {}) {
  const server = scriptedServer(options)
  const client = new SluiceClient<{ order: Order }>('ws://test', {
    token: 'any',
    WebSocket: server.WebSocket,
    backoff: { leastMs: 1, mostMs: 1 },
  })
  const order = client.entity('order', 'o1')
  const shown: unknown[] = []
  order.subscribe(({ status, data }) => shown.push(data?.status ?? status))
  await server.settled()
  return { server, client, order, shown }
}

test('a page is tested without a gateway: what there is, changes, rights, and a connection that is lost', async (t) => {
  const { server, client, order, shown } = await page()
  t.equal(order.getSnapshot().status, 'absent')
  server.update('order', 'o1', { status: 'NEW' })
  t.match(order.getSnapshot(), { status: 'live', data: { status: 'NEW' } }, 'it is there at once')
  await server.settled()
  server.hide('order', 'o1')
  await server.settled()
  server.show('order', 'o1')
  await server.settled()
  server.cut('too_slow')
  t.match(client.state.getSnapshot(), { status: 'waiting', end: { code: 4001, name: 'too_slow' } })
  server.update('order', 'o1', { status: 'PAID' })
  await until(() => client.state.getSnapshot().status === 'live')
  await server.settled()
  t.match(server.requests.at(-1), { type: 'subscribe', entity_id: 'o1', entity_type: 'order', since: /cursor/ })
  t.same(shown, ['waiting', 'absent', 'NEW', 'absent', 'NEW', 'NEW', 'PAID'])
  t.match(server.connections, [
    { token: 'any', isOpen: false },
    { isOpen: true, subscriptions: [{ entityType: 'order', entityId: 'o1' }] },
  ])
  client.close()
  await server.settled()
  t.equal(server.connections.at(-1)!.isOpen, false)
})

test('frames are batches, single messages or those of the seed, as client and server agree', async (t) => {
  for (const [subprotocols, isBatch] of [
    [undefined, true],
    [['sluice.v1'], false],
  ] as const) {
    const { server, client } = await page(subprotocols && { subprotocols })
    server.update('order', 'o1', { status: 'NEW' })
    const raw: unknown[] = []
    const socket = new server.WebSocket('ws://test/ws/other', ['sluice.v1.batch', 'sluice.v1'])
    socket.addEventListener('message', ({ data }: { data: string }) => raw.push(JSON.parse(data)))
    await server.settled()
    t.match(raw, isBatch ? [[{ type: 'connection_established', client_id: 'other' }]] : [{ type: 'connection_established' }])
    server.send({ type: 'one' }, { type: 'two' })
    t.same(raw.slice(1), isBatch ? [[{ type: 'one' }, { type: 'two' }]] : [{ type: 'one' }, { type: 'two' }])
    client.close()
  }
})

test('a server that refuses says so as a browser is told it, and one that is not there says nothing', async (t) => {
  const server = scriptedServer()
  const ends: unknown[] = []
  const heard: unknown[] = []
  const connect = async () => {
    const socket = new server.WebSocket('ws://test/ws/tab', ['sluice.v1'])
    socket.addEventListener('message', ({ data }: { data: string }) => heard.push(JSON.parse(data)))
    socket.addEventListener('close', ({ code, reason }: { code: number; reason: string }) => ends.push([code, reason]))
    await server.settled()
  }
  server.refuse('starting', 5000)
  await connect()
  server.refuse(1006)
  await connect()
  server.refuse(4999)
  await connect()
  t.same(ends, [
    [4005, 'starting'],
    [1006, ''],
    [4999, '4999'],
  ])
  t.same(heard, [{ type: 'error', message: 'starting', code: 'starting', retry_after_ms: 5000 }])
  server.accept()
  await connect()
  t.match(heard.at(-1), { type: 'connection_established' })
})

test('a network that hangs delivers nothing either way until it goes on', async (t) => {
  const { server, client, order } = await page()
  server.hang()
  server.update('order', 'o1', { status: 'NEW' })
  client.entity('order', 'o2').subscribe(() => undefined)
  await server.settled()
  t.equal(order.getSnapshot().status, 'absent')
  t.notOk(server.requests.some(({ entity_id }) => entity_id === 'o2'))
  server.goOn()
  await server.settled()
  t.match(order.getSnapshot(), { data: { status: 'NEW' } })
  t.ok(server.requests.some(({ entity_id }) => entity_id === 'o2'))
  client.close()
})

test('whoever comes back to a server that has forgotten is told that something was missed', async (t) => {
  const { server, client, order } = await page()
  server.update('order', 'o1', { status: 'NEW' })
  server.cut()
  server.forgetVersions()
  await until(() => client.state.getSnapshot().status === 'live')
  await server.settled()
  t.match(order.getSnapshot(), { status: 'live', data: { status: 'NEW' } })
  t.match(server.requests.at(-1), { since: 'cursor-1' })
  server.gap('order', 'o1', 3)
  server.update('order', 'o1', { status: 'PAID' })
  t.match(order.getSnapshot(), { missed: { because: 'slow', count: 3 } })
  client.close()
})
