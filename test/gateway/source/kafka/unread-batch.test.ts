import { gzipSync } from 'node:zlib'
import { test } from 'tap'
import { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { UnreadBatch } from '#gateway/source/kafka/unread-batch.js'
import { encodeBatch } from '../../../support/kafka/record-batch.js'

function setUp(log: Buffer, fromOffset = 0) {
  const unreadable: string[] = []
  const note = ({ firstOffset, lastOffset }: KafkaRecordBatch, reason: string) =>
    void unreadable.push(`${firstOffset} ${lastOffset} ${reason}`)
  return { batch: new UnreadBatch(KafkaRecordBatch.at(log, 0)!, fromOffset, note), unreadable }
}

void test('begins at the offset that was not read yet', (t) => {
  const { batch } = setUp(encodeBatch({ firstOffset: 5, values: ['a', 'b', 'c'] }), 6)
  t.same(
    batch.open().map(({ value }) => value?.toString()),
    ['b', 'c'],
  )
  t.end()
})

void test('has no records where it cannot be read, and says so once', (t) => {
  const { batch, unreadable } = setUp(encodeBatch({ firstOffset: 5, values: ['a', 'b'], codec: 7 }))
  t.same(batch.open(), [])
  t.match(unreadable, [/^5 6 ./])
  t.equal(unreadable.length, 1)
  t.end()
})

void test('does not hold the answer that it came in once it is detached', (t) => {
  const own = encodeBatch({ firstOffset: 0, values: ['a'] })
  const answer = Buffer.concat([own, Buffer.alloc(10 * own.length)])
  const { batch } = setUp(answer)
  const [attached] = batch.open()
  const [detached] = batch.detached().open()
  t.same(detached, attached)
  t.equal(attached!.value!.buffer, answer.buffer)
  t.equal(detached!.value!.buffer.byteLength, own.length)
  const alone = setUp(Buffer.from(new Uint8Array(own).buffer)).batch
  t.equal(alone.detached(), alone, 'what fills its memory is not copied')
  t.end()
})

void test('comes the same in steps as at once, in memory of its own where it was compressed', (t) => {
  const values = Array.from({ length: 100 }, (_, n) => `value ${n} ${'x'.repeat(2000)}`)
  const plain = encodeBatch({ firstOffset: 5, values })
  const body = gzipSync(plain.subarray(61))
  for (const log of [plain, encodeBatch({ firstOffset: 5, body, codec: 1, count: 100, lastOffsetDelta: 99 })]) {
    const { batch } = setUp(log, 40)
    for (let time = 0; time < 2; time++) {
      const steps = batch.openInSteps()
      const records: KafkaRecord[] = []
      for (let record = steps.next(); record !== undefined; record = steps.next()) records.push(record)
      t.same(records, batch.open(), 'as often as it is opened')
      t.equal(records.length, 65)
      if (log !== plain) t.ok(records.every(({ value }) => value!.buffer.byteLength < 10_000))
    }
    t.match(batch.needs(), { decompressed: log === plain ? 0 : plain.length - 61, records: plain.length - 61 + 100 * 150 })
  }
  t.end()
})

void test('none of its records comes in steps where one of them cannot be read', (t) => {
  const { batch, unreadable } = setUp(encodeBatch({ firstOffset: 5, values: ['a', 'b'], count: 3, lastOffsetDelta: 2 }))
  t.equal(batch.openInSteps().next(), undefined)
  t.equal(unreadable.length, 1)
  t.end()
})

void test('needs nothing where it says what cannot be', (t) => {
  const { batch } = setUp(encodeBatch({ firstOffset: 5, codec: 2, body: Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), count: 1 }))
  t.same(batch.needs(), { decompressed: 0, records: 0 })
  t.end()
})
