import { test } from 'tap'
import { crc32c } from '../../../bench/feed/crc32c.js'
import { decodeProduceAnswer, encodeProduceRequest } from '../../../bench/feed/produce-request.js'
import { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import { int16, int32 } from '../../support/kafka/record-batch.js'

const recordOf = (key: string, value: Buffer, timestampMs: number) => ({ key: Buffer.from(key), value, partition: 0, timestampMs })

test('writes batches that are read as what was given, of few records and of many, large and empty, times back and forth', async (t) => {
  const few = [recordOf('a', Buffer.from('1'), 1000), recordOf('', Buffer.alloc(0), 999), recordOf('b', Buffer.alloc(70_000, 7), 5_000_000)]
  const many = Array.from({ length: 300 }, (_none, nth) => recordOf(`key-${nth}`, Buffer.alloc(nth, nth), 1_700_000_000_000 + nth))
  const request = encodeProduceRequest(7, 'orders', [
    { partition: 3, records: few },
    { partition: 0, records: many },
  ])
  t.equal(request.readInt32BE(0), request.length - 4)
  t.same([request.readInt16BE(4), request.readInt16BE(6), request.readInt32BE(8)], [0, 3, 7])
  let at = request.indexOf('orders') + 'orders'.length
  t.equal(request.readInt32BE(at), 2)
  at += 4
  for (const [partition, records] of [[3, few] as const, [0, many] as const]) {
    t.equal(request.readInt32BE(at), partition)
    const length = request.readInt32BE(at + 4)
    const batch = KafkaRecordBatch.at(request, at + 8)!
    t.equal(batch.length, length)
    const bytes = request.subarray(at + 8, at + 8 + length)
    t.equal(bytes.readInt32BE(17), crc32c(bytes.subarray(21)))
    t.equal(Number(bytes.readBigInt64BE(35)), Math.max(...records.map(({ timestampMs }) => timestampMs)))
    t.same(
      batch.records().map(({ key, value, timestampMs }) => ({ key, value, timestampMs })),
      records.map(({ key, value, timestampMs }) => ({ key, value, timestampMs })),
    )
    t.equal(batch.lastOffset, records.length - 1)
    at += 8 + length
  }
  t.equal(at, request.length)
})

test('reads which partitions a broker has taken, and why not the others', async (t) => {
  const answer = Buffer.concat([int32(7), int32(1), int16(6), Buffer.from('orders'), int32(2), partition(0, 0), partition(1, 6), int32(0)])
  t.throws(() => decodeProduceAnswer(answer, 8), /to request 7 instead of 8/)
  t.same(decodeProduceAnswer(answer, 7), [
    { partition: 0, errorCode: 0 },
    { partition: 1, errorCode: 6 },
  ])
})

function partition(number: number, errorCode: number): Buffer {
  return Buffer.concat([int32(number), int16(errorCode), Buffer.alloc(16, 1)])
}
