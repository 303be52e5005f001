import { test } from 'tap'
import { type CursorPlace, Cursors } from '#gateway/table/cursor.js'
import { fakeAudience, fakeEvent } from '../../../support/gateway/fake-rights.js'
import { StatefulGateway, type StatefulClient } from '../../../support/gateway/stateful-gateway.js'

/** The cursor of a record that comes so many behind that of another cursor, at the same time in Kafka, under the same leaves. */
function cursorBehind({ topics }: StatefulGateway, cursor: string, records: number): string {
  const cursors = new Cursors((topic) => topics.idOf(topic))
  const [{ offset, kafkaTimestampMs }] = [...cursors.places(cursor, 'order')] as [CursorPlace]
  const version = { topic: 'order', partition: 0, offset: offset + records, kafkaTimestampMs }
  const made = Buffer.from(cursors.of(version, fakeAudience('order').maskOf(fakeEvent())!), 'base64url')
  return Buffer.concat([made.subarray(0, 16), Buffer.from(cursor, 'base64url').subarray(16)]).toString('base64url')
}

/** A client that knows what this node has not read yet: by another node, which was faster. */
async function behind() {
  const gateway = await StatefulGateway.start()
  const startMs = gateway.clock.now()
  gateway.write('order-1', { status: 'NEW' })
  await gateway.settle()
  const probe = gateway.connect({ clientId: 'probe' })
  probe.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
  await gateway.settle()
  const known = String(probe.heard()[1]!['cursor'])
  const client = gateway.connect()
  await gateway.settle()
  client.heard()
  const write = async (status: string) => {
    gateway.write('order-1', { status }, startMs)
    await gateway.settle()
  }
  const ask = (since: string, ref: number) => client.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', since, ref })
  const later = (records: number) => cursorBehind(gateway, known, records)
  return { gateway, client, later, write, ask }
}

const kinds = (client: StatefulClient) => client.heard().map(({ type, code, operation, ref }) => [code ?? operation ?? type, ref])

test('a cursor ahead of what this node has read waits for it, and nothing older is told', async (t) => {
  const { gateway, client, later, write, ask } = await behind()
  ask(later(2), 1)
  await gateway.clock.advance(500)
  await write('PAID')
  await gateway.clock.advance(500)
  t.same(client.heard(), [])
  await write('SENT')
  await write('DONE')
  t.same(client.heard(), [])
  await gateway.clock.advance(100)
  t.match(client.heard(), [
    { type: 'subscription_success', ref: 1, resumed: true, cursor: later(2) },
    { operation: 'update', data: { status: 'DONE' } },
  ])
  await write('KEPT')
  t.match(client.heard(), [{ operation: 'update', data: { status: 'KEPT' } }])
  t.equal(gateway.meter.subscriptions, 2, 'those of the probe and the client')
})

test('is answered by an error after two seconds, which says when to ask again', async (t) => {
  const { gateway, client, later, ask } = await behind()
  ask(later(1), 1)
  await gateway.clock.advance(1_900)
  t.same(client.heard(), [])
  t.equal(gateway.meter.subscriptions, 2, 'it has a place')
  await gateway.clock.advance(200)
  t.match(client.heard(), [{ code: 'cursor_ahead', entity_id: 'order-1', entity_type: 'order', ref: 1, retry_after_ms: 1000 }])
  t.equal(gateway.meter.subscriptions, 1)
})

test('holds up no other request, also of the same list', async (t) => {
  const { gateway, client, later } = await behind()
  const order = { entity_type: 'order', snapshot: true }
  const subscriptions = [
    { entity_id: 'order-1', ...order, since: later(1), ref: 1 },
    { entity_id: 'order-2', ...order, ref: 2 },
  ]
  client.send(JSON.stringify({ type: 'subscribe', subscriptions }))
  client.ask({ type: 'ping', ref: 3 })
  await gateway.settle()
  t.same(kinds(client), [
    ['subscription_success', 2],
    ['snapshot_complete', 2],
    ['pong', 3],
  ])
  await gateway.clock.advance(2_000)
  t.same(kinds(client), [['cursor_ahead', 1]])
})

test('a later request for the same entity is served at once, and what waited is told so first', async (t) => {
  const { gateway, client, later, write, ask } = await behind()
  ask(later(1), 1)
  client.ask({ type: 'subscribe', entity_id: 'order-1', ref: 2 })
  await gateway.settle()
  t.same(kinds(client), [
    ['cursor_ahead', 1],
    ['subscription_success', 2],
  ])
  ask(later(1), 3)
  await gateway.settle()
  t.same(kinds(client), [['cursor_ahead', 3]], 'as updates come already')
  await write('PAID')
  await gateway.clock.advance(2_000)
  t.same(kinds(client), [['update', undefined]])
})

test('ends with an unsubscription, and with its client', async (t) => {
  const { gateway, client, later, ask } = await behind()
  const unsubscribe = (ref: number) => client.ask({ type: 'unsubscribe', entity_id: 'order-1', entity_type: 'order', ref })
  ask(later(1), 1)
  unsubscribe(2)
  unsubscribe(3)
  await gateway.clock.advance(3_000)
  t.same(kinds(client), [
    ['cursor_ahead', 1],
    ['unsubscription_success', 2],
    ['not_subscribed', 3],
  ])
  ask(later(1), 4)
  client.leave()
  await gateway.clock.advance(3_000)
  t.same(client.heard(), [])
  t.equal(gateway.meter.subscriptions, 1)
})

test('takes no more places than there may be subscriptions', async (t) => {
  const { gateway, client, later } = await behind()
  const since = later(1)
  for (let n = 0; n < 12; n++) client.ask({ type: 'subscribe', entity_id: `order-${n}`, entity_type: 'order', since, ref: n })
  await gateway.settle()
  t.same(kinds(client), [
    ['too_many_subscriptions', 10],
    ['too_many_subscriptions', 11],
  ])
  await gateway.clock.advance(2_000)
  t.same(
    kinds(client),
    Array.from({ length: 10 }, (_none, n) => ['cursor_ahead', n]),
  )
})

test('is judged by the rights of then', async (t) => {
  const { gateway, client, later, write, ask } = await behind()
  ask(later(1), 1)
  gateway.sign('none', { roles: [] })
  client.ask({ type: 'authenticate', token: 'none' })
  await write('PAID')
  await gateway.clock.advance(200)
  t.same(
    kinds(client).map(([kind]) => kind),
    ['authenticated', 'forbidden'],
  )
})
