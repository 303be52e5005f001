import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { AcceptedConnection } from '#gateway/deliver/connection/connection-acceptor.js'
import { ConnectionHub } from '#gateway/deliver/connection-hub.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { Policy } from '#policy/rights.js'
import { claimAt } from '#policy/claim-path.js'
import { fakeEvent } from '../../support/gateway/fake-rights.js'
import { ConnectionFixture, identity } from '../../support/gateway/connection-fixture.js'
import { HeldPolicy } from '../../support/gateway/held-policy.js'
import { FakeTransport } from '../../support/gateway/fake-transport.js'

function hubOf(fixture: ConnectionFixture, connectionsMax = 2, connectionsPerSubMax = connectionsMax): ConnectionHub {
  const policy = new HeldPolicy(parsePolicy('{"roles":{}}'))
  return new ConnectionHub({
    ...fixture.context,
    index: fixture.index,
    policy,
    connectionsMax,
    connectionsPerSubMax,
    socketsMax: 2 * connectionsMax,
  })
}

function connect(hub: ConnectionHub, who: Partial<Identity> = {}): { transport: FakeTransport; connection: AcceptedConnection } {
  const transport = new FakeTransport()
  return { transport, connection: hub.accept(identity(who), transport) }
}

test('lets nobody in before it is opened, and nobody beyond its limit', async (t) => {
  const hub = hubOf(new ConnectionFixture())
  t.equal(hub.admissionRefusal(), 'starting')
  hub.open()
  t.equal(hub.admissionRefusal(), undefined)
  const { connection } = connect(hub, { clientId: 'a' })
  connect(hub, { clientId: 'b' })
  t.equal(hub.admissionRefusal(), 'too_many_connections')
  connection.closed(1000, false)
  t.equal(hub.admissionRefusal(), undefined)
})

test('a client of sluice.v1.batch is sent arrays of messages, one a tick', async (t) => {
  const fixture = new ConnectionFixture()
  const { transport, connection } = connect(hubOf(fixture), { subprotocol: 'sluice.v1.batch' })
  connection.receiveText('{"type":"unsubscribe","entity_id":"order-1","ref":5}')
  fixture.clock.tick()
  connection.receiveText('{}')
  fixture.clock.tick()
  t.match(
    transport.received.map((text) => JSON.parse(text) as unknown),
    [[{ type: 'connection_established' }, { type: 'error', code: 'not_subscribed', ref: 5 }], [{ type: 'error', code: 'type_missing' }]],
  )
})

test('a second connection of the same client replaces the first, and the first leaving does not end the second', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture)
  const first = connect(hub)
  const second = connect(hub)
  const other = connect(hub, { sub: 'bob' })
  t.match(first.transport.closedWith, { code: 4501 })
  first.connection.closed(4501, true)
  t.equal(second.transport.closedWith, undefined)
  t.equal(other.transport.closedWith, undefined)
  t.equal(fixture.meter.connections, 2)
  t.equal(fixture.meter.connectionsClosed.get('replaced'), 1)
  connect(hub)
  t.match(second.transport.closedWith, { code: 4501 }, 'the second is known as the client still')
})

test('who replaces its own connection again and again gets no more sockets than there may be connections, twice', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture, 2)
  hub.open()
  connect(hub, { sub: 'bob' })
  // Of the first three the last bytes are still on their way, of the last one the socket alone is left.
  const sockets = [connect(hub), connect(hub), connect(hub)]
  t.equal(hub.admissionRefusal(identity()), 'too_many_connections')
  sockets[0]!.connection.closed(4501, true)
  t.equal(hub.admissionRefusal(identity()), 'too_many_connections')
  await fixture.clock.advance(15_000)
  t.equal(hub.admissionRefusal(identity()), undefined)
})

test('a close code of the client is not taken for one of this side', async (t) => {
  const fixture = new ConnectionFixture()
  connect(hubOf(fixture)).connection.closed(4002, false)
  t.same([...fixture.meter.connectionsClosed], [['client', 1]])
})

test('no sub and client id can be put together so as to be taken for another client', async (t) => {
  const hub = hubOf(new ConnectionFixture(), 10)
  const clients = [
    { sub: 'a', clientId: '","b' },
    { sub: 'a","', clientId: 'b' },
    { sub: 'a', clientId: 'b' },
  ].map((who) => connect(hub, who))
  for (const { transport } of clients) t.equal(transport.closedWith, undefined)
})

