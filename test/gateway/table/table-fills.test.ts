import { test } from 'tap'
import type { PartitionSource } from '#gateway/source/partition-source.js'
import type { FakeTransport } from '../../support/gateway/fake-transport.js'
import { sourceWith } from '../../support/gateway/source-with.js'
import { TabledGateway, toldIn } from '../../support/gateway/tabled-gateway.js'

/** Many notes are so long that a type with them does not fit. */
const longNote = 'x'.repeat(1_000)

async function subscribeAll(all: TabledGateway, ids: readonly string[]): Promise<FakeTransport[]> {
  return await Promise.all(ids.map((id) => all.subscribe(id, 'order')))
}

function errorsIn(transport: FakeTransport): unknown[] {
  return transport.messages().flatMap(({ type, code }) => (type === 'error' ? [code] : []))
}

test('a first type that does not fit has no table, and those behind it keep theirs', async (t) => {
  const all = new TabledGateway({ bytesMax: 50_000 })
  for (let n = 0; n < 100; n++) all.write('order', `order-${n}`, longNote)
  all.write('parcel', 'parcel-1', 'there')
  await all.start()
  t.match(all.gateway.status(), { ready: true, reasons: [/^the entity type "order" has no table: it would take more of STATE_BYTES_MAX/] })
  t.equal(all.meter.tablesGivenUp, 1)
  t.same([...all.meter.versions!.byType.keys()], ['parcel', 'ride'])
  t.match(all.linesOf('warn'), ['The table of an entity type is given up'])
  t.same(errorsIn(await all.subscribe('order-1', 'order')), ['state_unavailable'])
  t.same(toldIn(await all.subscribe('parcel-1', 'parcel')), [['snapshot', 'there']])
  t.equal(all.meter.snapshots, 1)
})

test('nothing of what a table that was given up should have held is sent as if it had just happened', async (t) => {
  const all = new TabledGateway({ bytesMax: 20_000 })
  for (let n = 0; n < 2_000; n++) all.write('order', 'order-1', `${n}`.padEnd(1_000))
  for (let n = 0; n < 100; n++) all.write('order', `order-${n}`, longNote)
  await all.start()
  const client = await all.subscribe('order-1', 'order', {})
  all.write('order', 'order-1', 'new')
  await all.clock.settle()
  t.same(toldIn(client), [['update', 'new']])
})

test('a second type gets what the first leaves, whichever grew faster', async (t) => {
  const all = new TabledGateway({ bytesMax: 50_000 })
  for (let n = 0; n < 30; n++) all.write('order', `order-${n}`, longNote)
  for (let n = 0; n < 30; n++) all.write('parcel', `parcel-${n}`, longNote)
  await all.start()
  t.same([...all.meter.versions!.byType.keys()], ['order', 'ride'])
})

test('a table that grows beyond the limit while the node runs closes those whose pages stand by it, and nobody else', async (t) => {
  const all = new TabledGateway({ bytesMax: 50_000 })
  await all.start()
  const [orders, parcels, both] = [
    await all.subscribe('parcel-1', 'order'),
    await all.subscribe('parcel-1', 'parcel'),
    await all.subscribe('parcel-1'),
  ]
  for (let n = 0; n < 60; n++) all.write('parcel', `parcel-${n}`, longNote)
  await all.clock.settle()
  t.match(
    [orders, parcels, both].map(({ closedWith }) => closedWith?.code),
    [undefined, 4004, 4004],
  )
  t.ok(all.gateway.status().ready)
  const later = await all.subscribe('parcel-1', 'parcel', {})
  all.write('parcel', 'parcel-1', 'goes on')
  await all.clock.settle()
  t.same(toldIn(later), [['update', 'goes on']])
})

test('a fill that takes too long is given up, and time in which nothing comes is not its own', async (t) => {
  for (const [fillSecondsMax, isGivenUp] of [
    [5, true],
    [20, false],
  ] as const) {
    const all = new TabledGateway({ fillSecondsMax })
    all.write('order', 'order-1', 'first')
    all.registry.isAway = true
    const started = all.gateway.start()
    await all.clock.advance(1_000)
    t.match(all.gateway.status().reasons, ['the table of "order" is filling: 0 of 1 records are read'])
    await all.clock.advance(3_600_000)
    t.equal(all.meter.tablesGivenUp, Number(isGivenUp))
    all.registry.isAway = false
    await all.clock.advance(60_000)
    await started
    t.same([...all.meter.versions!.byType.keys()], isGivenUp ? ['parcel', 'ride'] : ['order', 'parcel', 'ride'])
  }
})

