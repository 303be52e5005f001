import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { AcceptedConnection } from '#gateway/deliver/connection/connection-acceptor.js'
import { ConnectionHub } from '#gateway/deliver/connection-hub.js'
import { ConnectionFixture, identity } from '../../support/gateway/connection-fixture.js'
import { fakeEvent } from '../../support/gateway/fake-rights.js'
import { HeldPolicy } from '../../support/gateway/held-policy.js'
import { FakeTransport } from '../../support/gateway/fake-transport.js'

const shows = (subject: string, conditions?: object) => ({ action: 'read', subject, fields: ['**'], ...(conditions && { conditions }) })
const policyOf = (...rules: object[]) => parsePolicy(JSON.stringify({ roles: { all: rules } }))
const bothTypes = () => policyOf(shows('order'), shows('parcel'))

class Stage {
  readonly fixture = new ConnectionFixture()
  readonly policy = new HeldPolicy(bothTypes())
  readonly hub = new ConnectionHub({
    ...this.fixture.context,
    ...{ index: this.fixture.index, policy: this.policy, connectionsMax: 1000, connectionsPerSubMax: 1000, socketsMax: 2000 },
  })

  connect(clientId: string, subprotocol?: 'sluice.v1'): { transport: FakeTransport; connection: AcceptedConnection } {
    const transport = new FakeTransport()
    const connection = this.hub.accept(identity({ clientId, roles: ['all'], subprotocol }), transport)
    connection.receiveText('{"type":"subscribe","entity_id":"order-1","entity_type":"order"}')
    this.fixture.clock.tick()
    return { transport, connection }
  }
}

test('judges every event after a change of the policy by the new one, before and after the sweep', async (t) => {
  const stage = new Stage()
  const { fixture } = stage
  const { transport } = stage.connect('a', 'sluice.v1')
  fixture.publish(fakeEvent())
  t.equal(transport.updates().length, 1)
  stage.policy.replaceBy(policyOf(shows('parcel')))
  fixture.publish(fakeEvent({ timestampMs: 2_000 }))
  await fixture.clock.settle()
  fixture.publish(fakeEvent({ timestampMs: 3_000 }))
  t.equal(transport.updates().length, 1, 'nothing more is shown')
  stage.policy.replaceBy(bothTypes())
  fixture.publish(fakeEvent({ timestampMs: 4_000 }))
  t.equal(transport.updates().length, 2, 'the subscription stood, and the rights came back')
})

test('a change amid a stream closes nobody who can read: what has not left yet is judged by the new policy', async (t) => {
  for (const [changed, shown] of [
    [policyOf(shows('parcel')), 0],
    [policyOf(shows('order'), shows('parcel')), 1],
    [policyOf(shows('order'), shows('order', { id: '1' })), 1],
    [policyOf(shows('order', { id: '2' })), 0],
  ] as const) {
    const stage = new Stage()
    const { transport } = stage.connect('a', 'sluice.v1')
    stage.fixture.deliver(fakeEvent())
    stage.policy.replaceBy(changed)
    t.equal(transport.updates().length, 0, 'nothing leaves before')
    await stage.fixture.clock.settle()
    t.equal(transport.updates().length, shown)
    t.equal(transport.closedWith, undefined)
    t.equal(stage.fixture.meter.mailboxBytes, 0)
  }
})

test('an update is made anew once for all who are shown the same of it after a change', async (t) => {
  const stage = new Stage()
  const clients = ['a', 'b', 'c'].map((clientId) => stage.connect(clientId, 'sluice.v1'))
  stage.fixture.deliver(fakeEvent())
  stage.policy.replaceBy(policyOf(shows('order'), shows('order', { id: '1' })))
  await stage.fixture.clock.settle()
  t.ok(clients.every(({ transport }) => transport.updates().length === 1))
  t.equal(stage.fixture.meter.framesEncoded, 2)
})

test('who was shown nothing of an update, as the policy changed before it left, hears nothing of a delete that brings no data', async (t) => {
  for (const rule of [shows('order', { id: '2' }), shows('order', { id: { $ne: '2' } })]) {
    const stage = new Stage()
    const { transport } = stage.connect('a', 'sluice.v1')
    stage.fixture.deliver(fakeEvent())
    stage.policy.replaceBy(policyOf(rule))
    await stage.fixture.clock.settle()
    const shown = transport.updates().length
    stage.fixture.publish(fakeEvent({ operation: 'delete', data: null, timestampMs: 2_000 }))
    t.equal(transport.updates().length, 2 * shown)
  }
})

test('a delete without data that has not left yet cannot be judged by itself: its client is told to connect again', async (t) => {
  const stage = new Stage()
  const { transport } = stage.connect('a', 'sluice.v1')
  stage.fixture.deliver(fakeEvent({ operation: 'delete', data: null }))
  stage.policy.replaceBy(policyOf(shows('order', { id: '2' })))
  await stage.fixture.clock.settle()
  t.equal(transport.closedWith?.code, 4003)
  t.equal(transport.updates().length, 0)
})