test('closes a connection within a second after its token has expired, and no other', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture)
  const expiring = connect(hub, { expiresAtMs: fixture.clock.now() + 5_000 })
  const lasting = connect(hub, { sub: 'bob', expiresAtMs: fixture.clock.now() + 60_000 })
  await fixture.clock.advance(4_900)
  t.equal(expiring.transport.closedWith, undefined)
  await fixture.clock.advance(1_000)
  t.match(expiring.transport.closedWith, { code: 4500 })
  t.equal(lasting.transport.closedWith, undefined)
})

test('sends what waits before it shuts down, and waits until all have gone', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture)
  hub.open()
  const { transport, connection } = connect(hub)
  let isDown = false
  const down = hub.shutDown(5_000).then(() => (isDown = true))
  t.equal(hub.admissionRefusal(), 'shutting_down')
  await fixture.clock.settle()
  t.match(transport.messages(), [{ type: 'connection_established' }])
  t.match(transport.closedWith, { code: 4000 })
  t.notOk(isDown)
  connection.closed(4000, true)
  await down
})

test('does not wait for a client that never leaves longer than it is told', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture)
  connect(hub)
  const down = hub.shutDown(5_000)
  await fixture.clock.advance(5_000)
  await down
  const late = connect(hub, { sub: 'late' })
  await fixture.clock.settle()
  t.match(late.transport.closedWith, { code: 4000 }, 'one that came in meanwhile leaves too')
})

test('at its limit it still takes a client in the place of its own older connection', async (t) => {
  const hub = hubOf(new ConnectionFixture(), 2, 3)
  hub.open()
  connect(hub, { clientId: 'a' })
  connect(hub, { clientId: 'b' })
  t.equal(hub.admissionRefusal(identity({ clientId: 'a' })), undefined)
  t.equal(hub.admissionRefusal(identity({ clientId: 'c' })), 'too_many_connections')
})

test('a user whose rights cannot be worked out is shown nothing, and everybody else is seen to', async (t) => {
  const fixture = new ConnectionFixture()
  const whole = parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}')
  const fail = () => {
    throw new Error('as asked')
  }
  const failingFor = (hostile: string, audienceOf?: () => never): Policy => ({
    rightsOf: (roles, claims) => {
      if (claimAt(claims, 'sub') !== hostile) return whole.rightsOf(roles, claims)
      return audienceOf === undefined ? fail() : { audienceOf }
    },
  })
  const policy = new HeldPolicy(failingFor('a'))
  const hub = new ConnectionHub({
    ...fixture.context,
    index: fixture.index,
    policy,
    connectionsMax: 9,
    connectionsPerSubMax: 9,
    socketsMax: 18,
  })
  const clients = ['a', 'b', 'c'].map((sub) => connect(hub, { sub, roles: ['all'], claims: { sub } }))
  const ask = () => {
    for (const { connection } of clients) connection.receiveText('{"type":"subscribe","entity_id":"order-1","entity_type":"order"}')
    fixture.publish(fakeEvent())
  }
  const counts = () => clients.map(({ transport }) => transport.updates().length)
  ask()
  t.same(counts(), [0, 1, 1])
  for (const next of [failingFor('b', fail), failingFor('b')]) {
    // Once before and once after those who lost rights were told.
    policy.replaceBy(next)
    fixture.publish(fakeEvent())
    await fixture.clock.settle()
    ask()
  }
  // The first has rights from the first change on, and subscribes behind the event that follows it.
  t.same(counts(), [3, 1, 5])
  for (const { transport } of clients) t.equal(transport.closedWith, undefined)
  t.equal(clients[1]!.transport.messages().filter(({ code }) => code === 'forbidden').length, 1, 'and is told of what was lost')
  t.ok(fixture.noted.length > 0)
})

