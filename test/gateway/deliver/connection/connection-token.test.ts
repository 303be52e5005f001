import { test } from 'tap'
import { StatefulGateway, type StatefulClient } from '../../../support/gateway/stateful-gateway.js'

const types = (client: StatefulClient) => client.heard().map(({ type, code, operation }) => code ?? operation ?? type)

/** A client that has subscribed to some orders, of which half belong to it. */
async function subscribed(roles: readonly string[], expiresAtMs?: number) {
  const gateway = await StatefulGateway.start()
  for (let n = 0; n < 4; n++) gateway.write(`order-${n}`, { owner: n % 2 === 0 ? 'ann' : 'ben' })
  await gateway.settle()
  const client = gateway.connect({ roles, ...(expiresAtMs !== undefined && { expiresAtMs }) })
  for (let n = 0; n < 4; n++) client.ask({ type: 'subscribe', entity_id: `order-${n}` })
  await gateway.settle()
  client.heard()
  const authenticate = async (token: string) => {
    client.ask({ type: 'authenticate', token, ref: token })
    await gateway.settle()
    return client.heard()
  }
  return { gateway, client, authenticate }
}

test('a new token changes what the page shows at once, losses first, also of what was subscribed to without a snapshot', async (t) => {
  const { gateway, client, authenticate } = await subscribed(['some'])
  gateway.sign('mine', { roles: ['own'], expiresAtMs: gateway.clock.now() + 600_500 })
  t.match(await authenticate('mine'), [
    { type: 'authenticated', ref: 'mine', token_expires_in_s: 600 },
    { operation: 'delete', entity_id: 'order-1', data: {} },
    { operation: 'delete', entity_id: 'order-3', data: {} },
    { operation: 'update', entity_id: 'order-0', data: { email: 'a@example.org' } },
    { operation: 'update', entity_id: 'order-2', data: { email: 'a@example.org' } },
  ])
  gateway.write('order-0', { status: 'PAID' })
  gateway.write('order-1', { status: 'PAID', owner: 'ben' })
  await gateway.settle()
  t.match(client.heard(), [{ operation: 'update', entity_id: 'order-0', data: { status: 'PAID', email: 'a@example.org' } }])
  t.equal(client.transport.closedWith, undefined)
})

test('a new token with the same rights changes nothing on the page', async (t) => {
  const { gateway, authenticate } = await subscribed(['some'])
  gateway.sign('same', { roles: ['some'] })
  t.match(await authenticate('same'), [{ type: 'authenticated' }])
})

test('a token with no rights takes all away, and says that the subscriptions show nothing', async (t) => {
  const { gateway, client, authenticate } = await subscribed(['all'])
  gateway.sign('none', { roles: [] })
  const heard = await authenticate('none')
  t.same(
    heard.map(({ type, operation, code }) => code ?? operation ?? type),
    ['authenticated', ...Array<string>(4).fill('delete'), ...Array<string>(4).fill('forbidden')],
  )
  gateway.write('order-0')
  await gateway.settle()
  t.same(client.heard(), [])
  await gateway.clock.advance(1_000)
  gateway.sign('again', { roles: ['all'] })
  t.same(
    (await authenticate('again')).map(({ operation, type }) => operation ?? type),
    ['authenticated', ...Array<string>(4).fill('create')],
  )
})

test('a token that does not do changes nothing, and says why', async (t) => {
  const { gateway, client, authenticate } = await subscribed(['some'])
  gateway.sign('bens', { user: 'ben', roles: ['all'] })
  for (const code of ['token_expired', 'token_not_active', 'keys_unavailable'] as const) gateway.tokens.set(code, code)
  for (const [token, code] of [
    ['bens', 'token_of_another'],
    ['token_expired', 'token_expired'],
    ['token_not_active', 'token_not_active'],
    ['keys_unavailable', 'keys_unavailable'],
    ['unheard of', 'token_invalid'],
    ['', 'token_missing'],
  ] as const) {
    t.match(await authenticate(token), [{ type: 'error', code, ref: token }], code)
    await gateway.clock.advance(1_000)
  }
  gateway.write('order-1', { owner: 'ben' })
  await gateway.settle()
  t.match(client.heard(), [{ operation: 'update', data: { owner: 'ben' } }])
  t.equal(client.transport.closedWith, undefined)
})

test('tokens are verified one at a time, one a second, and other requests go on meanwhile', async (t) => {
  const { gateway, client } = await subscribed(['some'])
  gateway.sign('mine', { roles: ['own'] })
  gateway.slowKeys = []
  for (let n = 0; n < 10; n++) client.ask({ type: 'authenticate', token: 'mine', ref: n })
  client.ask({ type: 'ping', ref: 'p' })
  gateway.write('order-1', { owner: 'ben' })
  await gateway.settle()
  const heard = client.heard()
  t.match(heard.slice(0, 9), Array(9).fill({ code: 'authenticate_too_often', retry_after_ms: 1000 }))
  t.match(heard.slice(9), [{ type: 'pong', ref: 'p' }, { operation: 'update' }])
  t.equal(gateway.slowKeys.length, 1)
  gateway.slowKeys[0]!()
  await gateway.settle()
  t.match(client.heard()[0], { type: 'authenticated', ref: 0 })
  client.ask({ type: 'authenticate', token: 'mine', ref: 'soon' })
  await gateway.clock.advance(1_000)
  t.match(client.heard(), [{ code: 'authenticate_too_often', ref: 'soon' }])
  client.ask({ type: 'authenticate', token: 'mine', ref: 'later' })
  await gateway.settle()
  t.equal(gateway.slowKeys.length, 2)
})

