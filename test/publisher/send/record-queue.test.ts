import { test } from 'tap'
import { countedBytes, type QueuedRecord, RecordQueue } from '#publisher/send/record-queue.js'

function queued(value: string, partition = 0, deadlineMs = 1000): QueuedRecord {
  const record = { key: 'a', value: Buffer.from(value), timestampMs: undefined }
  return { topic: 'orders', partition, record, deadlineMs, resolve: () => undefined, reject: () => undefined }
}

function queueOf(...records: QueuedRecord[]): RecordQueue {
  const queue = new RecordQueue()
  for (const record of records) queue.add(record)
  return queue
}

const valuesOf = (records: readonly QueuedRecord[]) => records.map(({ record }) => String(record.value))
const size = countedBytes(queued('1').record)

test('takes batches of one partition in order, as many as fit, and the partitions in turn', async (t) => {
  const queue = queueOf(queued('1'), queued('2'), queued('3'), queued('4', 1), queued('5'), queued('6', 1))
  const batches = Array.from({ length: 5 }, () => valuesOf(queue.takeBatch(2 * size)))
  t.same(batches, [['1', '2'], ['4', '6'], ['3', '5'], [], []])
})

test('takes one record at least, however large it is', async (t) => {
  t.same(valuesOf(queueOf(queued('1'), queued('2')).takeBatch(1)), ['1'])
})

test('knows how many bytes wait, tombstones and small records with what they take beside', async (t) => {
  const tombstone = { ...queued(''), record: { key: 'ö', value: null, timestampMs: undefined } }
  const queue = queueOf(queued('1'), queued('2', 1), tombstone)
  t.equal(queue.bytes, 2 * size + countedBytes(tombstone.record))
  t.ok(countedBytes(tombstone.record) > 500)
  queue.takeBatch(size)
  t.equal(queue.bytes, size + countedBytes(tombstone.record))
  queue.takeAll()
  t.equal(queue.bytes, 0)
})

test('takes those whose time is over, and leaves the others in their order', async (t) => {
  const queue = queueOf(queued('1', 0, 10), queued('2', 0, 20), queued('3', 0, 30), queued('4', 1, 10))
  t.same(valuesOf(queue.takeOverdue(20)), ['1', '2', '4'])
  t.same(valuesOf(queue.takeBatch(10 * size)), ['3'])
  t.equal(queue.bytes, 0)
})
