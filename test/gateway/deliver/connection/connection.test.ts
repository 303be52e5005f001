import { test } from 'tap'
import type { ConnectionMessage } from '#gateway/deliver/backlog/backlog.js'
import { Mailbox } from '#gateway/deliver/backlog/mailbox.js'
import { Connection } from '#gateway/deliver/connection/connection.js'
import type { ConnectionContext } from '#gateway/deliver/connection/connection-context.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { Rights } from '#policy/rights.js'
import { ConnectionFixture, identity } from '../../../support/gateway/connection-fixture.js'
import { fakeAudience, fakeEvent, fakeRights, lastingRights } from '../../../support/gateway/fake-rights.js'
import { FakeTransport } from '../../../support/gateway/fake-transport.js'

const allRights = fakeRights([fakeAudience('order'), fakeAudience('parcel')])

interface Client {
  readonly connection: Connection
  readonly transport: FakeTransport
  /** Sends a request and returns the answer. */
  readonly ask: (request: object) => Record<string, unknown> | undefined
}

function connect(
  fixture: ConnectionFixture,
  rights: Rights = allRights,
  who: Partial<Identity> = {},
  context: Partial<ConnectionContext> = {},
): Client {
  const transport = new FakeTransport()
  const connection = new Connection(identity(who), lastingRights(rights), transport, { ...fixture.context, ...context })
  fixture.clock.tick()
  const ask = (request: object): Record<string, unknown> | undefined => {
    connection.receiveText(JSON.stringify(request))
    fixture.clock.tick()
    return transport.messages().at(-1)
  }
  return { connection, transport, ask }
}

const subscribe = (entityId: string, more: object = {}): object => ({ type: 'subscribe', entity_id: entityId, ...more })
const unsubscribe = (entityId: string, more: object = {}): object => ({ type: 'unsubscribe', entity_id: entityId, ...more })

test('greets the client with the seed message', async (t) => {
  const { transport } = connect(new ConnectionFixture(), allRights, { subprotocol: undefined })
  t.same(transport.messages(), [{ type: 'connection_established', client_id: 'tab-1', message: 'Connected to WebSocket server' }])
})

test('speaks the seed protocol to the letter with a client that asks for nothing more', async (t) => {
  const fixture = new ConnectionFixture()
  const { transport, ask } = connect(fixture, allRights, { subprotocol: undefined })
  t.same(ask(subscribe('order-1')), { type: 'subscription_success', entity_id: 'order-1' })
  fixture.publish(fakeEvent({ json: { id: 1 } }))
  t.same(transport.messages().at(-1), {
    type: 'entity_update',
    entity_id: 'order-1',
    entity_type: 'order',
    operation: 'update',
    data: { id: 1 },
  })
  t.same(ask(unsubscribe('order-1')), { type: 'unsubscription_success', entity_id: 'order-1' })
  t.same(Object.keys(ask({ type: 'nonsense' }) ?? {}), ['type', 'message'])
})

test('adds the timestamp, the reference and the code under sluice.v1', async (t) => {
  const fixture = new ConnectionFixture()
  const { transport, ask } = connect(fixture)
  t.same(ask(subscribe('order-1', { ref: 7, entity_type: 'order' })), {
    type: 'subscription_success',
    entity_id: 'order-1',
    entity_type: 'order',
    ref: 7,
  })
  fixture.publish(fakeEvent({ timestampMs: Date.UTC(2026, 1, 3) }))
  t.equal(transport.messages().at(-1)?.['timestamp'], '2026-02-03T00:00:00.000Z')
  t.match(ask(unsubscribe('order-2', { ref: 'x' })), { type: 'error', code: 'not_subscribed', entity_id: 'order-2', ref: 'x' })
})

test('answers a second subscription with success and delivers once', async (t) => {
  const fixture = new ConnectionFixture()
  const { transport, ask } = connect(fixture)
  ask(subscribe('order-1'))
  t.match(ask(subscribe('order-1')), { type: 'subscription_success' })
  fixture.publish(fakeEvent())
  t.equal(transport.updates().length, 1)
})

