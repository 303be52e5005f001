import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'tap'
import { clientFixture, grant, requestsOf, update } from '../support/client/client-fixture.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** What a WeakRef has given is held until the next turn. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  gc()
}

const many = 2000
const bytesMax = 1_048_576

test('stores that nobody holds are freed, as a page renders ids without end; one that is listened to stays', async (t) => {
  const { client, world, live } = clientFixture()
  const held = client.entity('order', 'held')
  const listenedTo = new WeakRef(client.entity('order', 'listened'))
  listenedTo.deref()!.subscribe(() => undefined)
  live()
  const render = (from: number): WeakRef<object>[] =>
    Array.from({ length: many }, (_, n) => {
      const store = client.entity('order', `o${from + n}`)
      if (n % 2 === 1) store.subscribe(() => undefined)()
      return new WeakRef(store)
    })
  const first = render(0)
  world.advance(60_000)
  await collectGarbage()
  t.equal(first.filter((ref) => ref.deref()).length, 0)
  await collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let round = 1; round <= 5; round++) {
    render(round * many)
    world.advance(60_000)
    world.socket.sent.length = 0
    await collectGarbage()
  }
  await collectGarbage()
  const grown = process.memoryUsage().heapUsed - before
  t.ok(grown < bytesMax, `${grown} bytes after ${5 * many} more`)
  t.ok(listenedTo.deref())
  t.equal(client.entity('order', 'held'), held, 'who holds a store is given the same one')
  client.close()
})

test('lists that nobody holds are freed, as a page filters without end', async (t) => {
  const { client, world, live } = clientFixture()
  void client.connect()
  const socket = live()
  const filter = async (from: number): Promise<void> => {
    for (let n = 0; n < many; n++) {
      const list = client.collection('order', { where: { n: from + n } })
      const [stop, stopChanges] = [list.subscribe(() => undefined), list.changes().subscribe(() => undefined)]
      world.settle()
      const { ref } = requestsOf(socket, 'subscribe').at(-1)!
      const name = { subscription: `s${from + n}`, entity_type: 'order' }
      socket.receive({ type: 'subscription_success', ...name, ref }, { ...update('o1', { n }, 'c', 'snapshot'), ...name })
      stop()
      stopChanges()
      world.advance(2000)
      socket.receive({ type: 'unsubscription_success', ...name, ref: requestsOf(socket, 'unsubscribe').at(-1)!['ref'] })
      socket.sent.length = 0
    }
    await collectGarbage()
  }
  await filter(0)
  await collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let round = 1; round <= 3; round++) await filter(round * many)
  await collectGarbage()
  const grown = process.memoryUsage().heapUsed - before
  t.ok(grown < bytesMax, `${grown} bytes after ${3 * many} more`)
  client.close()
})

test('subscriptions that were ended, by whatever, are freed', async (t) => {
  const { client, world, live } = clientFixture()
  void client.connect()
  live()
  const ends: readonly ((n: number) => unknown)[] = [
    (n) => client.subscribe('order', `o${n}`).subscribe(() => undefined)(),
    (n) => client.subscribe('order', `o${n}`)[Symbol.asyncIterator]().return?.(),
    (n) => {
      const aborter = new AbortController()
      client.subscribe('order', `o${n}`, { signal: aborter.signal }).subscribe(() => undefined)
      aborter.abort()
    },
    async (n) => {
      for await (const state of client.entity('order', `o${n}`)) if (state.status === 'waiting') break
    },
    () => client.on('error', () => undefined)(),
    () => client.state.subscribe(() => undefined)(),
  ]
  const endAll = async (from: number) => {
    for (let n = 0; n < many; n++) await ends[n % ends.length]!(from + n)
    world.advance(60_000)
    world.socket.sent.length = 0
    await collectGarbage()
  }
  await endAll(0)
  const before = process.memoryUsage().heapUsed
  for (let round = 1; round <= 5; round++) await endAll(round * many)
  const grown = process.memoryUsage().heapUsed - before
  t.ok(grown < bytesMax, `${grown} bytes after ${5 * many} more`)
  client.close()
})

test('who waited for the connection is held no longer than that', async (t) => {
  const { client, live } = clientFixture()
  const waiting = new WeakRef(client.connect())
  live()
  await waiting.deref()
  await collectGarbage()
  t.equal(waiting.deref(), undefined)
  const failing = clientFixture()
  const refused = new WeakRef(failing.client.connect().catch(() => undefined))
  failing.world.settle()
  failing.client.close()
  failing.world.settle()
  await refused.deref()
  await collectGarbage()
  t.equal(refused.deref(), undefined)
})

test('a store and its listeners have the same object, until something has changed', async (t) => {
  const { client, live } = clientFixture()
  const order = client.entity('order', 'o1')
  const told: unknown[] = []
  order.subscribe((state) => told.push(state))
  const state = client.state.getSnapshot()
  t.equal(client.state.getSnapshot(), state)
  const socket = live()
  grant(socket)
  socket.receive(update('o1', { status: 'NEW' }, 'c1', 'snapshot'), {
    type: 'snapshot_complete',
    entity_id: 'o1',
    entity_type: 'order',
    count: 1,
  })
  const known = order.getSnapshot()
  t.equal(told.at(-1), known)
  const others = [
    { type: 'pong', ref: 1 },
    { type: 'token_expiring' },
    update('o2', {}, 'c2'),
    { type: 'gap', entity_id: 'o2', entity_type: 'order', missed: 1 },
    { type: 'snapshot_complete', entity_id: 'o1', entity_type: 'order', count: 1 },
  ]
  for (const message of others) socket.receive(message)
  client.entity('order', 'o1').subscribe((same) => t.equal(same, known))
  t.same([order.getSnapshot() === known, order.getServerSnapshot() === order.getServerSnapshot(), told.length], [true, true, 2])
  client.close()
})
