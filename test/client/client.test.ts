import { test } from 'tap'
import { clientFixture, grant, requestsOf, update } from '../support/client/client-fixture.js'

test('does nothing until somebody subscribes, and lets go when nobody does any more', async (t) => {
  const { client, world, live } = clientFixture()
  const order = client.entity('order', 'o1')
  world.advance(100_000)
  t.same([world.sockets.length, world.timerCount, client.state.getSnapshot()], [0, 0, { status: 'idle' }])
  const states: unknown[] = []
  const stop = order.subscribe((state) => states.push(state))
  const socket = live()
  t.equal(socket.url, 'ws://gateway/ws/tab-1')
  t.same(socket.subprotocols, ['sluice.v1.batch', 'sluice.v1', 'bearer.ann.1'])
  t.same(requestsOf(socket, 'subscribe'), [{ type: 'subscribe', entity_id: 'o1', entity_type: 'order', snapshot: true, ref: 1 }])
  grant(socket)
  socket.receive(update('o1', { id: 'o1', status: 'NEW' }, 'c1', 'snapshot'), {
    type: 'snapshot_complete',
    entity_id: 'o1',
    entity_type: 'order',
    count: 1,
    cursor: 'c1',
  })
  t.same(states, [
    { status: 'waiting', data: undefined },
    { status: 'live', data: { id: 'o1', status: 'NEW' }, timestamp: '2026-01-01T12:00:00.000Z', missed: undefined },
  ])
  stop()
  world.advance(999)
  t.equal(client.state.getSnapshot().status, 'live')
  world.advance(1)
  t.same([client.state.getSnapshot().status, socket.isClosed, world.timerCount, order.getSnapshot().status], ['idle', true, 0, 'waiting'])
})

test('tells changes to callbacks and iterators, and goes on behind the last one after a loss', async (t) => {
  const { client, world, live } = clientFixture()
  const subscription = client.subscribe('order', 'o1')
  const [called, iterated]: [unknown[], unknown[]] = [[], []]
  subscription.subscribe(({ data, missed }) => called.push([data, missed]))
  const iterator = subscription[Symbol.asyncIterator]()
  const first = live()
  grant(first, { cursor: 'c0' })
  await subscription.ready
  first.receive(update('o1', { status: 'A' }, 'c1'), update('o1', { status: 'B' }, 'c2'))
  first.end()
  t.equal(client.state.getSnapshot().status, 'waiting')
  world.advance(500)
  const second = live()
  t.match(requestsOf(second, 'subscribe'), [{ since: 'c2', snapshot: undefined }])
  first.receive(update('o1', { status: 'OLD' }, 'c9'))
  grant(second, { resumed: true, cursor: 'c2' })
  second.receive(update('o1', { status: 'C' }, 'c3'))
  t.same(called, [
    [{ status: 'A' }, undefined],
    [{ status: 'B' }, undefined],
    [{ status: 'C' }, undefined],
  ])
  for (let n = 0; n < 3; n++) iterated.push((await iterator.next()).value)
  t.match(iterated, [{ data: { status: 'A' } }, { data: { status: 'B' } }, { data: { status: 'C' } }])
  t.equal(subscription.cursor, 'c3')
  client.close()
  world.settle()
  t.same(await iterator.next(), { done: true, value: undefined })
})