test('delivers an event once when subscriptions with and without a type match it, in whichever order they came and went', async (t) => {
  const requests = [subscribe('order-1'), subscribe('order-1', { entity_type: 'order' })]
  for (const [first, second] of [requests, [...requests].reverse()]) {
    const fixture = new ConnectionFixture()
    const { transport, ask } = connect(fixture)
    ask(first!)
    ask(second!)
    fixture.publish(fakeEvent())
    t.equal(transport.updates().length, 1)
    ask(unsubscribe('order-1'))
    fixture.publish(fakeEvent(), fakeEvent({ entityType: 'parcel' }))
    t.equal(transport.updates().length, 2, 'the subscription with the type goes on')
    ask(unsubscribe('order-1', { entity_type: 'order' }))
    fixture.publish(fakeEvent())
    t.equal(transport.updates().length, 2)
  }
})

test('matches any type that the rights show when the subscription names none', async (t) => {
  const fixture = new ConnectionFixture()
  const { transport, ask } = connect(fixture, fakeRights([fakeAudience('parcel')]))
  ask(subscribe('order-1'))
  fixture.publish(fakeEvent({ entityType: 'order' }), fakeEvent({ entityType: 'parcel' }))
  t.same(
    transport.updates().map((update) => update['entity_type']),
    ['parcel'],
  )
})

test('refuses a subscription whose rights show nothing, a type that nobody knows, and one too many', async (t) => {
  const fixture = new ConnectionFixture({ subscriptionsMax: 1 })
  t.match(connect(fixture, fakeRights([])).ask(subscribe('order-1')), { code: 'forbidden' })
  const { ask } = connect(fixture, fakeRights([fakeAudience('order')]))
  t.match(ask(subscribe('p', { entity_type: 'parcel' })), { code: 'forbidden' })
  t.match(connect(fixture, fakeRights([fakeAudience('nonsense')])).ask(subscribe('p', { entity_type: 'nonsense' })), {
    code: 'entity_type_unknown',
  })
  t.match(ask(subscribe('order-1')), { type: 'subscription_success' })
  t.match(ask(subscribe('order-2')), { code: 'too_many_subscriptions', entity_id: 'order-2' })
  t.match(ask(unsubscribe('order-1')), { type: 'unsubscription_success' })
  t.match(ask(subscribe('order-2')), { type: 'subscription_success' })
})

test('who has no rule for a type is answered alike whether it is streamed, known, stopped or made up', async (t) => {
  const fixture = new ConnectionFixture()
  const types = ['parcel', 'invoice', 'nonsense', '__proto__', 'constructor', 'Parcel', 'order.create', 'all', '*']
  for (const rights of [fakeRights([]), fakeRights([fakeAudience('order')])]) {
    for (const subprotocol of ['sluice.v1', 'sluice.v1.batch'] as const) {
      const { ask, connection, transport } = connect(fixture, rights, { subprotocol })
      const answers = new Set<string>()
      for (const type of types) {
        for (const request of [subscribe('x', { entity_type: type }), unsubscribe('x', { entity_type: type })])
          answers.add(JSON.stringify({ ...ask(request), entity_type: undefined }))
        connection.tellStopped(type)
        fixture.clock.tick()
      }
      const said = transport.messages().slice(1)
      t.equal(said.length, 2 * types.length, 'one answer each, and nothing of a type that stops')
      t.same(
        [...answers].map((answer) => (JSON.parse(answer) as { code: string }).code),
        ['forbidden', 'not_subscribed'],
      )
    }
  }
})

test('of a type that stops nothing is said to a client that has lost its rights to it', async (t) => {
  const fixture = new ConnectionFixture()
  let rights: Rights = allRights
  const { connection, transport, ask } = connect(fixture, { audienceOf: (type) => rights.audienceOf(type) })
  ask(subscribe('order-1', { entity_type: 'order' }))
  rights = fakeRights([])
  connection.tellStopped('order')
  fixture.clock.tick()
  t.equal(transport.messages().length, 2)
  rights = allRights
  connection.tellStopped('order')
  fixture.clock.tick()
  t.match(transport.messages().at(-1), { code: 'entity_type_stopped', entity_type: 'order' })
})

test('takes a subscription to a type whose schema is not known yet from whom a rule shows something of it', async (t) => {
  const fixture = new ConnectionFixture()
  for (const type of [{ entity_type: 'invoice' }, {}]) {
    const { ask } = connect(fixture, fakeRights([fakeAudience('invoice')]))
    t.match(ask(subscribe('invoice-1', type)), { type: 'subscription_success' })
  }
})

