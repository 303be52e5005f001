import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaSource } from '#gateway/source/kafka/kafka-source.js'
import { FakePartition, type FakeFollower } from '../../../support/kafka/fake-partition.js'
import { SourceReader, until } from '../../../support/kafka/source-reader.js'
import { recordingLog } from '../../../support/running/recording-log.js'
import { reading } from '../../../support/kafka/fake-reading.js'

// What becomes of records when brokers are lost, hang, forget or move, on brokers that do so when they are told to.

test('begins where it is told to, each partition for itself', async (t) => {
  const at = ['end', 'beginning', 2] as const
  const { orders, source, reader } = await reading(t, { leaders: [1, 1, 1] }, { startAt: (_topic, partition) => at[partition]! })
  for (const partition of orders.partitions) partition.append('0', '1', '2', '3')
  await source.start(['orders'])
  for (const partition of orders.partitions) partition.append('new')
  await until('all', () => reader.values().length >= 9)
  t.same(
    [0, 1, 2].map((partition) => reader.values(`orders/${partition}`)),
    [['new'], ['0', '1', '2', '3', 'new'], ['2', '3', 'new']],
  )
})

test('a partition without a leader waits alone, from the start on or later, and is said', async (t) => {
  const { orders, source, reader, has } = await reading(t, { leaders: [1, -1] })
  const [led, leaderless] = orders.partitions as [FakePartition, FakePartition]
  leaderless.append('before the start')
  leaderless.elect(-1)
  await source.start(['orders'])
  t.match(source.status(), { ready: true, reason: 'nobody answers for these partitions: orders/1' })
  led.append('goes on')
  await has('goes on')
  leaderless.elect(1)
  leaderless.append('at once')
  await until('its leader', () => source.status().reason === undefined)
  leaderless.append('after it has one')
  await has('after it has one')
  leaderless.elect(-1)
  led.append('goes on again')
  await has('goes on again')
  await until('the sentence', () => source.status().reason?.includes('orders/1') === true)
  leaderless.elect(1)
  leaderless.append('meanwhile')
  await has('meanwhile')
  t.same(reader.values('orders/1'), ['at once', 'after it has one', 'meanwhile'])
})

test('what an unclean election puts in the place of records that were read is read, however long the log is by then', async (t) => {
  const { orders, source, reader, meter, lines, has } = await reading(t)
  const [partition] = orders.partitions
  partition!.append('before', 'before')
  await source.start(['orders'])
  partition!.append('kept', 'gone', 'gone too')
  await has('gone too')
  partition!.electUncleanly(3)
  partition!.append('new 3')
  await has('new 3')
  partition!.electUncleanly(3)
  partition!.append(...Array.from({ length: 10 }, (_none, n) => `longer ${n}`))
  await has('longer 9')
  t.same(reader.values().slice(0, 4), ['kept', 'gone', 'gone too', 'new 3'])
  t.same(reader.values().slice(4), partition!.values.slice(3))
  t.equal(meter.offsetsCut, 3)
  t.match(
    lines.filter(({ message }) => message.includes('unclean')),
    [{ fields: { partition: 'orders/0', firstOffset: 3, lastOffset: 4 } }, { fields: { firstOffset: 3, lastOffset: 3 } }],
  )
})

/** Two brokers, the second of which has the replica that is near. */
async function readingNear(t: Test) {
  const set = await reading(t, { nodes: 2, leaders: [1] }, { rack: 'near' })
  const [partition] = set.orders.partitions
  partition!.near = { node: 2, errorCode: 0 }
  await set.source.start(['orders'])
  let count = 0
  const goesOn = async () => {
    partition!.append(String(count++))
    await set.has(String(count - 1))
  }
  const all = () => Array.from({ length: count }, (_none, n) => String(n))
  /** Which of the two is fetched from, some time from now. */
  const isFetched = async (id: number, timeoutMs = 20_000) => {
    const before = set.cluster.nodes.map(({ fetches }) => fetches)
    const grown = (other: number) => set.cluster.nodes[other - 1]!.fetches - before[other - 1]!
    await until(`fetches from ${id}`, () => grown(id) >= 3 && grown(3 - id) <= 3, timeoutMs)
  }
  await goesOn()
  await isFetched(2)
  return { ...set, partition: partition!, near: partition!.near, goesOn, all, isFetched }
}

