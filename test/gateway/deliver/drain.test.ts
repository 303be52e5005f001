import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { ConnectionHub } from '#gateway/deliver/connection-hub.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import { fakeEvent } from '../../support/gateway/fake-rights.js'
import { ConnectionFixture, identity } from '../../support/gateway/connection-fixture.js'
import { HeldPolicy } from '../../support/gateway/held-policy.js'
import { FakeTransport } from '../../support/gateway/fake-transport.js'
import { Drain, type Leaving } from '#gateway/deliver/drain.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'
import { seededRandom } from '../../../bench/report/seeded-random.js'

/** When it was asked to leave and when it was closed, in milliseconds of the drain. */
class FakeClient implements Leaving {
  askedMs: number | undefined
  withinMs: number | undefined
  closedMs: number | undefined

  constructor(
    private readonly clock: SimulatedClock,
    private readonly knowsReconnect: boolean,
  ) {}

  askToLeave(withinMs: number): boolean {
    if (!this.knowsReconnect) return false
    this.askedMs = this.clock.monotonicMs()
    this.withinMs = withinMs
    return true
  }

  closeInOrder(): void {
    if (this.closedMs !== undefined) throw new Error('it is closed twice')
    this.closedMs = this.clock.monotonicMs()
  }
}

function draining(drainMs: number, clients: { v1: number; seed: number }) {
  const clock = new SimulatedClock()
  const made = (count: number, knowsReconnect: boolean) => Array.from({ length: count }, () => new FakeClient(clock, knowsReconnect))
  const [v1, seed] = [made(clients.v1, true), made(clients.seed, false)]
  const state = { listensUntilMs: Infinity, isOver: false }
  const drain = new Drain({
    clock,
    random: seededRandom(7),
    clients: () => [...v1, ...seed],
    stopListening: () => (state.listensUntilMs = clock.monotonicMs()),
  })
  const over = drain.run(drainMs).then(() => (state.isOver = true))
  return { clock, v1, seed, drain, state, over }
}

test('lets others in for a while, then asks all at once to leave within the rest of the time', async (t) => {
  const { clock, v1, state } = draining(45_000, { v1: 1000, seed: 0 })
  await clock.advance(4_999)
  t.same([state.listensUntilMs, v1[0]!.askedMs], [Infinity, undefined])
  await clock.advance(1)
  t.equal(state.listensUntilMs, 5_000)
  for (const client of v1) t.match(client, { askedMs: 5_000, withinMs: 40_000, closedMs: undefined })
})

test('closes those who cannot be asked one by one, in no order, spread over the whole time', async (t) => {
  const { clock, seed, state, over } = draining(45_000, { v1: 10, seed: 1000 })
  await clock.advance(45_000)
  await over
  const closed = seed.map(({ closedMs }) => closedMs!)
  for (let tenth = 0; tenth < 10; tenth++) {
    const inIt = closed.filter((ms) => Math.min(9, Math.floor((ms - 5_000) / 4_000)) === tenth).length
    t.ok(inIt > 95 && inIt < 105, `${inIt} of 1,000 in tenth ${tenth}`)
  }
  const inOrder = closed.filter((ms, nth) => nth > 0 && ms >= closed[nth - 1]!).length
  t.ok(inOrder > 400 && inOrder < 600, 'whoever came first is not the first to go')
  t.ok(state.isOver)
})

test('a few leave over the whole time too, and a short time is shared out likewise', async (t) => {
  const { clock, seed, state } = draining(1_000, { v1: 0, seed: 3 })
  await clock.advance(1_000)
  t.equal(state.listensUntilMs, 200)
  const closed = seed.map(({ closedMs }) => closedMs ?? 1_000).sort((one, other) => one - other)
  t.ok(closed[0]! >= 400 && closed[1]! - closed[0]! >= 100 && closed[2]! - closed[1]! >= 100, String(closed))
})

test('whoever comes while the port closes leaves too', async (t) => {
  const { clock, drain, over } = draining(10_000, { v1: 1, seed: 20 })
  const late = (knowsReconnect: boolean) => new FakeClient(clock, knowsReconnect)
  const [early, asked, closed] = [late(true), late(true), late(false)]
  await clock.advance(1_000)
  drain.joined(early)
  t.equal(early.askedMs, undefined, 'it is among the clients when these are asked')
  await clock.advance(3_000)
  drain.joined(asked)
  drain.joined(closed)
  t.equal(asked.withinMs, 6_000)
  await clock.advance(6_000)
  await over
  t.ok(closed.closedMs! >= 4_000)
})