test('after the answer to an unsubscription nothing more comes of it', async (t) => {
  const fixture = new ConnectionFixture()
  const { connection, transport, ask } = connect(fixture)
  ask(subscribe('order-1'))
  connection.receiveText(JSON.stringify(unsubscribe('order-1')))
  fixture.publish(fakeEvent())
  t.equal(transport.messages().at(-1)?.['type'], 'unsubscription_success')
  connection.receiveText(JSON.stringify(subscribe('order-1')))
  fixture.publish(fakeEvent())
  t.same(
    transport
      .messages()
      .map(({ type }) => type)
      .slice(-2),
    ['subscription_success', 'entity_update'],
  )
})

test('answers each kind of bad request with its code and goes on', async (t) => {
  const fixture = new ConnectionFixture()
  const { connection, transport, ask } = connect(fixture)
  const answerTo = (send: () => void): unknown => {
    send()
    fixture.clock.tick()
    return transport.messages().at(-1)?.['code']
  }
  t.equal(
    answerTo(() => connection.receiveText('{')),
    'not_json',
  )
  t.equal(
    answerTo(() => connection.receiveText('[]')),
    'not_an_object',
  )
  t.equal(
    answerTo(() => connection.receiveBinary()),
    'binary_frame',
  )
  t.equal(ask({})?.['code'], 'type_missing')
  t.equal(ask({ type: 'x' })?.['code'], 'type_unknown')
  t.equal(ask({ type: 'subscribe' })?.['code'], 'entity_id_missing')
  t.equal(ask(subscribe(''))?.['code'], 'entity_id_invalid')
  t.equal(ask(subscribe('x'.repeat(10_000)))?.['code'], 'entity_id_invalid')
  t.match(ask(subscribe('order-1')), { type: 'subscription_success' })
})

test('sends the frames of a tick in one write and counts it', async (t) => {
  const fixture = new ConnectionFixture()
  const { transport, ask } = connect(fixture)
  ask(subscribe('order-1'))
  const writes = transport.writes
  fixture.publish(fakeEvent(), fakeEvent(), fakeEvent())
  t.equal(transport.writes, writes + 1)
  t.equal(transport.updates().length, 3)
  t.equal(fixture.meter.writes, transport.writes)
  t.equal(fixture.meter.mailboxBytes, 0)
})

test('closes a client that reads too slowly, with its code, and lets go of what waited', async (t) => {
  const fixture = new ConnectionFixture({ mailboxBytesMax: 10_000 })
  const slow = connect(fixture)
  const healthy = connect(fixture, allRights, { sub: 'bob' })
  slow.ask(subscribe('order-1'))
  healthy.ask(subscribe('order-1'))
  slow.transport.reads = false
  const event = fakeEvent({ json: { text: 'x'.repeat(1000) } })
  for (let i = 0; i < 200; i++) fixture.publish(event)
  t.match(slow.transport.closedWith, { code: 4001 })
  t.ok(slow.transport.buffered <= 64 * 1024 + 1200, 'the socket holds little, so that the close frame is not far behind')
  t.equal(fixture.meter.mailboxBytes, 0)
  t.equal(healthy.transport.updates().length, 200)
  t.equal(healthy.transport.closedWith, undefined)
})

test('a backlog that makes room where too much waits keeps its client, which is sent what is left', async (t) => {
  class LatestOnly extends Mailbox<ConnectionMessage> {
    isOverfull = false

    override push(message: ConnectionMessage): void {
      super.push(message)
      this.isOverfull = this.bytes > 10_000
    }

    overflow(): undefined {
      let left = this.count
      this.revise((message) => (--left === 0 ? message : undefined))
    }
  }
  const fixture = new ConnectionFixture()
  const createBacklog = () => new LatestOnly(fixture.meter)
  const { connection, transport, ask } = connect(fixture, allRights, {}, { createBacklog })
  ask(subscribe('order-1'))
  transport.reads = false
  for (let n = 0; n < 200; n++) fixture.publish(fakeEvent({ json: { n, text: 'x'.repeat(1000) } }))
  t.equal(transport.closedWith, undefined)
  t.ok(fixture.meter.mailboxBytes <= 10_000)
  transport.drain()
  connection.drained()
  fixture.clock.tick()
  t.match(transport.updates().at(-1), { data: { n: 199 } })
  t.ok(transport.updates().length < 100)
})