test('one user has no more clients than its share, and others come in all the same', async (t) => {
  const hub = hubOf(new ConnectionFixture(), 30, 3)
  hub.open()
  const mine = ['a', 'b', 'c'].map((clientId) => connect(hub, { clientId }))
  t.equal(hub.admissionRefusal(identity({ clientId: 'd' })), 'too_many_connections_of_user')
  t.equal(hub.admissionRefusal(identity({ clientId: 'a' })), undefined, 'its own older connection it may replace')
  t.equal(hub.admissionRefusal(identity({ sub: 'bob' })), undefined)
  t.equal(hub.admissionRefusal(), undefined, 'before the token is read nothing is known of its user')
  mine[0]!.connection.closed(1000, false)
  t.equal(hub.admissionRefusal(identity({ clientId: 'd' })), undefined)
})

test('a client that replaces itself in a loop, or is closed again and again, uses up the sockets of its user and of nobody else', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture, 10, 2)
  hub.open()
  for (let n = 0; n < 1000 && hub.admissionRefusal(identity()) === undefined; n++) connect(hub).connection.closed(4502, true)
  t.equal(fixture.meter.connectionsAccepted, 4)
  t.equal(hub.admissionRefusal(identity()), 'too_many_connections_of_user')
  t.equal(hub.admissionRefusal(identity({ sub: 'bob' })), undefined)
  for (const sub of ['bob', 'carol', 'dave', 'erin']) while (hub.admissionRefusal(identity({ sub })) === undefined) connect(hub, { sub })
  t.equal(hub.admissionRefusal(identity({ sub: 'frank' })), 'too_many_connections', 'all together have their limit too')
  await fixture.clock.advance(15_000)
  t.equal(hub.admissionRefusal(identity()), undefined)
})

test('sockets that were cut off are gone at once: who was on them comes back, and so does everybody else', async (t) => {
  const hub = hubOf(new ConnectionFixture(), 2)
  hub.open()
  for (let round = 0; round < 3; round++) {
    const clients = ['alice', 'bob'].map((sub) => connect(hub, { sub }))
    t.equal(hub.admissionRefusal(identity({ sub: 'carol' })), 'too_many_connections')
    for (const { connection } of clients) connection.closed(4001, true, false)
    for (const sub of ['alice', 'bob', 'carol']) t.equal(hub.admissionRefusal(identity({ sub })), undefined)
  }
})

const roomy = { connectionsMax: 100, connectionsPerSubMax: 100, socketsMax: 200 }

test('a token that ends amid a shutdown cuts off what is on its way, as ever', async (t) => {
  const fixture = new ConnectionFixture()
  const policy = new HeldPolicy(parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}'))
  const hub = new ConnectionHub({ ...fixture.context, index: fixture.index, policy, ...roomy })
  const { transport, connection } = connect(hub, { roles: ['all'], expiresAtMs: fixture.clock.now() + 1_000 })
  connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.clock.tick()
  transport.reads = false
  fixture.publish(fakeEvent({ json: { filler: 'x'.repeat(70_000) } }))
  const down = hub.shutDown(5_000)
  await fixture.clock.advance(900)
  t.notOk(transport.wasCut)
  await fixture.clock.advance(600)
  t.ok(transport.wasCut)
  t.equal(transport.lost.length, 1)
  await fixture.clock.advance(3_500)
  await down
})

/** Clients that do not read, each with so many bytes in its socket, which is full, and in its mailbox. */
function withClientsThatDoNotRead(fixture: ConnectionFixture, held: readonly (readonly [inSocket: number, inMailbox: number])[]) {
  const policy = new HeldPolicy(parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}'))
  const hub = new ConnectionHub({ ...fixture.context, index: fixture.index, policy, ...roomy })
  return held.map(([inSocket, inMailbox], nth) => {
    const { transport, connection } = connect(hub, { clientId: String(nth), roles: ['all'] })
    connection.receiveText(`{"type":"subscribe","entity_id":"${nth}"}`)
    fixture.clock.tick()
    transport.reads = false
    for (const bytes of [inSocket, inMailbox])
      if (bytes > 0) fixture.publish(fakeEvent({ entityId: String(nth), json: { filler: 'x'.repeat(bytes) } }))
    return transport
  })
}

test('beyond what may wait for all, the fullest are closed with their code, as many as needed', async (t) => {
  const fixture = new ConnectionFixture({ mailboxesBytesMax: 400_000 })
  const transports = withClientsThatDoNotRead(fixture, [
    [70_000, 30_000],
    [70_000, 90_000],
    [20_000, 0],
    [70_000, 60_000],
  ])
  t.same(
    transports.map(({ closedWith, wasCut }) => closedWith && [closedWith.code, wasCut]),
    [undefined, [4001, false], undefined, undefined],
  )
  t.ok(fixture.meter.mailboxBytes + fixture.meter.socketBytes < 350_000)
})

