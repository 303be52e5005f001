import { test, type Test } from 'tap'
import { systemClock, type Clock } from '#clock.js'
import type { RecordBatch } from '#gateway/source/partition-source.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { recordBytes } from '#gateway/source/record-size.js'
import { TurnShares } from '#gateway/source/turn-shares.js'
import { BufferRoom } from '#gateway/source/buffer-room.js'
import { PartitionBuffer } from '#gateway/source/partition-buffer.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'
import type { StoredBatch } from '#gateway/source/stored-batch.js'
import { storedBatch } from '../../support/kafka/stored-batch.js'

/** Stored in as many bytes as they take when they are taken apart, unless told. */
const stored = (records: readonly KafkaRecord[], length = records.reduce((sum, record) => sum + recordBytes(record), 0)): StoredBatch => {
  return storedBatch(records, length, { decompressed: 0, records: records.reduce((sum, record) => sum + recordBytes(record), 0) })
}

const recordsOf = (count: number, bytes: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ offset: from + i, timestampMs: 0, key: null, value: Buffer.alloc(bytes) }))

/** A buffer whose share is half of the limit, as there is another one. */
function setUp(bytesMax: number) {
  const ticks: (() => void)[] = []
  const clock: Clock = { ...systemClock, after: () => () => undefined, nextTick: (call) => void ticks.push(call) }
  const common = {
    topic: 'orders',
    clock,
    start: { position: 0, endOffset: 0 },
    turnShares: new TurnShares(),
    room: new BufferRoom(2 * bytesMax, clock),
  }
  let roomAgain = 0
  const buffer = new PartitionBuffer({ ...common, partition: 0, hasRoomAgain: () => roomAgain++ })
  const other = new PartitionBuffer({ ...common, partition: 1, hasRoomAgain: () => undefined })
  const batches: RecordBatch[] = []
  buffer.partition.batches$.subscribe((batch) => batches.push(batch))
  return { buffer, other, batches, tick: () => ticks.splice(0).forEach((call) => call()), roomAgain: () => roomAgain }
}

void test('has room while it holds less than half of its share', (t) => {
  const { buffer, other } = setUp(400_000)
  t.ok(buffer.hasRoom)
  buffer.add(stored(recordsOf(1, 90_000)))
  t.ok(buffer.hasRoom)
  buffer.add(stored(recordsOf(1, 20_000, 1)))
  t.notOk(buffer.hasRoom)
  t.ok(other.hasRoom, 'the other partition has its own share')
  t.end()
})

void test('says once that it has room again, when enough was released', (t) => {
  const { buffer, batches, tick, roomAgain } = setUp(400_000)
  buffer.add(stored(recordsOf(3, 80_000)))
  buffer.add(stored(recordsOf(1, 80_000, 3)))
  tick()
  t.equal(roomAgain(), 0)
  batches[0]?.release(0)
  t.equal(roomAgain(), 1)
  tick()
  batches[1]?.release(0)
  batches[1]?.release(0)
  t.equal(roomAgain(), 1)
  t.ok(buffer.hasRoom)
  t.end()
})

void test('takes a single batch larger than its share, and nothing beside it', (t) => {
  const { buffer, batches, tick, roomAgain } = setUp(1000)
  buffer.add(stored(recordsOf(1, 50_000)))
  t.notOk(buffer.hasRoom)
  tick()
  batches[0]?.release(0)
  t.ok(buffer.hasRoom)
  t.equal(roomAgain(), 1)
  t.end()
})

void test('hands on large fetches in slices, without a record lost or doubled', (t) => {
  const { buffer, batches, tick } = setUp(100_000_000)
  buffer.add(stored(recordsOf(100, 10_000)))
  buffer.add(stored(recordsOf(100, 10_000, 100)))
  for (let released = 0; released < batches.length + 1; released++) {
    tick()
    batches[released]?.release(0)
  }
  const offsets = batches.flatMap(({ records }) => records.map(({ offset }) => offset))
  t.same(
    offsets,
    Array.from({ length: 200 }, (_, n) => n),
  )
  t.ok(batches.every(({ bytes }) => bytes <= 512 * 1024))
  t.ok(batches.length < 6)
  t.end()
})

