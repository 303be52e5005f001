import { test } from 'tap'
import { seedDialect } from '#client/seed-dialect.js'
import { SeedClient } from '#client/seed-client.js'
import { clientFixture } from '../support/client/client-fixture.js'

const success = (entity_id: string) => ({ type: 'subscription_success', entity_id })
const update = (entity_id: string, entity_type: string, n: number) => ({
  ...{ type: 'entity_update', entity_id, entity_type, operation: 'update' },
  data: { n },
})

test('speaks the seed’s protocol: the token in the address, one request at a time, answers in order, types apart', async (t) => {
  const { client, world } = clientFixture({}, seedDialect)
  const told: unknown[] = []
  client.subscribe('order', 'a').subscribe(({ entityType, data }) => told.push([entityType, data]))
  client.subscribe('a').subscribe(({ entityType, data }) => told.push(['any', entityType, data]))
  client.subscribe('order', 'b').subscribe(({ entityType, data }) => told.push([entityType, data]))
  world.settle()
  const { socket } = world
  t.same([socket.url, socket.subprotocols], ['ws://gateway/ws/tab-1?access_token=ann.1', []])
  socket.receive({ type: 'connection_established', client_id: 'tab-1', message: '' })
  t.same(socket.sent, [{ type: 'subscribe', entity_id: 'a' }])
  socket.receive(success('a'))
  t.same(socket.sent.slice(1), [{ type: 'subscribe', entity_id: 'b' }])
  const failed: unknown[] = []
  client.on('error', ({ code }) => failed.push(code))
  socket.receive({ type: 'error', message: 'No.' })
  socket.receive(update('a', 'order', 1))
  socket.receive(update('a', 'user', 2))
  t.same(told, [
    ['order', { n: 1 }],
    ['any', 'order', { n: 1 }],
    ['any', 'user', { n: 2 }],
  ])
  t.same(failed, ['refused'])
  socket.end()
  world.advance(1000)
  world.socket.receive({ type: 'connection_established', client_id: 'tab-1', message: '' })
  t.same(world.socket.sent, [{ type: 'subscribe', entity_id: 'a' }])
})

test('is made without touching anything of where it runs', async (t) => {
  t.equal(new SeedClient('ws://gateway', { token: 'x' }).state.getSnapshot().status, 'idle')
})
