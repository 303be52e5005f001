import { test } from 'tap'
import { isFinalClose } from '#protocol/close-codes.js'
import type { ScriptedServer, ScriptedServerOptions } from '#client/testing/scripted-server.js'
import { misbehaviours } from '../support/client/misbehaviours.js'
import { ScriptedWorld } from '../support/client/scripted-world.js'
import { randomFrom } from '../support/gateway/simulated-world.js'

/** Other seeds: `SIMULATION_SEED=7`, or more of them: `SIMULATION_RUNS=1000`. */
const firstSeed = Number(process.env['SIMULATION_SEED'] ?? 1)
const runs = Number(process.env['SIMULATION_RUNS'] ?? 100)

const hourMs = 3_600_000
const ids = ['o1', 'o2', 'o3']

/** Clients of all kinds, and what they were told last of each entity. */
function subscribers(world: ScriptedWorld) {
  const client = world.client()
  const [called, iterated] = [new Map<string, string | undefined>(), new Map<string, string | undefined>()]
  for (const id of ids) {
    client.subscribe('order', id, { snapshot: true }).subscribe(({ data }) => called.set(id, data?.status))
    void iterate(client.subscribe('order', id, { snapshot: true, queueMax: 3 }), (status) => iterated.set(id, status))
  }
  const stores = ids.map((id) => client.entity('order', id))
  stores.forEach((store) => store.subscribe(() => undefined))
  return { client, called, iterated, shown: () => stores.map((store) => store.getSnapshot()) }
}

async function iterate(changes: AsyncIterable<{ data: { status: string } | undefined }>, told: (status: string | undefined) => void) {
  for await (const { data } of changes) told(data?.status)
}

async function misbehave(seed: number) {
  const random = randomFrom(seed)
  const world = new ScriptedWorld(random)
  const { server } = world
  const all = subscribers(world)
  const truth = new Map<string, string>()
  const done: string[] = []
  const names = Object.keys(misbehaviours)
  const steps: Readonly<Record<string, () => void | Promise<void>>> = {
    change() {
      const id = ids[Math.floor(random() * ids.length)]!
      truth.set(id, `S${done.length}`)
      server.update('order', id, { id, status: `S${done.length}` })
    },
    remove() {
      const id = ids[Math.floor(random() * ids.length)]!
      truth.delete(id)
      server.delete('order', id)
    },
    misbehave() {
      const name = names[Math.floor(random() * names.length)]!
      done.push(name)
      misbehaviours[name]!(server, random)
    },
    hang: () => server.hang(),
    goOn: () => server.goOn(),
    forget: () => server.forgetVersions(),
    wait: () => world.pass(random() * 40_000),
    talk: () => world.talk(),
  }
  const kinds = [
    'change',
    'change',
    'change',
    'remove',
    'misbehave',
    'misbehave',
    'misbehave',
    'hang',
    'goOn',
    'goOn',
    'forget',
    'wait',
    'wait',
    'talk',
    'talk',
  ]
  for (let n = 0; n < 60; n++) {
    const kind = kinds[Math.floor(random() * kinds.length)]!
    done.push(kind)
    await steps[kind]!()
  }
  server.goOn()
  // Whoever was asked to stay away for a year comes after an hour or two.
  for (let hours = 0; hours < 4 && all.client.state.getSnapshot().status !== 'live'; hours++) await world.pass(hourMs)
  await world.pass(60_000)
  return { world, done, truth, ...all }
}

test('a client outlives what its server does, and shows the truth in the end', async (t) => {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const { world, client, truth, called, iterated, shown, done } = await misbehave(seed)
    const expected = ids.map((id) => truth.get(id))
    const found = {
      state: client.state.getSnapshot().status,
      stores: shown().map(({ status, data }) => (status === 'absent' ? undefined : (data?.status ?? status))),
      called: ids.map((id) => called.get(id)),
      iterated: ids.map((id) => iterated.get(id)),
      reported: world.reported,
    }
    const wanted = { state: 'live', stores: expected, called: expected, iterated: expected, reported: [] }
    if (!t.same(found, wanted, `SIMULATION_SEED=${seed}: ${done.join(', ')}`)) break
    client.close()
    await world.pass(2000)
    t.equal(world.timerCount, 0, 'no timer is left')
  }
})