/** Releases the last batch with so many deliveries, and answers how many records the next one has. */
function nextOf({ batches, tick }: Pick<ReturnType<typeof setUp>, 'batches' | 'tick'>, deliveriesOfLast?: number): number {
  if (deliveriesOfLast !== undefined) batches.at(-1)!.release(deliveriesOfLast)
  tick()
  return batches.at(-1)!.records.length
}

void test('hands on as many records as the last batches let expect to come to 400,000 deliveries, and more again bit by bit', (t) => {
  const set = setUp(100_000_000)
  set.buffer.add(stored(recordsOf(10_000, 1000)))
  const byBytes = nextOf(set)
  t.ok(byBytes > 400)
  t.equal(nextOf(set, byBytes * 4000), 100)
  t.equal(nextOf(set, 100 * 2000), 200)
  t.equal(nextOf(set, 200 * 16_000), 25)
  t.equal(nextOf(set, 25 * 1_000_000), 1)
  for (const expected of [1, 1, 3, 6, 12]) t.equal(nextOf(set, 0), expected)
  for (let quiet = 0; quiet < 6; quiet++) nextOf(set, 0)
  t.equal(nextOf(set, 0), byBytes)
  t.end()
})

void test('remembers through many small batches what may come again', (t) => {
  const set = setUp(100_000_000)
  set.buffer.add(stored(recordsOf(1, 100)))
  t.equal(nextOf(set), 1)
  for (let offset = 1, deliveries = 10_000; offset <= 17; offset++, deliveries = 0) {
    set.buffer.add(stored(recordsOf(1, 100, offset)))
    t.equal(nextOf(set, deliveries), 1)
  }
  set.buffer.add(stored(recordsOf(1000, 100, 18)))
  const stalled = nextOf(set, 0)
  t.ok(stalled >= 40 && stalled < 60, `${stalled} records`)
  t.end()
})

/** Both partitions have a batch out, and of the other one it is known that many watch it; what this one may hold is halved. */
function setUpSharing(t: Test) {
  const set = setUp(100_000_000)
  const others: RecordBatch[] = []
  const reading = set.other.partition.batches$.subscribe((batch) => others.push(batch))
  set.buffer.add(stored(recordsOf(2000, 1000)))
  set.other.add(stored(recordsOf(1, 100)))
  const byBytes = nextOf(set)
  t.equal(nextOf(set, byBytes * 16_000), 25, 'of the other nothing is known yet')
  set.other.add(stored(recordsOf(1, 100, 1)))
  others[0]!.release(1000)
  t.equal(nextOf(set, 25 * 16_000), 12)
  return { ...set, reading, releaseOther: () => others[1]!.release(1000) }
}

void test('shares the 400,000 deliveries with a partition that many watch, until that one has nothing more', (t) => {
  const set = setUpSharing(t)
  set.releaseOther()
  set.tick()
  t.equal(nextOf(set, 12 * 16_000), 25)
  t.end()
})

void test('shares nothing with a partition that has ended, or that nobody reads any more', (t) => {
  const ended = setUpSharing(t)
  ended.other.end()
  t.equal(nextOf(ended, 12 * 16_000), 25)
  const left = setUpSharing(t)
  left.reading.unsubscribe()
  left.releaseOther()
  t.equal(nextOf(left, 12 * 16_000), 25)
  t.end()
})

void test('halves what it expects by a full quiet batch, whoever shared when it was made', (t) => {
  const set = setUpSharing(t)
  set.other.end()
  t.equal(nextOf(set, 0), 50)
  t.end()
})

void test('counts only the first release of a batch', (t) => {
  const { buffer, batches, tick } = setUp(100_000_000)
  for (let offset = 0; offset < 3; offset++) buffer.add(stored(recordsOf(1, 400_000, offset)))
  tick()
  batches[0]?.release(0)
  tick()
  t.equal(batches.length, 2)
  batches[0]?.release(0)
  tick()
  t.equal(batches.length, 2, 'the second batch is still out')
  t.end()
})

