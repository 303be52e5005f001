import { test } from 'tap'
import { KafkaRecordBatch } from '../../../src/source/kafka/kafka-record-batch.js'
import { UnreadBatch } from '../../../src/source/kafka/unread-batch.js'
import { encodeBatch } from '../../support/record-batch.js'

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