test('a fill that a partition without a leader holds is given up in its time, and the node goes on', async (t) => {
  let place: () => void = () => undefined
  let isReady = true
  const placed = new Promise<void>((resolve) => (place = resolve))
  const leaderless = (source: PartitionSource) =>
    sourceWith(source, {
      add: async (topics, from) => {
        await source.add(topics, from)
        if (topics.includes('order')) await placed
      },
      skipToEnd: (topics) => {
        place()
        return source.skipToEnd(topics)
      },
      status: () => ({ ready: isReady }),
    })
  const all = new TabledGateway({ fillSecondsMax: 20 }, 2, leaderless)
  all.write('order', 'order-1', 'of the other partition')
  const started = all.gateway.start()
  isReady = false
  await all.clock.advance(3_600_000)
  t.equal(all.meter.tablesGivenUp, 0, 'where nothing of Kafka answers no fill is to blame')
  isReady = true
  await all.clock.advance(21_000)
  await started
  t.same([...all.meter.versions!.byType.keys()], ['parcel', 'ride'])
  t.match(all.gateway.status(), { ready: true, reasons: [/"order" has no table: it was not full after the 20 seconds/] })
  t.same(errorsIn(await all.subscribe('order-1', 'order')), ['state_unavailable'])
})

test('a type of which Kafka hides a topic, from the start or later, goes without a table: its history is never news', async (t) => {
  for (const isLate of [false, true]) {
    const hidden = new Set<string>()
    const forbidding = (source: PartitionSource) =>
      sourceWith(source, { forbidden: (topics) => topics.filter((topic) => hidden.has(topic)) })
    const all = new TabledGateway({}, 1, forbidding)
    all.write('ride.update', 'ride-1', 'waits for its schema')
    all.registry.isAway = true
    if (!isLate) hidden.add('ride.delete')
    const started = all.gateway.start()
    await all.clock.advance(500)
    hidden.add('ride.delete')
    await all.clock.advance(1_000)
    all.registry.isAway = false
    await all.clock.advance(60_000)
    await started
    t.same([...all.meter.versions!.byType.keys()], ['order', 'parcel'])
    t.match(all.gateway.status().reasons, [/the entity type "ride" has no table: Kafka does not let this login read ride\.delete/])
  }
})

test('a fill says how far it is: to whoever asks, in the log every few seconds, and in a metric that ends at 0', async (t) => {
  const all = new TabledGateway({}, 1)
  for (let n = 0; n < 3; n++) all.write('order', `order-${n}`, 'x'.repeat(200_000))
  all.registry.isAway = true
  const started = all.gateway.start()
  await all.clock.advance(11_000)
  const left = () => [...all.meter.fills].map(([type, { progress }]) => [type, progress.of - progress.read])
  t.match(all.gateway.status().reasons, ['the table of "order" is filling: 0 of 3 records are read'])
  t.same(left(), [['order', 3]])
  t.match(
    all.logged.filter(({ message }) => message.includes('being filled')),
    [5, 10].map(() => ({ fields: { entity_type: 'order', read: 0, of: 3 } })),
  )
  all.registry.isAway = false
  await all.clock.advance(60_000)
  await started
  t.same(left(), [
    ['order', 0],
    ['parcel', 0],
    ['ride', 0],
  ])
})

test('what does not return after a topic was made anew is deleted where somebody held it, and what returns is news', async (t) => {
  const all = new TabledGateway()
  for (const id of ['kept', 'lost', 'never-there']) if (id !== 'never-there') all.write('order', id, 'old')
  await all.start()
  const [kept, lost, other] = await subscribeAll(all, ['kept', 'lost', 'never-there'])
  all.topics.makeAnew('order')
  all.write('order', 'kept', 'new')
  await all.clock.settle()
  t.same(toldIn(kept!), [
    ['snapshot', 'old'],
    ['update', 'new'],
  ])
  t.same(toldIn(lost!), [
    ['snapshot', 'old'],
    ['delete', undefined],
  ])
  t.same(toldIn(other!), [])
  t.same(toldIn(await all.subscribe('lost', 'order')), [])
  all.write('order', 'lost', 'back', 'create')
  await all.clock.settle()
  t.same(toldIn(lost!).at(-1), ['create', 'back'])
  t.equal(all.meter.tablesRefilled, 1, 'both partitions broke, and were one refill')
})