void test('lets go of everything when it ends', (t) => {
  const { buffer, batches, tick } = setUp(1000)
  let completed = false
  buffer.partition.batches$.subscribe({ complete: () => (completed = true) })
  buffer.add(stored(recordsOf(1, 10)))
  buffer.end()
  tick()
  t.ok(completed)
  t.same(batches, [])
  t.end()
})

void test('what has to wait does not hold the answer that it came in', (t) => {
  const { buffer, tick } = setUp(400_000)
  let detached = ''
  const named = (name: string): StoredBatch => ({
    ...stored(recordsOf(1, 10)),
    detached() {
      detached += name
      return this
    },
  })
  for (const name of ['a', 'b', 'c']) buffer.add(named(name))
  t.equal(detached, 'bc')
  tick()
  t.end()
})

void test('counts what it stores as it is until its turn has come, and then what has become of it', (t) => {
  const { buffer, batches, tick, roomAgain } = setUp(400_000)
  buffer.add(stored(recordsOf(1, 60_000), 1000))
  buffer.add(stored(recordsOf(1, 60_000, 1), 1000))
  t.equal(buffer.heldBytes, 2000)
  t.ok(buffer.hasRoom)
  tick()
  t.equal(buffer.heldBytes, 2 * 60_150)
  t.notOk(buffer.hasRoom)
  t.equal(roomAgain(), 0)
  batches[0]?.release(0)
  t.equal(buffer.heldBytes, 0)
  t.equal(roomAgain(), 1)
  t.end()
})

void test('has room again when what filled it turns out to hold no records', (t) => {
  const { buffer, batches, tick, roomAgain } = setUp(400_000)
  buffer.add(stored([], 150_000))
  t.notOk(buffer.hasRoom)
  tick()
  t.equal(roomAgain(), 1)
  t.same(batches, [])
  t.end()
})

void test('takes apart no more than what is handed on', (t) => {
  const { buffer, batches, tick } = setUp(100_000_000)
  let opened = 0
  for (let n = 0; n < 10; n++) {
    const one = stored(recordsOf(1, 200_000, n))
    buffer.add({
      ...one,
      open: () => (opened++, one.open()),
      detached() {
        return this
      },
    })
  }
  tick()
  t.equal(batches[0]?.records.length, 2)
  t.equal(opened, 3)
  t.end()
})

/** Partitions whose batches become larger than their shares; how much is decompressed at a time, by what they have opened and not yet left. */
function setUpLarge(partitions: number, bytesMax: number) {
  const clock = new SimulatedClock()
  const [room, turnShares] = [new BufferRoom(bytesMax, clock), new TurnShares()]
  const { large } = room
  const got: string[] = []
  const held = new Set<number>()
  const out: RecordBatch[] = []
  let openBytesMost = 0
  const buffers = Array.from({ length: partitions }, (_, partition) => {
    const buffer = new PartitionBuffer({
      ...{ topic: 'orders', partition, clock, start: { position: 0, endOffset: 0 }, room, turnShares },
      hasRoomAgain: () => undefined,
    })
    buffer.partition.batches$.subscribe((batch) => {
      openBytesMost = Math.max(openBytesMost, large.openBytes)
      got.push(...batch.records.map(({ offset }) => `${partition}/${offset}`))
      out.push(batch)
      if (!held.has(partition)) clock.nextTick(() => batch.release(0))
    })
    return buffer
  })
  const add = (partition: number, records: readonly KafkaRecord[]) => {
    const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0)
    buffers[partition]!.add({ ...stored(records, 1000), needs: () => ({ decompressed: bytes, records: bytes }) })
  }
  const all = (partition: number, count: number) => Array.from({ length: count }, (_, offset) => `${partition}/${offset}`)
  const of = (partition: number) => got.filter((name) => name.startsWith(`${partition}/`))
  return { clock, add, all, of, held, out, large, buffers, openBytesMost: () => openBytesMost }
}