test('the nearest replica is read in the place of its leader, and what it does not have yet waits', async (t) => {
  const { partition, near, reader, goesOn, all, has, isFetched, source } = await readingNear(t)
  await goesOn()
  near.high = partition.high
  partition.append('late')
  await isFetched(2)
  t.notOk(reader.values().includes('late'))
  near.high = undefined
  await has('late')
  await goesOn()
  t.same(reader.values(), [...all().slice(0, -1), 'late', ...all().slice(-1)])
  t.same(source.status(), { ready: true })
})

test('what a near replica refuses is asked of the leader, who alone says what a log has', async (t) => {
  for (const fail of [
    (near: FakeFollower) => (near.errorCode = 6),
    (near: FakeFollower) => (near.errorCode = 1),
    (near: FakeFollower) => (near.high = 0),
    (_near: FakeFollower, node: { stop: () => void }) => node.stop(),
  ]) {
    const { cluster, near, reader, meter, goesOn, all, isFetched, says, source } = await readingNear(t)
    fail(near, cluster.nodes[1]!)
    for (let n = 0; n < 5; n++) await goesOn()
    await isFetched(1)
    t.same(reader.values(), all())
    t.same([...meter.offsetsSkipped], [])
    t.notOk(says('made anew'))
    await until('no trouble', () => source.status().reason === undefined)
    await source.stop()
  }
})

test('a new leader compares what was read before it names a replica', async (t) => {
  const { partition, reader, meter, goesOn, has, isFetched, source } = await readingNear(t)
  for (let n = 0; n < 3; n++) await goesOn()
  partition.electUncleanly(2)
  partition.append('other 2', 'other 3', 'other 4', 'other 5')
  void source.add(['others'])
  await has('other 5')
  t.same(reader.values(), ['0', '1', '2', '3', 'other 2', 'other 3', 'other 4', 'other 5'])
  t.equal(meter.offsetsCut, 2)
  await isFetched(2)
})

test('topics that a broker says without being asked are not read', async (t) => {
  const { cluster, orders, source, reader, has } = await reading(t)
  cluster.create('secrets', 1).partitions[0]!.append('unasked')
  const answerOf = cluster.metadata.bind(cluster)
  cluster.metadata = (topics) => answerOf([...topics, 'secrets'])
  await source.start(['orders'])
  orders.partitions[0]!.append('asked')
  await has('asked')
  t.same(reader.partitions, ['orders/0'])
})

test('an answer on epochs that cannot be is not followed for ever', async (t) => {
  const { cluster, orders, source, has } = await reading(t)
  await source.start(['orders'])
  orders.partitions[0]!.append('before')
  await has('before')
  orders.partitions[0]!.diverging = { epoch: 9, endOffset: 0 }
  orders.partitions[0]!.append('after')
  await until('the trouble', () => source.status().reason === 'nobody answers for these partitions: orders/0')
  t.ok(cluster.nodes[0]!.fetches < 50)
  orders.partitions[0]!.diverging = undefined
  await has('after')
})