test('keeps what waits while the socket is full and sends it in order when it drains', async (t) => {
  const fixture = new ConnectionFixture()
  const { connection, transport, ask } = connect(fixture)
  ask(subscribe('order-1'))
  transport.reads = false
  for (let n = 0; n < 100; n++) fixture.publish(fakeEvent({ json: { n, text: 'x'.repeat(1000) } }))
  t.ok(transport.updates().length < 100)
  transport.reads = true
  transport.buffered = 0
  connection.drained()
  fixture.clock.tick()
  t.same(
    transport.updates().map(({ data }) => (data as { n: number }).n),
    Array.from({ length: 100 }, (_, n) => n),
  )
})

test('an actor that fails closes its own connection and no other', async (t) => {
  const fixture = new ConnectionFixture()
  const failing = connect(fixture)
  const healthy = connect(fixture, allRights, { sub: 'bob' })
  failing.ask(subscribe('order-1'))
  healthy.ask(subscribe('order-1'))
  failing.transport.failsOnSend = true
  fixture.publish(fakeEvent())
  fixture.publish(fakeEvent())
  t.match(failing.transport.closedWith, { code: 4002 })
  t.equal(healthy.transport.updates().length, 2)
  t.match(fixture.logged, [{ level: 'error', fields: { sub: 'alice' } }])
  t.equal(fixture.meter.subscriptions, 1)
})

test('a connection that has gone gets nothing more and leaves no subscription behind', async (t) => {
  const fixture = new ConnectionFixture()
  const { connection, transport, ask } = connect(fixture)
  ask(subscribe('order-1'))
  connection.closed(1006, false)
  fixture.publish(fakeEvent())
  t.equal(transport.updates().length, 0)
  t.equal(fixture.index.audiencesOf('order', 'order-1'), undefined)
  t.equal(fixture.meter.subscriptions, 0)
})

test('a connection comes to its end whatever fails on the way: the log, the socket, what it is listed in', async (t) => {
  const fail = () => {
    throw new Error('as asked')
  }
  const ways: [name: string, end: (connection: Connection) => void][] = [
    ['close', (connection) => connection.close('token_expired')],
    ['closed', (connection) => connection.closed(1006, false)],
    ['fail', (connection) => connection.fail(new Error('a fault'))],
  ]
  for (const [name, end] of ways) {
    for (const failing of ['log', 'index', 'socket', 'hub', 'all']) {
      const fixture = new ConnectionFixture()
      const fails = (part: string) => failing === part || failing === 'all'
      const ended: string[] = []
      const transport = new FakeTransport()
      transport.close = () => (ended.push('socket'), fails('socket') ? fail() : undefined)
      const connection = new Connection(identity(), lastingRights(allRights), transport, {
        ...fixture.context,
        log: fails('log') ? { debug: fail, info: fail, warn: fail, error: fail } : fixture.context.log,
        index: {
          add: () => undefined,
          remove: () => (ended.push('index'), fails('index') ? fail() : undefined),
          regroupAmid: (_subscriptions, change) => change(),
          noteCompared: () => undefined,
        },
        departed: () => (ended.push('hub'), fails('hub') ? fail() : undefined),
      })
      connection.receiveText(JSON.stringify(subscribe('order-1')))
      end(connection)
      fixture.clock.tick()
      t.ok(connection.isStopped, `${name}, failing ${failing}`)
      t.same(ended, ['index', name === 'closed' ? 'hub' : 'socket'], `${name}, failing ${failing}`)
      t.equal(fixture.meter.mailboxBytes, 0)
    }
  }
})

test('a subscriber that fails amid a delivery ends, and those behind it are sent their update', async (t) => {
  const fixture = new ConnectionFixture()
  const clients = ['a', 'b', 'c'].map((sub) => connect(fixture, allRights, { sub }))
  for (const { ask } of clients) ask(subscribe('order-1'))
  clients[1]!.connection.frameFor = () => {
    throw new Error('as asked')
  }
  fixture.publish(fakeEvent(), fakeEvent())
  t.same(
    clients.map(({ transport }) => transport.updates().length),
    [2, 0, 2],
  )
  t.match(clients[1]!.transport.closedWith, { code: 4002 })
  fixture.publish(fakeEvent())
  t.equal(clients[2]!.transport.updates().length, 3)
})