test('what retention dropped before it was read is deleted where somebody held an earlier version', async (t) => {
  const all = new TabledGateway({}, 1)
  all.write('order', 'order-1', 'old')
  all.write('order', 'order-2', 'old')
  await all.start()
  const clients = await subscribeAll(all, ['order-1', 'order-2'])
  for (const note of ['2', '3']) all.write('order', 'order-1', note)
  all.topics.dropBefore('order', 0, 3)
  await all.clock.settle()
  t.same(clients.map(toldIn), [
    [
      ['snapshot', 'old'],
      ['update', '3'],
    ],
    [
      ['snapshot', 'old'],
      ['delete', undefined],
    ],
  ])
})

test('a log that breaks again while its type is filled again, or filled for the first time, begins anew', async (t) => {
  const all = new TabledGateway({}, 1)
  for (let n = 0; n < 3; n++) all.write('order', `order-${n}`, 'old')
  all.registry.isAway = true
  const started = all.gateway.start()
  await all.clock.settle()
  all.topics.makeAnew('order')
  all.write('order', 'order-1', 'second log')
  all.write('order', 'order-2', 'second log')
  all.registry.isAway = false
  await all.clock.advance(60_000)
  await started
  t.same(toldIn(await all.subscribe('order-0', 'order')), [], 'gone before anybody came')
  const clients = await subscribeAll(all, ['order-1', 'order-2'])
  all.registry.isAway = true
  all.evolve('order', ['added'])
  all.topics.makeAnew('order')
  all.write('order', 'order-1', 'third log', 'update', { added: '' })
  await all.clock.settle()
  t.same(clients.map(toldIn).flat().length, 2, 'who waits for the registry tells nobody that anything is gone')
  all.topics.makeAnew('order')
  all.write('order', 'order-2', 'fourth log', 'update', { added: '' })
  all.registry.isAway = false
  await all.clock.advance(60_000)
  t.same(clients.map(toldIn), [
    [
      ['snapshot', 'second log'],
      ['update', 'third log'],
      ['delete', undefined],
    ],
    [
      ['snapshot', 'second log'],
      ['update', 'fourth log'],
    ],
  ])
})

test('a cursor of a log that was made anew leads back to what came after it, and is never ahead for ever', async (t) => {
  const all = new TabledGateway({}, 1)
  for (let n = 0; n < 50; n++) all.write('order', 'order-1', `${n}`)
  all.write('order', 'order-2', 'only')
  await all.start()
  const cursorOf = (transport: FakeTransport) => String(transport.updates().at(-1)!['cursor'])
  const [first, second] = (await subscribeAll(all, ['order-1', 'order-2'])).map(cursorOf)
  await all.clock.advance(120_000)
  all.topics.makeAnew('order')
  all.write('order', 'order-1', 'anew')
  await all.clock.settle()
  const resumed = await all.subscribe('order-1', 'order', { since: first! })
  t.match(resumed.messages()[1], { type: 'subscription_success', resumed: true })
  t.same(toldIn(resumed), [['update', 'anew']])
  const gone = await all.subscribe('order-2', 'order', { since: second! })
  t.match(gone.messages()[1], { type: 'subscription_success', resumed: true })
  t.same(toldIn(gone), [['delete', undefined]])
  t.same([...all.meter.resumes], [['resumed', 2]])

  const restarted = new TabledGateway({}, 1)
  restarted.write('order', 'order-1', 'anew')
  await restarted.clock.advance(120_000)
  await restarted.start()
  const fresh = await restarted.subscribe('order-1', 'order', { since: first! })
  t.match(fresh.messages()[1], { type: 'subscription_success', resumed: false, reason: 'expired' })
  t.same(toldIn(fresh), [['snapshot', 'anew']])
})

test('a version can be shown however many schemas its type has had since', async (t) => {
  const all = new TabledGateway({}, 1)
  all.write('order', 'order-1', 'of the first schema')
  await all.start()
  // More than the store of schemas keeps of those that nobody needs.
  for (let n = 0; n < 40; n++) {
    all.evolve('order', [`field_${n}`], 'x'.repeat(5_000))
    all.write('order', 'order-2', 'of another schema', 'update', { [`field_${n}`]: '' })
    await all.clock.settle()
  }
  t.same(toldIn(await all.subscribe('order-1', 'order')), [['snapshot', 'of the first schema']])
})