test('is over as soon as the last one has gone, but not while others are let in', async (t) => {
  const { clock, drain, state } = draining(10_000, { v1: 1, seed: 0 })
  drain.emptied()
  await clock.advance(2_000)
  t.notOk(state.isOver)
  drain.emptied()
  await clock.settle()
  t.ok(state.isOver)
  await clock.advance(20_000)
})

test('closes the port and is over where nobody is there', async (t) => {
  const { clock, state } = draining(10_000, { v1: 0, seed: 0 })
  await clock.advance(2_000)
  t.same(state, { listensUntilMs: 2_000, isOver: true })
})

test('can be broken off, and closes nobody after that', async (t) => {
  for (const afterMs of [500, 4_000]) {
    const { clock, drain, seed, state } = draining(10_000, { v1: 0, seed: 100 })
    await clock.advance(afterMs)
    const before = seed.filter(({ closedMs }) => closedMs !== undefined).length
    drain.stop()
    await clock.advance(20_000)
    t.ok(state.isOver)
    t.equal(seed.filter(({ closedMs }) => closedMs !== undefined).length, before)
  }
})

function hubOf(fixture: ConnectionFixture): ConnectionHub {
  const policy = new HeldPolicy(parsePolicy('{"roles":{"all":[{"action":"read","subject":"order","fields":["**"]}]}}'))
  const most = { connectionsMax: 10, connectionsPerSubMax: 10, socketsMax: 20 }
  return new ConnectionHub({ ...fixture.context, index: fixture.index, policy, ...most })
}

function connect(hub: ConnectionHub, who: Partial<Identity> = {}) {
  const transport = new FakeTransport()
  return { transport, connection: hub.accept(identity({ roles: ['all'], ...who }), transport) }
}

test('drains: clients are let in for a while, asked or closed after it, and sent what changes until they go', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture)
  hub.open()
  const page = connect(hub, { clientId: 'page' })
  const plain = connect(hub, { clientId: 'plain', subprotocol: undefined })
  let listens = true
  let isDrained = false
  const drained = hub.drain(10_000, () => (listens = false)).then(() => (isDrained = true))
  t.match(hub.status(), { ready: false, reason: /drains/ })
  t.equal(hub.admissionRefusal(identity({ clientId: 'late' })), undefined)
  page.connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  await fixture.clock.advance(2_000)
  t.notOk(listens)
  const late = connect(hub, { clientId: 'late' })
  fixture.publish(fakeEvent())
  await fixture.clock.advance(7_999)
  const types = ({ transport }: typeof page) => transport.messages().map(({ type }) => type)
  t.same(types(page), ['connection_established', 'subscription_success', 'reconnect', 'entity_update'])
  t.match(page.transport.messages()[2], { within_ms: 8_000 })
  t.same([types(late).at(-1), late.transport.closedWith], ['reconnect', undefined])
  t.same([types(plain), plain.transport.closedWith?.code], [['connection_established'], 4000])
  for (const { connection } of [page, plain]) connection.closed(1000, false)
  t.notOk(isDrained)
  late.connection.closed(1000, false)
  await drained
})

test('drains nothing where nobody was let in yet, or where it is to take no time', async (t) => {
  const hub = hubOf(new ConnectionFixture())
  const neverCalled = () => t.fail('the port is closed by the shutdown')
  await hub.drain(10_000, neverCalled)
  t.equal(hub.admissionRefusal(), 'starting')
  hub.open()
  await hub.drain(0, neverCalled)
  t.equal(hub.admissionRefusal(), undefined)
})

test('a shutdown ends the drain', async (t) => {
  const fixture = new ConnectionFixture()
  const hub = hubOf(fixture)
  hub.open()
  const { transport, connection } = connect(hub)
  const drained = hub.drain(10_000, () => undefined)
  const down = hub.shutDown(5_000)
  await drained
  await fixture.clock.settle()
  t.match(transport.closedWith, { code: 4000 })
  connection.closed(4000, true)
  await down
})