void test('decompresses what becomes larger than its share one after the other, and loses and doubles nothing of it', async (t) => {
  const { clock, add, all, of, large, buffers, openBytesMost } = setUpLarge(24, 16_000_000)
  for (let partition = 0; partition < 24; partition++) add(partition, recordsOf(60, 500_000))
  await clock.settle()
  for (let partition = 0; partition < 24; partition++) t.same(of(partition), all(partition, 60))
  t.ok(openBytesMost() < 31_000_000, `${openBytesMost()} bytes at a time`)
  t.equal(large.openBytes, 0)
  t.ok(buffers.every(({ heldBytes }) => heldBytes === 0))
})

void test('decompresses several at a time where they fit', async (t) => {
  const { clock, add, openBytesMost } = setUpLarge(24, 16_000_000)
  for (let partition = 0; partition < 24; partition++) add(partition, recordsOf(10, 200_000))
  await clock.settle()
  t.ok(openBytesMost() > 6_000_000 && openBytesMost() <= 8_000_000, `${openBytesMost()} bytes at a time`)
})

void test('a large batch that is stuck holds up no others, and goes on where it stood', async (t) => {
  const { clock, add, all, of, held, out, large } = setUpLarge(6, 4_000_000)
  for (const partition of [0, 1, 2]) held.add(partition)
  for (let partition = 0; partition < 6; partition++) add(partition, recordsOf(40, 100_000))
  await clock.advance(10_000)
  for (const partition of [3, 4, 5]) t.same(of(partition), all(partition, 40))
  for (const partition of [0, 1, 2]) t.ok(of(partition).length < 40)
  held.clear()
  for (const batch of out) batch.release(0)
  await clock.advance(10_000)
  for (const partition of [0, 1, 2]) t.same(of(partition), all(partition, 40))
  t.equal(large.openBytes, 0)
})

void test('keeps the room of a record that is larger than the share for as long as it is out', async (t) => {
  const { clock, add, of, held, out } = setUpLarge(3, 4_000_000)
  held.add(0)
  for (const partition of [0, 1]) add(partition, recordsOf(1, 30_000_000))
  add(2, recordsOf(10, 10_000))
  await clock.advance(10_000)
  t.same([of(0).length, of(1).length, of(2).length], [1, 0, 10], 'what is not large goes on')
  out[0]!.release(0)
  await clock.advance(0)
  t.equal(of(1).length, 1)
})

void test('gives the room of a large batch back when it ends', async (t) => {
  const { clock, add, of, held, buffers } = setUpLarge(2, 4_000_000)
  held.add(0)
  for (const partition of [0, 1]) add(partition, recordsOf(1, 30_000_000))
  await clock.advance(0)
  buffers[0]!.end()
  await clock.advance(0)
  t.equal(of(1).length, 1)
})

/** One with a large batch of which the last records share a batch with the small one behind it, and another that waits for room. */
async function setUpTail() {
  const set = setUpLarge(2, 4_000_000)
  set.held.add(0)
  set.add(0, recordsOf(31, 100_000))
  for (const from of [31, 36]) set.add(0, recordsOf(5, 100_000, from))
  await set.clock.advance(0)
  for (let released = 0; released < 6; released++) {
    set.out[released]!.release(0)
    await set.clock.advance(0)
  }
  return set
}

void test('keeps what it opened behind a large batch when others wait for the room, however long it stands still', async (t) => {
  const { clock, add, all, of, held, out, buffers } = await setUpTail()
  t.equal(of(0).length, 35, 'all of the large batch, and some of the small one')
  add(1, recordsOf(31, 100_000))
  await clock.advance(10_000)
  held.clear()
  for (const batch of out) batch.release(0)
  await clock.advance(10_000)
  t.same(of(0), all(0, 41))
  t.same(of(1), all(1, 31))
  t.ok(buffers.every(({ heldBytes }) => heldBytes === 0))
})

void test('leaves the room when its large batch was handed on, though it has more to hand on', async (t) => {
  const { clock, add, all, of, large } = await setUpTail()
  t.equal(large.openBytes, 0)
  add(1, recordsOf(31, 100_000))
  await clock.advance(0)
  t.same(of(1), all(1, 31), 'nobody had to stand still for a second')
})