/** A client with a store, a callback and an iterator of one order, which is there. */
async function watching(options: Parameters<ScriptedWorld['client']>[0] = {}, greeting: ScriptedServerOptions = {}) {
  const world = new ScriptedWorld(() => 0.5, greeting)
  const { server } = world
  const client = world.client(options)
  server.update('order', 'o1', { id: 'o1', status: 'NEW' })
  const order = client.entity('order', 'o1')
  const [shown, called]: string[][] = [[], []]
  order.subscribe(({ status, data }) => shown!.push(data?.status ?? status))
  client.subscribe('order', 'o1', { snapshot: true }).subscribe(({ data }) => called!.push(data?.status ?? 'gone'))
  const iterator = client.subscribe('order', 'o1', { snapshot: true })[Symbol.asyncIterator]()
  await world.talk()
  return { world, server, client, order, shown: shown!, called: called!, iterator }
}

for (const text of ['rubbish', '', 'null', '[1]', '[{"type":"entity_update","entity_id":"o1","entity_type":"ord']) {
  test(`a frame of ${JSON.stringify(text)} ends the connection, and the client comes back and shows what is`, async (t) => {
    const { world, server, client, order } = await watching()
    server.raw(text)
    t.match(client.state.getSnapshot(), { status: 'waiting', end: { code: 1006 } })
    t.match(order.getSnapshot(), { status: 'stale', data: { status: 'NEW' } })
    server.update('order', 'o1', { id: 'o1', status: 'PAID' })
    await world.pass(1000)
    t.match([client.state.getSnapshot(), order.getSnapshot()], [{ status: 'live' }, { status: 'live', data: { status: 'PAID' } }])
    t.same([world.openCount, world.reported], [2, []])
    client.close()
  })
}

const ignored: Readonly<Record<string, object>> = {
  'a message of a type that nobody knows': { type: 'tomorrow', entity_id: 'o1', entity_type: 'order', data: { status: 'WRONG' } },
  'a success for what nobody asked': {
    type: 'subscription_success',
    entity_id: 'o1',
    entity_type: 'order',
    ref: 99,
    resumed: false,
    cursor: 'x',
  },
  'an end of what nobody ended': { type: 'unsubscription_success', entity_id: 'o1', entity_type: 'order', ref: 99 },
  'an update for another entity': {
    type: 'entity_update',
    entity_id: 'o2',
    entity_type: 'order',
    operation: 'update',
    data: { status: 'WRONG' },
  },
  'an update of another type': {
    type: 'entity_update',
    entity_id: 'o1',
    entity_type: 'invoice',
    operation: 'update',
    data: { status: 'WRONG' },
  },
  'an error that answers nothing': { type: 'error', message: 'no', code: 'forbidden', entity_id: 'o2', entity_type: 'order', ref: 99 },
  'a pong to nobody': { type: 'pong', ref: 99 },
}

for (const [what, message] of Object.entries(ignored)) {
  test(`${what} changes nothing`, async (t) => {
    const { world, server, client, order, shown, called } = await watching()
    const before = order.getSnapshot()
    server.send(message)
    await world.talk()
    t.equal(order.getSnapshot(), before)
    t.same([world.openCount, shown, called, world.reported], [1, ['waiting', 'NEW'], ['NEW'], []])
    server.update('order', 'o1', { id: 'o1', status: 'PAID' })
    await world.talk()
    t.same(
      [shown, called],
      [
        ['waiting', 'NEW', 'PAID'],
        ['NEW', 'PAID'],
      ],
    )
    client.close()
  })
}