test('where a type has several topics, what one of them lost is looked for in the others', async (t) => {
  const all = new TabledGateway({ window: { bytesMax: 0, secondsMax: 0 } })
  for (const id of ['ride-1', 'ride-2']) all.write('ride.create', id, 'created', 'create')
  await all.clock.advance(1_000)
  for (const id of ['ride-1', 'ride-2', 'ride-3']) all.write('ride.update', id, 'updated')
  await all.clock.advance(1_000)
  all.write('ride.delete', 'ride-2', '', 'delete')
  await all.start()
  const clients = await Promise.all(['ride-1', 'ride-2', 'ride-3'].map((id) => all.subscribe(id, 'ride')))
  all.topics.makeAnew('ride.update')
  await all.clock.settle()
  t.same(toldIn(clients[0]!).at(-1), ['create', 'created'], 'as a node sees it that starts now')
  t.same(toldIn(clients[1]!).at(-1) ?? ['delete', undefined], ['delete', undefined])
  t.same(toldIn(clients[2]!).at(-1), ['delete', undefined])
  t.match(all.gateway.status(), { ready: true, reasons: [] })
  all.write('ride.update', 'ride-1', 'anew')
  await all.clock.settle()
  t.same(toldIn(clients[0]!).at(-1), ['update', 'anew'])
})

test('what is on its way when its log is to be read again is told once, as it is read', async (t) => {
  const all = new TabledGateway({}, 1)
  all.write('ride.update', 'ride-1', 'updated')
  await all.start()
  const client = await all.subscribe('ride-1', 'ride')
  all.registry.isAway = true
  for (const topic of ['ride.create', 'ride.update']) all.evolve(topic, ['added'])
  all.write('ride.create', 'ride-1', 'created', 'create', { added: '' })
  all.write('ride.update', 'ride-1', 'updated again', 'update', { added: '' })
  await all.clock.settle()
  all.topics.makeAnew('ride.delete')
  await all.clock.settle()
  all.registry.isAway = false
  await all.clock.advance(60_000)
  const notes = toldIn(client).map(([, note]) => note)
  for (const note of ['created', 'updated again']) t.equal(notes.filter((one) => one === note).length, 1, note)
  t.equal(notes.at(-1), 'updated again')
})

test('a table that is given up is not waited for, though its topic was made anew and is shorter now', async (t) => {
  const all = new TabledGateway({ fillSecondsMax: 5 }, 1)
  for (let n = 0; n < 20; n++) all.write('order', `order-${n}`, 'x'.repeat(200_000))
  all.registry.isAway = true
  const started = all.gateway.start()
  await all.clock.settle()
  all.topics.makeAnew('order')
  await all.clock.advance(8_000)
  t.equal(all.meter.tablesGivenUp, 1)
  all.registry.isAway = false
  await all.clock.advance(60_000)
  await started
  t.same([...all.meter.versions!.byType.keys()], ['parcel', 'ride'])
  const client = await all.subscribe('order-1', 'order', {})
  all.write('order', 'order-1', 'new')
  await all.clock.settle()
  t.same(toldIn(client), [['update', 'new']])
})

test('a table that is given up while its logs are read again leaves the others to forget what was deleted', async (t) => {
  const all = new TabledGateway({ bytesMax: 50_000 }, 1)
  all.write('order', 'order-1', '', 'delete')
  all.write('ride.create', 'ride-1', 'created', 'create')
  await all.start()
  const orders = () => all.meter.versions!.byType.get('order')!.count
  all.evolve('ride.create', ['added'])
  all.registry.isAway = true
  all.write('ride.create', 'ride-2', 'waits for its schema', 'create', { added: '' })
  await all.clock.settle()
  all.topics.makeAnew('ride.update')
  for (let n = 0; n < 100; n++) all.write('ride.update', `ride-${n}`, longNote)
  await all.clock.settle()
  t.same([...all.meter.versions!.byType.keys()], ['order', 'parcel'])
  all.registry.isAway = false
  await all.clock.advance(3 * 3_600_000)
  t.equal(orders(), 0)
})

test('a gateway that is stopped amid a fill leaves nothing behind that waits', async (t) => {
  const all = new TabledGateway({}, 1)
  all.write('order', 'order-1', 'first')
  all.registry.isAway = true
  void all.gateway.start()
  await all.clock.advance(1_000)
  const stopped = all.gateway.stop(1_000)
  await all.clock.advance(2_000)
  await stopped
  const lines = all.logged.length
  await all.clock.advance(60_000)
  t.equal(all.logged.length, lines)
})

test('no table is said to be filled where its fill ends as the gateway is stopped', async (t) => {
  let stop: () => void = () => undefined
  const stopped = new Promise<void>((resolve) => (stop = resolve))
  const away = (source: PartitionSource) =>
    sourceWith(source, {
      add: () => stopped,
      stop: () => {
        stop()
        return source.stop()
      },
    })
  const all = new TabledGateway({}, 1, away)
  const started = all.gateway.start()
  await all.clock.settle()
  void all.gateway.stop(1_000)
  await all.clock.advance(2_000)
  await started
  t.notMatch(all.linesOf('info').join(), 'is filled')
})