test('follows a leader that moves, without a gap', async (t) => {
  const { orders, source, reader } = await reading(t, { nodes: 3, leaders: [1, 2, 3] })
  await source.start(['orders'])
  for (let n = 0; n < 30; n++) {
    for (const partition of orders.partitions) {
      partition.append(String(n))
      if (n % 7 === 3) partition.elect((partition.leader % 3) + 1)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await until('all', () => reader.values().length >= 90)
  const expected = Array.from({ length: 30 }, (_none, n) => String(n))
  for (const partition of [0, 1, 2]) t.same(reader.values(`orders/${partition}`), expected)
})

test('one broker of three that is gone holds up what it led, until another one leads it', async (t) => {
  const { cluster, orders, source, reader, meter, has, says } = await reading(t, { nodes: 3, leaders: [1, 2, 3] })
  await source.start(['orders'])
  for (const partition of orders.partitions) partition.append('before')
  await until('all three', () => reader.values().length === 3)
  cluster.nodes[1]!.stop()
  await until('the loss', () => source.status().reason?.includes('these brokers do not answer: 2') === true)
  t.ok(source.status().ready)
  t.notOk(meter.dependencies.get('kafka')?.isUp())
  for (const partition of orders.partitions) partition.append('meanwhile')
  await until('the other two', () => reader.values().length === 5)
  t.ok(says('A broker does not answer'))
  orders.partitions[1]!.elect(3)
  orders.partitions[1]!.append('led anew')
  await has('led anew')
  t.same(reader.values('orders/1'), ['before', 'meanwhile', 'led anew'])
  await until('no more of it', () => source.status().reason === undefined)
  t.ok(meter.dependencies.get('kafka')?.isUp())
})

test('a topic that was made anew is read from its beginning, however long its log is by then, and that is said', async (t) => {
  for (const fetchVersionMax of [11, 13]) {
    const { cluster, orders, source, reader, says, has } = await reading(t)
    cluster.fetchVersionMax = fetchVersionMax
    await source.start(['orders'])
    orders.partitions[0]!.append('old 0', 'old 1')
    await has('old 1')
    const values = Array.from({ length: 50 }, (_none, n) => `new ${n}`)
    reader.held.add('orders/0')
    cluster.create('orders', 1).partitions[0]!.append(...values)
    await until('the news', () => says('made anew'))
    reader.releaseAll()
    await has('new 0')
    const since = () => reader.values().slice(reader.values().lastIndexOf('new 0'))
    await until('all of them', () => since().length >= 50)
    t.same(since(), values)
    if (fetchVersionMax === 13) t.same(reader.values(), ['old 0', 'old 1', ...values], 'nothing twice where topics have ids')
  }
})

test('retention that overtakes a reader is counted and said', async (t) => {
  const { orders, source, reader, meter, says, has } = await reading(t)
  const [partition] = orders.partitions
  await source.start(['orders'])
  partition!.append('0')
  await has('0')
  partition!.overtake('1', '2', '3', '4')
  await has('4')
  t.same(reader.values(), ['0', '4'])
  t.same([...meter.offsetsSkipped], [['retention', 3]])
  t.ok(says('retention dropped 3 offsets unread'))
})

test('a session that a broker forgets, or knows otherwise, costs no record', async (t) => {
  const { cluster, orders, source, reader } = await reading(t)
  await source.start(['orders'])
  for (let n = 0; n < 30; n++) {
    cluster.nodes[0]!.nextFetchError = [0, 70, 0, 71, 106][n % 5]!
    orders.partitions[0]!.append(String(n))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await until('all', () => reader.values().length >= 30)
  t.same(
    reader.values(),
    Array.from({ length: 30 }, (_none, n) => String(n)),
  )
})

test('connections that are cut again and again lose and double nothing', async (t) => {
  const { cluster, orders, source, reader } = await reading(t, { nodes: 2, leaders: [1, 2] })
  await source.start(['orders'])
  for (let n = 0; n < 40; n++) {
    for (const partition of orders.partitions) partition.append(String(n))
    if (n % 5 === 0) for (const node of cluster.nodes) node.cut()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await until('all', () => reader.values().length >= 80)
  const expected = Array.from({ length: 40 }, (_none, n) => String(n))
  for (const partition of [0, 1]) t.same(reader.values(`orders/${partition}`), expected)
})

test('brokers of the list that do not answer are no reason not to start', async (t) => {
  const dead = ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3']
  const { cluster, orders, lines } = await reading(t)
  const log = recordingLog(lines)
  const source = new KafkaSource({
    clock: systemClock,
    meter: new Meter(),
    log,
    bufferBytesMax: 8_000_000,
    brokers: [...dead, ...cluster.brokers],
  })
  t.teardown(() => source.stop())
  const reader = new SourceReader(source)
  await source.start(['orders'])
  orders.partitions[0]!.append('read')
  await until('the record', () => reader.values().includes('read'))
  t.same(source.status(), { ready: true })
})

test('brokers that hang hold up neither the start, nor leaders that move, nor partitions that come', async (t) => {
  const { cluster, orders, source, has } = await reading(t, { nodes: 4, leaders: [4, 4] })
  for (const node of cluster.nodes.slice(0, 3)) node.isHanging = true
  const startedMs = performance.now()
  await source.start(['orders'])
  t.ok(performance.now() - startedMs < 4000, 'three hang')
  for (const partition of orders.partitions) partition.append('first')
  await has('first')
  cluster.nodes[2]!.isHanging = false
  cluster.nodes[3]!.isHanging = true
  const movedMs = performance.now()
  orders.partitions[0]!.elect(3)
  orders.partitions.push(new FakePartition(3), new FakePartition(4))
  orders.partitions[0]!.append('moved')
  orders.partitions[2]!.append('added')
  void source.add(['others'])
  await has('moved')
  await has('added')
  orders.partitions[1]!.elect(3)
  orders.partitions[1]!.append('moved as well')
  await has('moved as well')
  t.ok(performance.now() - movedMs < 6000, 'the one that answered last hangs')
})

test('a topic that may not be described is not said to be missing', async (t) => {
  const { cluster, orders, source, has } = await reading(t)
  Object.assign(cluster.create('secrets', 1), { errorCode: 29 })
  await source.start(['orders', 'secrets', 'none'])
  t.same(source.status(), {
    ready: true,
    reason: 'these topics do not exist yet: none; these topics do not exist, or this login may not describe them: secrets',
  })
  t.same(source.forbidden(['orders', 'secrets', 'none']), ['secrets'])
  orders.partitions[0]!.append('goes on')
  await has('goes on')
})

test('a topic that may be described and not read is said to be that, and read from where it was found once it may', async (t) => {
  const { cluster, orders, source, has, reader } = await reading(t)
  const { partitions } = cluster.create('secrets', 1, 1)
  for (const partition of partitions) partition.errorCode = 29
  await source.start(['orders', 'secrets'])
  await until('the refusal', () => source.status().reason !== undefined)
  t.same(source.status(), { ready: true, reason: 'this login may not read these topics: secrets' })
  t.same(source.forbidden(['orders', 'secrets']), ['secrets'])
  for (const partition of partitions) partition.append('written meanwhile')
  orders.partitions[0]!.append('goes on')
  await has('goes on')
  for (const partition of partitions) partition.errorCode = 0
  await has('written meanwhile')
  await until('all is well', () => source.status().reason === undefined)
  t.same(reader.values().sort(), ['goes on', 'written meanwhile', 'written meanwhile'])
})

test('leaves at once, whatever it waits for', async (t) => {
  const { cluster, source } = await reading(t, { nodes: 2, leaders: [1, 2] })
  await source.start(['orders'])
  await until('a fetch', () => cluster.nodes[1]!.fetches > 0)
  // What waits: a fetch of one, a fetch or a login of the other, and the source for its topics.
  cluster.nodes[0]!.isHanging = true
  void source.add(['others'])
  const startedMs = performance.now()
  await source.stop()
  await until('no connection', () => cluster.nodes.every(({ connections }) => connections === 0), 1000)
  t.ok(performance.now() - startedMs < 1000)
})