test('who is closed and does not take its last bytes is cut off where these are too many by themselves', async (t) => {
  const fixture = new ConnectionFixture({ mailboxesBytesMax: 150_000 })
  const transports = withClientsThatDoNotRead(fixture, [
    [90_000, 0],
    [80_000, 0],
  ])
  t.ok(fixture.meter.socketBytes <= 150_000)
  t.match(transports[0], { closedWith: { code: 4001 }, wasCut: true })
})

test('beyond what may wait for all, who holds next to nothing is not closed for what the fullest have in their sockets', async (t) => {
  const fixture = new ConnectionFixture({ mailboxesBytesMax: 16 * 70_000 })
  const full = [70_000, 0] as const
  const transports = withClientsThatDoNotRead(fixture, [
    ...Array.from({ length: 15 }, () => full),
    ...Array.from({ length: 15 }, () => [10, 0] as const),
    full,
  ])
  const closed = transports.map(({ closedWith }) => closedWith !== undefined)
  t.same(closed.slice(15, 30), Array(15).fill(false))
  t.equal(closed.filter((isClosed) => isClosed).length, 3, 'as many of the full ones as give an eighth')
  t.ok(fixture.meter.socketBytes <= 14 * 70_000)
})

test('a frame that waits for many counts once for all', async (t) => {
  const fixture = new ConnectionFixture({ mailboxesBytesMax: 200_000 })
  const policy = new HeldPolicy(parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}'))
  const hub = new ConnectionHub({ ...fixture.context, index: fixture.index, policy, ...roomy })
  const clients = Array.from({ length: 50 }, (_none, nth) => connect(hub, { clientId: String(nth), roles: ['all'] }))
  for (const { connection } of clients) connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.clock.tick()
  for (const { transport, connection } of clients) {
    transport.buffered = 65_537
    connection.drained()
    transport.buffered = 0
  }
  fixture.meter.socketBytes = 0
  fixture.publish(fakeEvent({ json: { filler: 'x'.repeat(90_000) } }))
  t.ok(fixture.meter.mailboxBytes > 90_000)
  t.ok(fixture.meter.mailboxBytes < 91_000)
  t.ok(clients.every(({ transport }) => transport.closedWith === undefined))
})

test('a batch is no longer than a message may be', async (t) => {
  const fixture = new ConnectionFixture({ frameOutBytesMax: 5_000 })
  const { transport, connection } = connect(hubOf(fixture), { subprotocol: 'sluice.v1.batch' })
  for (let n = 0; n < 100; n++) connection.receiveText('{"type":"unsubscribe","entity_id":"order-1"}')
  await fixture.clock.settle()
  t.ok(transport.received.length > 1)
  for (const text of transport.received) t.ok(text.length <= 5_000)
  t.equal(transport.received.flatMap((text) => JSON.parse(text) as unknown[]).length, 101)
})

test('what a user has subscribed to is free again when its connections have gone', async (t) => {
  const fixture = new ConnectionFixture({ subscriptionsMax: 2, subscriptionsTotalMax: 4 })
  const hub = new ConnectionHub({
    ...{ ...fixture.context, index: fixture.index, ...roomy },
    policy: new HeldPolicy(parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}')),
  })
  const subscribed = (sub: string) => {
    const { transport, connection } = connect(hub, { sub, roles: ['all'] })
    for (const id of ['1', '2', '3']) connection.receiveText(`{"type":"subscribe","entity_id":"${id}"}`)
    fixture.clock.tick()
    return {
      connection,
      answers: transport
        .messages()
        .slice(1)
        .map(({ type, code }) => code ?? type),
    }
  }
  const ann = subscribed('ann')
  t.same(ann.answers, ['subscription_success', 'subscription_success', 'too_many_subscriptions'])
  t.same(subscribed('bob').answers, ann.answers)
  t.same(subscribed('dan').answers, Array(3).fill('too_many_subscriptions_of_all'))
  ann.connection.closed(1000, false)
  t.equal(fixture.meter.subscriptions, 2)
  t.same(subscribed('cas').answers, ['subscription_success', 'subscription_success', 'too_many_subscriptions'])
})