test('a stale event stays stale when the policy has changed in between', async (t) => {
  const stage = new Stage()
  const { transport } = stage.connect('a', 'sluice.v1')
  stage.fixture.publish(fakeEvent({ timestampMs: 2_000 }))
  stage.policy.replaceBy(bothTypes())
  stage.fixture.publish(fakeEvent({ timestampMs: 1_000 }))
  t.equal(transport.updates().length, 1)
})

test('what waits for a slow client leaves only where the rules for its type are as they were', async (t) => {
  for (const [changed, closed] of [
    [policyOf(shows('order'), shows('parcel', { id: '2' })), false],
    [policyOf(shows('order', { id: '1' }), shows('parcel')), true],
  ] as const) {
    const stage = new Stage()
    const { transport, connection } = stage.connect('a', 'sluice.v1')
    transport.buffered = 1_000_000
    stage.fixture.publish(fakeEvent())
    stage.fixture.publish(fakeEvent({ timestampMs: 2_000 }))
    const before = transport.updates().length
    stage.policy.replaceBy(changed)
    transport.buffered = 0
    connection.drained()
    await stage.fixture.clock.settle()
    t.equal(transport.closedWith?.code, closed ? 4003 : undefined)
    t.equal(transport.updates().length, closed ? before : 2)
  }
})

test('tells clients once of the subscriptions that show nothing any more, in slices', async (t) => {
  const stage = new Stage()
  const clients = Array.from({ length: 450 }, (_none, n) => stage.connect(`client-${n}`, n === 0 ? undefined : 'sluice.v1'))
  stage.policy.replaceBy(policyOf())
  await stage.fixture.clock.advance(10)
  stage.policy.replaceBy(policyOf(shows('customer')))
  await stage.fixture.clock.advance(10)
  const errors = clients.map(({ transport }) => transport.messages().filter(({ type }) => type === 'error'))
  t.ok(errors.every(({ length }) => length === 1))
  t.same(errors[0], [{ type: 'error', message: 'Your rights show nothing of it.' }])
  t.match(errors[449], [{ code: 'forbidden', entity_id: 'order-1' }])
})

test('tells of a type that is stopped those who asked for it, and those who were sent it', async (t) => {
  const stage = new Stage()
  const typed = stage.connect('typed', 'sluice.v1')
  const [any, other] = ['any', 'other'].map((clientId) => {
    const transport = new FakeTransport()
    const connection = stage.hub.accept(
      identity({ clientId, roles: ['all'], subprotocol: clientId === 'any' ? undefined : 'sluice.v1' }),
      transport,
    )
    connection.receiveText(`{"type":"subscribe","entity_id":"${clientId === 'any' ? 'order-1' : 'order-2'}"}`)
    return transport
  })
  stage.fixture.publish(fakeEvent())
  stage.hub.tellStopped('order')
  await stage.fixture.clock.settle()
  const message = 'The entity type "order" is not streamed any more.'
  const errorsOf = (transport: FakeTransport) => transport.messages().filter(({ type }) => type === 'error')
  t.same(errorsOf(typed.transport), [{ type: 'error', message, code: 'entity_type_stopped', entity_id: 'order-1', entity_type: 'order' }])
  t.same(errorsOf(any!), [{ type: 'error', message }])
  t.same(errorsOf(other!), [])
  stage.fixture.publish(fakeEvent({ timestampMs: 2_000 }))
  t.equal(typed.transport.updates().length, 2, 'the subscription stands, as the type may be streamed again')
})

/** A client of which an update is in the socket, which takes no more. */
function withOrderInSocket(stage: Stage, clientId = 'a', entityType = 'order') {
  const client = stage.connect(clientId, 'sluice.v1')
  client.connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  client.transport.reads = false
  stage.fixture.publish(fakeEvent({ entityType }))
  return client
}

test('whose socket holds what other rules showed is cut off without a code, as one would come behind it', async (t) => {
  for (const [changed, isCut] of [
    [policyOf(shows('order'), shows('parcel', { id: '2' })), false],
    [policyOf(shows('order', { id: '2' }), shows('parcel')), true],
    [policyOf(shows('parcel')), true],
  ] as const) {
    const stage = new Stage()
    const { transport } = withOrderInSocket(stage)
    stage.policy.replaceBy(changed)
    t.equal(transport.wasCut, isCut)
    t.match(transport.closedWith, isCut ? { code: 4003 } : undefined)
  }
})

