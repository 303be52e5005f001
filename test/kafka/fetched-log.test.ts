import { test } from 'tap'
import { readFetchedLog, type AbortedTransaction } from '#kafka/fetched-log.js'
import type { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import { encodeBatch, firstTimestamp } from '../support/kafka/record-batch.js'
import { fc } from '../support/running/seeded-properties.js'

const endOffset = 1000

function batchesOf(log: Buffer, aborted: AbortedTransaction[] = []) {
  return readFetchedLog(log, aborted, endOffset).batches
}

const recordsOf = (batches: readonly KafkaRecordBatch[]) => batches.flatMap((batch) => batch.records())
const text = (batches: readonly KafkaRecordBatch[]) => recordsOf(batches).map(({ offset, value }) => `${value?.toString()}@${offset}`)

void test('reads offsets, timestamps, keys and values, and hands on headers as they came', (t) => {
  const headers = Buffer.from('\x0atrace\x081234')
  const { batches, last } = readFetchedLog(encodeBatch({ firstOffset: 7, values: ['a', 'b'] }), [], endOffset)
  t.same(recordsOf(batches), [
    { offset: 7, timestampMs: firstTimestamp, key: null, value: Buffer.from('a'), headers },
    { offset: 8, timestampMs: firstTimestamp + 1, key: null, value: Buffer.from('b'), headers },
  ])
  t.equal(last?.lastOffset, 8, 'reading goes on behind the last record')
  t.end()
})

void test('takes the broker’s time where the topic has that', (t) => {
  const [one, two] = recordsOf(batchesOf(encodeBatch({ firstOffset: 0, values: ['a', 'b'], appendTime: 42 })))
  t.same([one?.timestampMs, two?.timestampMs], [42, 42])
  t.end()
})

void test('leaves out a batch that the broker has cut off', (t) => {
  const log = Buffer.concat([encodeBatch({ firstOffset: 0, values: ['a'] }), encodeBatch({ firstOffset: 1, values: ['b', 'c'] })])
  for (let cut = 1; cut < 100; cut++) t.same(text(batchesOf(log.subarray(0, log.length - cut))), ['a@0'])
  t.end()
})

void test('leaves out aborted transactions where producers overlap and the broker lists them by their end', (t) => {
  const log = Buffer.concat([
    encodeBatch({ firstOffset: 0, values: ['outer', 'outer'], producerId: 1, transactional: true }),
    encodeBatch({ firstOffset: 2, values: ['inner'], producerId: 2, transactional: true }),
    encodeBatch({ firstOffset: 3, values: ['good'], producerId: 3, transactional: true }),
    encodeBatch({ firstOffset: 4, values: ['plain'] }),
    encodeBatch({ firstOffset: 5, end: 'abort', producerId: 2 }),
    encodeBatch({ firstOffset: 6, values: ['outer'], producerId: 1, transactional: true }),
    encodeBatch({ firstOffset: 7, end: 'commit', producerId: 3 }),
    encodeBatch({ firstOffset: 8, values: ['next'], producerId: 2, transactional: true }),
    encodeBatch({ firstOffset: 9, end: 'abort', producerId: 1 }),
    encodeBatch({ firstOffset: 10, end: 'commit', producerId: 2 }),
  ])
  const aborted = [
    { producerId: 2n, firstOffset: 2 },
    { producerId: 1n, firstOffset: 0 },
  ]
  const { batches, last } = readFetchedLog(log, aborted, endOffset)
  t.same(text(batches), ['good@3', 'plain@4', 'next@8'])
  t.equal(last?.lastOffset, 10, 'reading goes on behind the last marker')
  t.end()
})

void test('moves on behind batches of which nothing is left', (t) => {
  const compacted = encodeBatch({ firstOffset: 5, lastOffsetDelta: 3 })
  t.same(text(batchesOf(compacted)), [])
  t.equal(readFetchedLog(compacted, [], endOffset).last?.lastOffset, 8)
  t.end()
})

const unreadable = {
  'an unknown codec': { codec: 7 },
  'a body that is not what its codec says': { codec: 1 },
  'more records than it holds': { count: 5 },
  'more records than the limit': { count: 600_000 },
  'a checksum that is not that of its bytes': { damaged: true },
  'another format': { magic: 1 },
}
for (const [what, fault] of Object.entries(unreadable)) {
  void test(`a batch with ${what} cannot be read, and its neighbours can`, (t) => {
    const good = encodeBatch({ firstOffset: 0, values: ['before'] })
    const bad = encodeBatch({ firstOffset: 1, values: ['x', 'y'], ...fault })
    const [before, between, after] = batchesOf(Buffer.concat([good, bad, encodeBatch({ firstOffset: 3, values: ['after'] })]))
    t.match(between, { firstOffset: 1 })
    t.throws(() => recordsOf([between!]))
    t.same(text([before!, after!]), ['before@0', 'after@3'])
    t.end()
  })
}

void test('never fails or hangs on a batch whose body is noise', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: -5, max: 50 }),
      (noise, codec, count) => {
        const bad = encodeBatch({ firstOffset: 1, body: Buffer.from(noise), codec, count, lastOffsetDelta: 2 })
        const batches = batchesOf(Buffer.concat([bad, encodeBatch({ firstOffset: 4, values: ['after'] })]))
        return text(batches.slice(-1)).join() === 'after@4'
      },
    ),
  )
  t.end()
})
