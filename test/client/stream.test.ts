import { test } from 'tap'
import { clientFixture, grant, requestsOf, update } from '../support/client/client-fixture.js'

/** A stream of changes that stands, to an iterator or to a callback. */
function standing(queueMax?: number) {
  const fixture = clientFixture()
  const subscription = fixture.client.subscribe('order', 'o1', { queueMax })
  const iterator = subscription[Symbol.asyncIterator]()
  const called: unknown[] = []
  subscription.subscribe(({ data, missed }) => called.push([(data as { n?: number } | undefined)?.n, missed?.because, missed?.count]))
  const states: unknown[] = []
  fixture.client.entity('order', 'o1').subscribe((state) => states.push('missed' in state ? state.missed?.because : state.status))
  const socket = fixture.live()
  grant(socket, { cursor: 'c0' })
  const next = async () => (await iterator.next()).value as { data: unknown; missed: unknown }
  return { ...fixture, subscription, iterator, called, states, socket, next }
}

test('an iterator that lags behind loses the oldest changes, and is told how many', async (t) => {
  const { socket, next } = standing(2)
  for (let n = 1; n <= 5; n++) socket.receive(update('o1', { n }, `c${n}`))
  t.match(await next(), { data: { n: 4 }, missed: { because: 'queue_full', count: 3 } })
  t.match(await next(), { data: { n: 5 }, missed: undefined })
})

test('what waits for an iterator goes with the right to see it', async (t) => {
  const { socket, next } = standing()
  socket.receive(update('o1', { n: 1, a: { email: 'x', list: [1, 2] } }, 'c1'), update('o1', { n: 2, a: { email: 'y', list: [1] } }, 'c2'))
  socket.receive(update('o1', { n: 2, a: { list: [1] } }, 'c2'))
  t.match(await next(), { data: { n: 2, a: { email: undefined } }, missed: { because: 'rights', count: 2 } })
  socket.receive(update('o1', { n: 3, a: null }, 'c3'), update('o1', { n: 4, a: { list: [] } }, 'c4'))
  t.match(await next(), { data: { n: 3 }, missed: undefined }, 'a value that is null is no loss')
  socket.receive(update('o1', {}, 'none', 'delete'))
  t.match(await next(), { data: undefined, missed: { because: 'rights', count: 1 } })
})

test('a gap is told once, with its cause, to iterators, callbacks and stores', async (t) => {
  const { socket, next, called, states, world, live } = standing()
  socket.receive(
    { type: 'gap', entity_id: 'o1', entity_type: 'order', missed: 7 },
    update('o1', { n: 8 }, 'c8'),
    update('o1', { n: 9 }, 'c9'),
  )
  socket.end()
  world.advance(500)
  const again = live()
  grant(again, { resumed: false, reason: 'expired' })
  again.receive(update('o1', { n: 20 }, 'c20', 'snapshot'), { type: 'snapshot_complete', entity_id: 'o1', entity_type: 'order', count: 1 })
  again.receive(update('o1', { n: 21 }, 'c21'))
  t.same(called, [
    [8, 'slow', 7],
    [9, undefined, undefined],
    [20, 'not_resumed', undefined],
    [21, undefined, undefined],
  ])
  t.match(
    [await next(), await next(), await next(), await next()].map(({ missed }) => missed),
    [{ because: 'slow', count: 7 }, undefined, { because: 'not_resumed', count: undefined }, undefined],
  )
  t.same(states, ['waiting', 'slow', undefined, 'not_resumed', undefined])
})

test('a listener that throws is reported, and one that leaves, comes or closes within itself disturbs nobody', async (t) => {
  const { client, socket, world } = standing()
  const told: string[] = []
  const order = client.entity('order', 'o1')
  const stop = order.subscribe(({ status }) => {
    if (status !== 'live') return
    told.push('leaves')
    stop()
    client.entity('order', 'o2').subscribe(() => undefined)
  })
  client.subscribe('order', 'o1').subscribe(() => {
    throw new Error('on purpose')
  })
  order.subscribe(({ status }) => told.push(status))
  socket.receive(update('o1', { n: 1 }, 'c1'), update('o1', { n: 2 }, 'c2'))
  t.same(told, ['waiting', 'leaves', 'live'])
  t.equal(world.reported.length, 2)
  t.match(requestsOf(socket, 'subscribe').at(-1), { entity_id: 'o2' })
  order.subscribe(({ status }) => status === 'live' && client.close())
  world.settle()
  t.match(order.getSnapshot(), { status: 'failed', data: undefined, error: { code: 'closed' } })
})

test('ends by its signal, by break, by a failure and by close, and leaves nothing', async (t) => {
  const { client, live, world } = clientFixture()
  const aborter = new AbortController()
  const [byAbort, byReturn, byFailure, byClose] = ['a', 'b', 'c', 'd'].map((id) =>
    client.subscribe('order', id, { signal: id === 'a' ? aborter.signal : undefined })[Symbol.asyncIterator](),
  ) as [AsyncIterator<unknown>, AsyncIterator<unknown>, AsyncIterator<unknown>, AsyncIterator<unknown>]
  const socket = live()
  const refs = requestsOf(socket, 'subscribe').map(({ ref }) => ref)
  aborter.abort()
  await byReturn.return?.()
  socket.receive({ type: 'error', code: 'forbidden', message: 'No.', ref: refs[2], entity_id: 'c' })
  await t.rejects(byFailure.next(), { code: 'forbidden', final: true, entityId: 'c' })
  t.same(
    [await byAbort.next(), await byReturn.next(), await byFailure.next()].map(({ done }) => done),
    [true, true, true],
  )
  world.advance(3000)
  t.same(
    requestsOf(socket, 'unsubscribe').map(({ entity_id }) => entity_id),
    ['a', 'b'],
  )
  client.close()
  world.settle()
  t.equal((await byClose.next()).done, true)
  t.equal(world.timerCount, 0)
})
