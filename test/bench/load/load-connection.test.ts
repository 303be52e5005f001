import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Test, test } from 'tap'
import { WebSocketServer } from 'ws'
import type { ClientPlan } from '../../../bench/load/client-plan.js'
import { LoadConnection } from '../../../bench/load/load-connection.js'
import { Tally } from '../../../bench/load/tally.js'
import { collectionId } from '#protocol/collection-id.js'
import { until } from '../../support/running/until.js'
import { entityIdOf, firstSequence } from '../../../bench/workload/order.js'

const greeting = { type: 'connection_established' }

function updateOf(entity: number, sequence: number, operation: string, cursor?: string): object {
  return { type: 'entity_update', entity_id: entityIdOf(entity), entity_type: 'order', operation, data: { seq: sequence }, cursor }
}

/** A client of entity 1 at a server that answers each request with these messages, and what it asked for. */
async function clientOf(t: Test, plan: Partial<ClientPlan>, ...answers: object[]) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const asked: unknown[] = []
  server.on('connection', (client) => {
    client.send(JSON.stringify(greeting))
    client.on('message', (text: Buffer) => {
      asked.push(JSON.parse(text.toString()))
      for (const message of answers) client.send(JSON.stringify(message))
    })
  })
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/client`
  const tally = new Tally()
  tally.account.reserve(1)
  tally.begin()
  const whole = { url, token: '', role: 'support', sees: true, timed: true, entities: [1], ...plan }
  const connection = new LoadConnection(whole, tally, 0)
  t.teardown(() => connection.reset())
  return { connection, tally, asked }
}

test('fails where it is refused a subscription, instead of waiting for it for ever', async (t) => {
  const { connection } = await clientOf(t, {}, { type: 'error', message: 'no' })
  await t.rejects(connection.opened, { message: /"message":"no"/ })
})

test('subscribes when it is told to, and counts its snapshot as the version that it stands for', async (t) => {
  const messages = [{ type: 'subscription_success' }, updateOf(1, firstSequence, 'snapshot'), { type: 'snapshot_complete' }]
  const { connection, tally, asked } = await clientOf(t, { subscribesLater: true }, ...messages)
  await connection.opened
  t.same(asked, [])
  await connection.subscribe({ snapshot: true })
  t.same(asked, [{ type: 'subscribe', entity_id: entityIdOf(1), snapshot: true }])
  t.match(tally.account.result(), { counts: [1], sums: [firstSequence] })
})

test('goes on from the cursors that another one kept', async (t) => {
  const live = [{ type: 'subscription_success' }, updateOf(1, firstSequence, 'create', 'a'), updateOf(1, firstSequence + 1, 'update', 'b')]
  const before = await clientOf(t, { keepsCursors: true }, ...live)
  await before.connection.opened
  await until(() => before.tally.received === 2)
  t.same(before.connection.cursors(), ['b'])
  const after = await clientOf(t, { cursors: ['b'] }, { type: 'subscription_success', resumed: true })
  await after.connection.opened
  t.same(after.asked, [{ type: 'subscribe', entity_id: entityIdOf(1), entity_type: 'order', since: 'b' }])
})

test('fails where it is not sent what it has missed', async (t) => {
  const { connection } = await clientOf(t, { cursors: ['b'] }, { type: 'subscription_success', resumed: false, reason: 'expired' })
  await t.rejects(connection.opened, { message: /expired/ })
})

test('counts by itself what tells a version once more, and when', async (t) => {
  const update = updateOf(1, firstSequence, 'update')
  const { connection, tally } = await clientOf(t, {}, { type: 'subscription_success' }, update, update)
  await connection.opened
  await until(() => tally.repeats === 1)
  t.match(tally, { received: 1, repeats: 1 })
  t.ok(tally.repeatedMs > 0)
})

test('subscribes to a collection at once, and is there when it has all of it', async (t) => {
  const where = { owner_id: 'u1' }
  const messages = [{ type: 'subscription_success' }, updateOf(1, firstSequence, 'snapshot'), { type: 'snapshot_complete' }]
  const { connection, tally, asked } = await clientOf(t, { where }, ...messages)
  await connection.opened
  t.same(asked, [{ type: 'subscribe', entity_type: 'order', where, snapshot: true }])
  t.match(tally.account.result(), { counts: [1], foreign: 0 })
})

test('leaves a collection by its id', async (t) => {
  const where = { owner_id: 'u1' }
  const { connection, asked } = await clientOf(t, { where, subscribesLater: true }, { type: 'subscription_success' })
  await connection.opened
  await connection.subscribe({})
  await connection.unsubscribe({})
  t.match(asked[1], { type: 'unsubscribe', subscription: collectionId({ entity_type: 'order', where }) })
})

test('counts an entity of a snapshot that is none of its collection', async (t) => {
  const messages = [{ type: 'subscription_success' }, updateOf(2, firstSequence, 'snapshot'), { type: 'snapshot_complete' }]
  const { connection, tally } = await clientOf(t, { where: {} }, ...messages)
  await connection.opened
  t.match(tally.account.result(), { counts: [0], foreign: 1 })
})
