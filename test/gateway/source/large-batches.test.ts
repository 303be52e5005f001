import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { recordBytes } from '#gateway/source/record-size.js'
import { TurnShares } from '#gateway/source/turn-shares.js'
import { LargeBatches } from '#gateway/source/large-batches.js'
import { BufferRoom } from '#gateway/source/buffer-room.js'
import { PartitionBuffer } from '#gateway/source/partition-buffer.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { StoredBatch } from '#gateway/source/stored-batch.js'
import { fc } from '../../support/running/seeded-properties.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'
import { storedBatch } from '../../support/kafka/stored-batch.js'

function setUp(bytesMax = 100) {
  const clock = new SimulatedClock()
  const large = new LargeBatches(bytesMax, clock)
  const entered: string[] = []
  const batch = (name: string, mayGiveBack = true) => ({ enter: () => void entered.push(name), giveBack: () => mayGiveBack })
  return { clock, large, entered, batch }
}

test('has room for as many as fit, and for one alone whatever its size', (t) => {
  const { large, batch, entered } = setUp()
  const [one, two, three, huge] = [batch('one'), batch('two'), batch('three'), batch('huge')]
  t.ok(large.ask(one, 60))
  t.ok(large.ask(two, 40))
  t.notOk(large.ask(three, 1))
  t.ok(large.ask(one, 60), 'who has room has it already')
  t.equal(large.openBytes, 100)
  large.leave(two)
  t.same(entered, ['three'])
  t.notOk(large.ask(huge, 500))
  large.leave(three)
  t.same(entered, ['three'], 'not beside another')
  large.leave(one)
  t.same(entered, ['three', 'huge'])
  t.equal(large.openBytes, 500)
  t.end()
})

test('lets nobody overtake who waits for more', (t) => {
  const { large, batch, entered } = setUp()
  const [one, big, small] = [batch('one'), batch('big'), batch('small')]
  t.ok(large.ask(one, 60))
  t.notOk(large.ask(big, 80))
  t.notOk(large.ask(small, 10), 'though it would fit')
  large.leave(one)
  t.same(entered, ['big', 'small'])
  t.end()
})

test('takes room back from who has handed nothing on for a second, where others wait and it can be', async (t) => {
  const { clock, large, batch, entered } = setUp()
  const [stuck, handedOn, busy, next] = [batch('stuck'), batch('handed on', false), batch('busy'), batch('next')]
  for (const one of [stuck, handedOn, busy]) t.ok(large.ask(one, 30))
  await clock.advance(5000)
  t.ok(
    [stuck, handedOn, busy].every((one) => large.has(one)),
    'while nobody waits all stay',
  )
  large.noteUse(busy)
  t.notOk(large.ask(next, 40))
  clock.jump(-3_600_000)
  await clock.advance(500)
  t.same(entered, ['next'])
  t.same(
    [stuck, handedOn, busy, next].map((one) => large.has(one)),
    [false, true, true, true],
  )
})

test('forgets who has left while it waited', (t) => {
  const { large, batch, entered } = setUp()
  const [one, gone, other] = [batch('one'), batch('gone'), batch('other')]
  large.ask(one, 100)
  large.ask(gone, 100)
  large.ask(other, 100)
  large.leave(gone)
  large.leave(one)
  t.same(entered, ['other'])
  t.end()
})

interface Step {
  readonly partition: number
  readonly valueBytes: readonly number[]
  /** It claims as much more than its records when it is decompressed, so that it is opened in steps though it is small. */
  readonly isDecompressedTo: number
  /** How many deliveries a record comes to, which limits the batches that follow. */
  readonly deliveries: number
  readonly idleMs: number
}

const valueBytes = fc.oneof({ weight: 6, arbitrary: fc.nat(3000) }, { weight: 2, arbitrary: fc.nat(60_000) }, fc.nat(300_000))
const step: fc.Arbitrary<Step> = fc.record({
  partition: fc.nat(2),
  valueBytes: fc.array(valueBytes, { maxLength: 30 }),
  isDecompressedTo: fc.oneof(fc.constant(0), fc.nat(200_000)),
  deliveries: fc.constantFrom(0, 0, 1000, 100_000, 400_000),
  idleMs: fc.constantFrom(0, 0, 0, 100, 600, 1500),
})

/** Batches that are made in steps anew whenever they are opened again, and hold in store a tenth of their records. */
function storedOf(records: readonly KafkaRecord[], isDecompressedTo: number): StoredBatch {
  const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0)
  const needs = { decompressed: bytes + isDecompressedTo, records: bytes + isDecompressedTo }
  return storedBatch(records, 100 + Math.floor(bytes / 10), needs)
}

/** Three partitions that hand on what the steps bring, each batch kept for as long as the step says that brought the last. */
async function offsetsOf(steps: readonly Step[], bytesMax: number) {
  const clock = new SimulatedClock()
  const room = new BufferRoom(2 * bytesMax, clock)
  const common = { topic: 'orders', clock, start: { position: 0, endOffset: 0 }, room, turnShares: new TurnShares() }
  const got: number[][] = [[], [], []]
  const counts = [0, 0, 0]
  let now: Pick<Step, 'deliveries' | 'idleMs'> = { deliveries: 0, idleMs: 0 }
  const buffers = got.map((offsets, partition) => {
    const buffer = new PartitionBuffer({ ...common, partition, hasRoomAgain: () => undefined })
    buffer.partition.batches$.subscribe(({ records, release }) => {
      offsets.push(...records.map(({ offset }) => offset))
      clock.after(now.idleMs, () => release(now.deliveries * records.length))
    })
    return buffer
  })
  for (const { partition, valueBytes, isDecompressedTo, deliveries, idleMs } of steps) {
    now = { deliveries, idleMs }
    const from = counts[partition]!
    counts[partition]! += valueBytes.length
    const records = valueBytes.map((bytes, i) => ({ offset: from + i, timestampMs: 0, key: null, value: Buffer.alloc(bytes) }))
    buffers[partition]!.add(storedOf(records, isDecompressedTo))
    await clock.advance(idleMs / 3)
  }
  now = { deliveries: 0, idleMs: 0 }
  await clock.advance(60_000)
  return { got, counts, heldBytes: buffers.map(({ heldBytes }) => heldBytes), openBytes: room.large.openBytes }
}

test('lets every partition hand on all its records once and in order, whatever is large and whoever stands still', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.constantFrom(10_000, 200_000, 1_000_000), async (steps, bytesMax) => {
      const { got, counts, heldBytes, openBytes } = await offsetsOf(steps, bytesMax)
      const all = counts.map((count) => Array.from({ length: count }, (_, offset) => offset))
      return isDeepStrictEqual({ got, heldBytes, openBytes }, { got: all, heldBytes: [0, 0, 0], openBytes: 0 })
    }),
    { numRuns: 150 },
  )
  t.end()
})
