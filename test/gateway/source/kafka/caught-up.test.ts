import { test } from 'tap'
import { systemClock } from '#clock.js'
import { reading } from '../../../support/kafka/fake-reading.js'
import { until } from '../../../support/kafka/source-reader.js'

// When a partition has caught up that is read from its beginning, and what it says where its log does not go on.

const numbered = (count: number, name = 'record') => Array.from({ length: count }, (_none, n) => `${name} ${n}`)

test('has caught up with logs that end in transactions, aborted ones among them', async (t) => {
  const { orders, source, reader } = await reading(t, { leaders: [1, 1, 1, 1] })
  const [endsInAborted, onlyAborted, open, empty] = orders.partitions
  endsInAborted!.append('0', '1')
  endsInAborted!.abort('never', 'never')
  endsInAborted!.abort('never')
  onlyAborted!.abort('never')
  open!.append('decided')
  open!.openFrom = open!.high
  open!.append('undecided')
  t.equal(empty!.high, 0)
  await source.start(['orders'], 'beginning')
  await until('being caught up', () => reader.caughtUp.length === 4)
  t.same(reader.values().sort(), ['0', '1', 'decided'])
  t.equal(reader.lagOf('orders/0'), 0)
  open!.openFrom = undefined
  await until('what was decided late', () => reader.values().includes('undecided'))
})

test('has caught up with a log whose last records compaction has removed', async (t) => {
  // Whether nothing more comes is told by time, which passes faster here.
  const clock = { ...systemClock, monotonicMs: () => 50 * systemClock.monotonicMs() }
  const { orders, source, reader } = await reading(t, { leaders: [1, 1, 1] }, { clock })
  const [partly, wholly, live] = orders.partitions
  partly!.append('0', '1', '2', '3')
  partly!.compact(1)
  wholly!.append('0', '1')
  wholly!.compact(0)
  await source.start(['orders'], 'beginning')
  const writing = setInterval(() => live!.append('live'), 10)
  t.teardown(() => clearInterval(writing))
  await until('being caught up', () => reader.caughtUp.length === 3)
  t.same(reader.values('orders/0'), ['0'])
  t.same(
    [0, 1].map((partition) => reader.lagOf(`orders/${partition}`)),
    [0, 0],
  )
  for (const partition of [partly!, wholly!]) partition.append('goes on')
  await until('what is written then', () => reader.values().filter((value) => value === 'goes on').length === 2)
})

test('goes on where it stood after a loss of Kafka amid the fill, and reads nothing anew', async (t) => {
  const { cluster, orders, source, reader } = await reading(t, { leaders: [1, 1] }, { bufferBytesMax: 100_000 })
  const values = numbered(300).map((value) => value.padEnd(1000))
  for (const partition of orders.partitions) partition.append(...values)
  reader.held.add('*')
  await source.start(['orders'], 'beginning')
  await until('the first batches', () => reader.batches.length === 2)
  const [node] = cluster.nodes
  node!.stop()
  await until('the loss', () => !source.status().ready)
  reader.held.clear()
  reader.releaseAll()
  t.same(reader.caughtUp, [])
  await node!.start()
  await until('being caught up', () => reader.caughtUp.length === 2)
  for (const partition of [0, 1]) t.same(reader.stories.get(`orders/${partition}`), values)
})

test('a topic that is made anew amid the fill is filled from its beginning', async (t) => {
  const { cluster, orders, source, reader, says } = await reading(t)
  orders.partitions[0]!.append(...numbered(10, 'old'))
  reader.held.add('orders/0')
  await source.start(['orders'], 'beginning')
  await until('the first batch', () => reader.values().length > 0)
  const id = source.topicId('orders')
  t.match(id, /^[0-9a-f]{32}$/)
  const [partition] = cluster.create('orders', 1).partitions
  partition!.append('new 0', 'new 1')
  await until('the news', () => says('made anew'))
  t.match(source.topicId('orders'), /^[0-9a-f]{32}$/)
  t.not(source.topicId('orders'), id)
  t.equal(source.topicId('none'), undefined)
  t.same(reader.caughtUp, [])
  reader.held.clear()
  reader.releaseAll()
  await until('being caught up', () => reader.caughtUp.length === 2)
  t.same(reader.stories.get('orders/0'), [...numbered(10, 'old'), 'break', 'new 0', 'new 1'])
})

test('says where retention overtakes it, and where an election cuts a log, which is read from its beginning then', async (t) => {
  const { orders, source, reader, says, has } = await reading(t)
  const [partition] = orders.partitions
  partition!.append('0')
  await source.start(['orders'], 'beginning')
  await has('0')
  partition!.overtake('1', '2', '3', '4')
  await has('4')
  partition!.append('gone')
  await has('gone')
  partition!.electUncleanly(5)
  partition!.append('in its place')
  await until('the cut', () => says('unclean'))
  await has('in its place')
  t.same(reader.stories.get('orders/0'), ['0', 'break', '4', 'gone', 'break', '4', 'in its place'])
  await until('being caught up', () => reader.caughtUp.length === 3)
})

test('where only changes are read, a log that was cut is read from the cut on', async (t) => {
  const { orders, source, reader, has } = await reading(t)
  const [partition] = orders.partitions
  partition!.append('before')
  await source.start(['orders'])
  partition!.append('kept', 'gone')
  await has('gone')
  partition!.electUncleanly(2)
  partition!.append('in its place')
  await has('in its place')
  t.same(reader.stories.get('orders/0'), ['kept', 'gone', 'break', 'in its place'])
})

test('goes on at the ends of logs where told, though Kafka does not answer then', async (t) => {
  const { cluster, orders, source, reader, has } = await reading(t)
  const [partition] = orders.partitions
  partition!.append(...numbered(10))
  reader.held.add('orders/0')
  await source.start(['orders'], 'beginning')
  await until('the first batch', () => reader.values().length > 0)
  cluster.nodes[0]!.stop()
  const skipped = source.skipToEnd(['orders'])
  partition!.append(...numbered(10, 'unread'))
  await cluster.nodes[0]!.start()
  await skipped
  partition!.append('after')
  reader.releaseAll()
  await has('after')
  t.same(reader.stories.get('orders/0'), [...numbered(10), 'after'])
  t.same(reader.caughtUp, ['orders/0'])
})

test('where all that a log holds is read, a partition without a leader is waited for', async (t) => {
  const { orders, source, reader, has } = await reading(t, { leaders: [1, -1] })
  const [led, leaderless] = orders.partitions
  led!.append('of the leader')
  leaderless!.append('of nobody')
  let isPlaced = false
  const started = source.start(['orders'], 'beginning').then(() => (isPlaced = true))
  await has('of the leader')
  await until('its being said', () => source.status().reason === 'nobody answers for these partitions: orders/1')
  t.notOk(isPlaced)
  leaderless!.elect(1)
  await started
  await has('of nobody')
  await until('being caught up', () => reader.caughtUp.length === 2)
})

test('whoever waits for a partition without a leader goes on where its topic is skipped to its end', async (t) => {
  const { orders, source, reader, has } = await reading(t, { leaders: [1, -1] })
  const [led, leaderless] = orders.partitions
  leaderless!.append('of nobody')
  const started = source.start(['orders'], 'beginning')
  await until('its being said', () => source.status().reason === 'nobody answers for these partitions: orders/1')
  await source.skipToEnd(['orders'])
  await started
  led!.append('of the leader')
  await has('of the leader')
  leaderless!.elect(1)
  await until('its place', () => source.status().reason === undefined)
  leaderless!.append('written then')
  await has('written then')
  t.same(reader.values().sort(), ['of the leader', 'written then'])
})