test('of a hundred thousand updates at once a store tells the last, a callback each, an iterator what it can hold', async (t) => {
  const { world, server, client, shown, called, iterator } = await watching()
  const many = 100_000
  const data = (n: number) => ({ id: 'o1', status: `S${n}` })
  const about = { type: 'entity_update', entity_id: 'o1', entity_type: 'order', operation: 'update' }
  server.send(...Array.from({ length: many }, (_, n) => ({ ...about, data: data(n), cursor: `m${n}` })))
  await world.talk()
  t.same(shown, ['waiting', 'NEW', `S${many - 1}`])
  t.equal(called.length, many + 1)
  t.ok(called.slice(1).every((status, n) => status === `S${n}`))
  const first = await iterator.next()
  t.match(first.value, { data: data(many - 1024), missed: { because: 'queue_full', count: many + 1 - 1024 } })
  for (let n = 1; n < 1023; n++) await iterator.next()
  t.match((await iterator.next()).value, { data: data(many - 1), missed: undefined })
  client.close()
})

test('each close code is obeyed: a client comes back, or never, and those of no table are what their band says', async (t) => {
  const codes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 1015, 2999, 3000, 3999]
  for (let code = 4000; code < 4600; code += code < 4015 || code >= 4498 ? 1 : 37) codes.push(code)
  for (const code of [...codes, 4999]) {
    const { world, server, client, order } = await watching()
    server.cut(code)
    await world.pass(60_000)
    // A token that has expired may be replaced, and this one is not.
    const isFinal = isFinalClose(code)
    t.equal(client.state.getSnapshot().status, isFinal ? 'closed' : 'live', String(code))
    t.equal(order.getSnapshot().status, isFinal ? 'failed' : 'live', String(code))
    if (isFinal) await world.pass(24 * hourMs)
    t.equal(world.openCount, isFinal ? 1 : 2, String(code))
    client.close()
  }
})

test('who is asked to stay away for a year does so for an hour, and whatever the page says', async (t) => {
  const { world, server, client } = await watching()
  server.send({ type: 'error', message: 'later', code: 'starting', retry_after_ms: 365 * 24 * hourMs })
  server.cut('starting')
  for (const event of ['online', 'visible', 'pageshow', 'resume'] as const) world.page?.(event)
  await world.pass(hourMs - 1)
  t.same([client.state.getSnapshot().status, world.openCount], ['waiting', 1])
  await world.pass(hourMs)
  t.same([client.state.getSnapshot().status, world.openCount], ['live', 2])
  client.close()
})

/** What a server does each time that a client comes. */
const cruelties: Readonly<Record<string, readonly [(server: ScriptedServer) => void, ScriptedServerOptions?]>> = {
  'closes at once': [(server) => server.cut(4000)],
  'is lost at once': [(server) => server.cut()],
  'says that the token has expired': [(server) => server.cut('token_expired')],
  'sends rubbish': [(server) => server.raw('rubbish')],
  'asks to go elsewhere': [(server) => server.drain(0)],
  'asks to go elsewhere before it was asked': [(server) => server.drain(-1e9)],
  'says that the token ends now': [(server) => server.expireSoon(0), { token_expires_in_s: 0 }],
  'says that the token ended long ago': [(server) => server.expireSoon(-5), { token_expires_in_s: -1e9 }],
  'can take no token and says that this one ends now': [(server) => server.expireSoon(0), { token_expires_in_s: 0, features: ['ping'] }],
  'refuses each token': [
    (server) => server.send({ type: 'error', message: 'no', code: 'token_invalid', ref: 'token' }),
    { token_expires_in_s: 0 },
  ],
}

for (const [what, [cruelty, greeting]] of Object.entries(cruelties)) {
  test(`a server that ${what} each time is not stormed, neither by connections nor by requests, nor is the login`, async (t) => {
    let tokens = 0
    const { world, server, client } = await watching({ token: () => `ann.${tokens++}` }, greeting)
    for (let n = 0; n < 1200 && client.state.getSnapshot().status !== 'closed'; n++) {
      if (client.state.getSnapshot().status === 'live') cruelty(server)
      await world.pass(500)
    }
    const counts = { connections: world.openCount, requests: world.sent.length, tokens }
    for (const [counted, count] of Object.entries(counts)) t.ok(count <= 300, `${count} ${counted} in 10 minutes`)
    t.same(world.reported, [])
    client.close()
  })
}
