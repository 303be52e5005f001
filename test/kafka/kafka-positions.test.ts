import { test } from 'tap'
import { KafkaPositions, type LogEnds } from '#kafka/kafka-positions.js'

const ends = (...logs: [low: number, high: number][]) =>
  new Map<string, LogEnds[]>([['orders', logs.map(([low, high], partition) => ({ partition, low, high }))]])
const batches = (...offsets: number[]) => offsets.map((lastOffset) => ({ lastOffset }))

void test('goes on where it stood, whatever has been written meanwhile', (t) => {
  const positions = new KafkaPositions()
  positions.startAtEnd(ends([0, 10], [5, 5]))
  positions.advance('orders', 0, batches(10, 11, 13))
  t.same(positions.reconcile(ends([0, 100], [5, 6])), [])
  t.equal(positions.get('orders', 0), 14)
  t.equal(positions.get('orders', 1), 5)
  t.end()
})

void test('passes on only what has not been read', (t) => {
  const positions = new KafkaPositions()
  positions.startAtEnd(ends([0, 10]))
  t.same(positions.advance('orders', 0, batches(8, 9, 10, 11)), { from: 10, unread: batches(10, 11) })
  t.same(positions.advance('orders', 0, batches(10, 11)), { from: 12, unread: [] })
  t.same(positions.advance('orders', 0, batches(11, 12)), { from: 12, unread: batches(12) })
  t.end()
})

void test('reads partitions that are new from their beginning', (t) => {
  const positions = new KafkaPositions()
  positions.startAtEnd(ends([0, 10]))
  t.same(positions.reconcile(ends([0, 10], [3, 7])), [])
  t.equal(positions.get('orders', 1), 3)
  t.end()
})

void test('goes on at the oldest record where retention was faster, and says what was lost', (t) => {
  const positions = new KafkaPositions()
  positions.startAtEnd(ends([0, 10]))
  t.match(positions.reconcile(ends([25, 40])), [{ warning: /orders\/0 .* retention dropped 15 offsets unread/, dropped: 15 }])
  t.equal(positions.get('orders', 0), 25)
  t.end()
})

void test('goes on where it stood with a topic that is missing from one answer', (t) => {
  const positions = new KafkaPositions()
  positions.startAtEnd(ends([0, 1000]))
  t.same(positions.reconcile(new Map()), [])
  t.same(positions.reconcile(ends([0, 1010])), [])
  t.equal(positions.get('orders', 0), 1000)
  t.end()
})

void test('reads a log that was made anew from its beginning', (t) => {
  const positions = new KafkaPositions()
  positions.startAtEnd(ends([0, 10]))
  t.match(positions.reconcile(ends([0, 3])), [{ warning: /made anew/, dropped: 0 }])
  t.equal(positions.get('orders', 0), 0)
  positions.advance('orders', 0, batches(0, 1, 2))
  t.equal(positions.get('orders', 0), 3)
  t.end()
})