test('a connection ends with its token while another one is verified, which then changes nothing', async (t) => {
  const { gateway, client } = await subscribed(['some'], 1_005_000)
  gateway.sign('new', { roles: ['all'] })
  gateway.slowKeys = []
  client.ask({ type: 'authenticate', token: 'new' })
  await gateway.clock.advance(6_000)
  t.match(client.transport.closedWith, { code: 4500 })
  const before = client.transport.received.length
  gateway.slowKeys[0]!()
  await gateway.settle()
  t.equal(client.transport.received.length, before)
})

test('a renewed token ends the connection at its own end, and the former one no more', async (t) => {
  const { gateway, client, authenticate } = await subscribed(['some'], 1_005_000)
  gateway.sign('new', { roles: ['some'], expiresAtMs: 1_040_000 })
  t.match(await authenticate('new'), [{ type: 'authenticated', token_expires_in_s: 40 }])
  await gateway.clock.advance(9_000)
  t.same(client.heard(), [])
  await gateway.clock.advance(2_000)
  t.match(client.heard(), [{ type: 'token_expiring' }])
  await gateway.clock.advance(28_000)
  t.equal(client.transport.closedWith, undefined)
  await gateway.clock.advance(2_000)
  t.match(client.transport.closedWith, { code: 4500 })
})

test('a client is told 30 seconds ahead that its token ends, once, and at once where less remains', async (t) => {
  const gateway = await StatefulGateway.start()
  const { clock } = gateway
  const [long, short, seed] = [
    gateway.connect({ clientId: 'long', expiresAtMs: clock.now() + 60_000 }),
    gateway.connect({ clientId: 'short', expiresAtMs: clock.now() + 20_000 }),
    gateway.connect({ clientId: 'seed', expiresAtMs: clock.now() + 20_000, subprotocol: undefined }),
  ]
  await gateway.settle()
  t.same(types(long), ['connection_established'])
  t.match(short.heard(), [{ token_expires_in_s: 20 }, { type: 'token_expiring', token_expires_in_s: 20 }])
  t.same(seed.heard(), [{ type: 'connection_established', client_id: 'seed', message: 'Connected to WebSocket server' }])
  await clock.advance(31_000)
  t.match(long.heard(), [{ type: 'token_expiring', token_expires_in_s: /29|30/ }])
  await clock.advance(20_000)
  t.same([long, seed].map(types), [[], []])
})

test('what waits for a slow reader is judged by the new token, and comes behind the answer', async (t) => {
  const { gateway, client, authenticate } = await subscribed(['all'])
  client.transport.buffered = 100_000
  gateway.write('order-2', { status: 'SENT' })
  await gateway.settle()
  gateway.write('order-0', { status: 'PAID' })
  gateway.write('order-1', { status: 'PAID', owner: 'ben' })
  await gateway.settle()
  t.match(client.heard(), [{ entity_id: 'order-2' }])
  client.transport.buffered = 0
  gateway.sign('mine', { roles: ['own'] })
  t.same(await authenticate('mine'), [])
  client.drain()
  await gateway.settle()
  t.match(client.heard(), [
    { type: 'authenticated' },
    { operation: 'update', entity_id: 'order-0', data: { status: 'PAID' } },
    { operation: 'delete', entity_id: 'order-1' },
    { operation: 'delete', entity_id: 'order-3' },
  ])
})

test('a client whose socket holds what the new token hides is cut off', async (t) => {
  for (const [roles, isCut] of [
    [['some'], true],
    [['all'], false],
  ] as const) {
    const { gateway, client, authenticate } = await subscribed(['all'])
    client.transport.reads = false
    gateway.write('order-0', { status: 'PAID' })
    await gateway.settle()
    gateway.sign('new', { roles })
    await authenticate('new')
    t.equal(client.transport.wasCut, isCut)
  }
})

test('who comes to an entity with ten others by a new token is served with those of its new rights from then on', async (t) => {
  const { gateway, client, authenticate } = await subscribed(['some'])
  const others = Array.from({ length: 10 }, (_none, n) => {
    const other = gateway.connect({ sub: `user-${n}`, roles: [n % 2 === 0 ? 'all' : 'some'] })
    other.ask({ type: 'subscribe', entity_id: 'order-0' })
    return other
  })
  gateway.write('order-0', { status: 'SENT' })
  await gateway.settle()
  for (const other of others) other.heard()
  gateway.sign('all', { roles: ['all'] })
  await authenticate('all')
  const encoded = gateway.meter.framesEncoded
  gateway.write('order-0', { status: 'PAID' })
  await gateway.settle()
  t.match(client.heard(), [{ operation: 'update', data: { status: 'PAID', email: 'a@example.org' } }])
  t.ok(others.every((other) => types(other).join() === 'update'))
  t.equal(gateway.meter.framesEncoded - encoded, 2, 'one frame for each of the two masks')
})