test('of several types in a socket each one counts, until all of them are out', async (t) => {
  for (const isDrained of [false, true]) {
    const stage = new Stage()
    const { transport, connection } = withOrderInSocket(stage)
    for (const entityType of ['parcel', 'order', 'parcel']) stage.fixture.publish(fakeEvent({ entityType, timestampMs: 2_000 }))
    transport.reads = isDrained
    if (isDrained) transport.buffered = 0
    connection.drained()
    stage.policy.replaceBy(policyOf(shows('parcel')))
    t.equal(transport.wasCut, !isDrained)
  }
})

test('what is written while a message of the client is handled counts as in the socket, of which the library holds it back', async (t) => {
  for (const reads of [false, true]) {
    const stage = new Stage()
    const { transport, connection } = stage.connect('a', 'sluice.v1')
    transport.reads = reads
    // With the answer there is so much that the connection runs at once, amid the handler.
    stage.fixture.deliver(fakeEvent({ json: { text: 'x'.repeat(65_250) } }))
    t.equal(transport.updates().length, 0)
    transport.handle(() => connection.receiveText(JSON.stringify({ type: 'subscribe', entity_id: 'y'.repeat(200) })))
    t.equal(transport.updates().length, 1)
    stage.policy.replaceBy(policyOf(shows('parcel')))
    t.equal(transport.wasCut, !reads)
  }
})

test('a socket that has taken all by itself is not cut off for what was in it before', async (t) => {
  const stage = new Stage()
  const { transport } = withOrderInSocket(stage)
  transport.buffered = 0
  stage.policy.replaceBy(policyOf(shows('parcel')))
  t.equal(transport.closedWith, undefined)
})

test('a connection that is closed, or replaced, and still has its last bytes is cut off like any other', async (t) => {
  const closings: Record<string, (stage: Stage, connection: AcceptedConnection) => void> = {
    replaced: (stage) => void stage.connect('a', 'sluice.v1'),
    'too slow': (stage) => {
      for (let n = 0; n < 3; n++) stage.fixture.deliver(fakeEvent({ json: { text: 'x'.repeat(90_000) }, timestampMs: 3_000 }))
    },
    'shutting down': (stage) => void stage.hub.shutDown(1_000),
  }
  for (const [why, close] of Object.entries(closings)) {
    const stage = new Stage()
    const { transport, connection } = withOrderInSocket(stage)
    close(stage, connection)
    await stage.fixture.clock.settle()
    t.ok(transport.closedWith, why)
    t.notOk(transport.wasCut, why)
    stage.policy.replaceBy(policyOf(shows('parcel')))
    t.ok(transport.wasCut, why)
  }
})

test('nothing of a token leaves that has expired, also from a connection that is closing', async (t) => {
  const stage = new Stage()
  const expiring = { roles: ['all'], expiresAtMs: stage.fixture.clock.now() + 5_000 }
  const [full, empty] = ['full', 'empty'].map((clientId) => {
    const transport = new FakeTransport()
    stage.hub.accept(identity({ ...expiring, clientId }), transport).receiveText('{"type":"subscribe","entity_id":"order-1"}')
    return transport
  }) as [FakeTransport, FakeTransport]
  stage.fixture.clock.tick()
  full.reads = false
  stage.fixture.publish(fakeEvent())
  const replaced = new FakeTransport()
  replaced.reads = false
  stage.hub.accept(identity({ ...expiring, clientId: 'replaced' }), replaced).receiveText('{"type":"subscribe","entity_id":"order-1"}')
  stage.fixture.publish(fakeEvent({ timestampMs: 2_000 }))
  stage.hub.accept(identity({ clientId: 'replaced' }), new FakeTransport())
  await stage.fixture.clock.advance(6_000)
  t.same([full.closedWith?.code, full.wasCut], [4500, true])
  t.same([empty.closedWith?.code, empty.wasCut], [4500, false])
  t.same([replaced.closedWith?.code, replaced.wasCut], [4501, true])
})

test('what waits of a type that is stopped does not leave, and other types do', async (t) => {
  const stage = new Stage()
  const blocked = withOrderInSocket(stage, 'blocked')
  const waiting = stage.connect('waiting', 'sluice.v1')
  const other = withOrderInSocket(stage, 'other', 'parcel')
  waiting.connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  stage.fixture.clock.tick()
  stage.fixture.deliver(fakeEvent({ timestampMs: 2_000 }), fakeEvent({ entityType: 'parcel' }))
  stage.hub.tellStopped('order')
  await stage.fixture.clock.settle()
  t.same(
    [blocked, waiting, other].map(({ transport }) => transport.wasCut),
    [true, false, false],
  )
  t.same(
    waiting.transport.updates().map(({ entity_type: type }) => type),
    ['parcel'],
  )
  t.match(waiting.transport.messages().at(-1), { code: 'entity_type_stopped' })
  t.equal(stage.fixture.meter.mailboxBytes, 0)
})
