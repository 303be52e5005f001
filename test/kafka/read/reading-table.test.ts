import { test } from 'tap'
import type { StartAt } from '#kafka/read/reading.js'
import { ReadingTable } from '#kafka/read/reading-table.js'
import { errorCodes } from '#kafka/wire/error-codes.js'
import type { TopicMetadata } from '#kafka/wire/metadata-question.js'

function tableOf(startAt: StartAt = 'end') {
  const madeAnew: string[] = []
  const table = new ReadingTable(
    () => startAt,
    (topic) => madeAnew.push(topic),
  )
  const note = (...topics: TopicMetadata[]) => table.note({ brokers: [], topics })
  return { table, madeAnew, note }
}

function topicOf(topicId: string | undefined, ...leaders: number[]): TopicMetadata {
  const partitions = leaders.map((leader, partition) => ({ partition, leader, leaderEpoch: 1 }))
  return { errorCode: 0, topic: 'orders', topicId, partitions }
}

const withError = (errorCode: number): TopicMetadata => ({ errorCode, topic: 'orders', topicId: undefined, partitions: [] })

test('begins with those that are there where it was told to, and with those that come later at their beginning', (t) => {
  const { table, note } = tableOf(42)
  note(topicOf('a', 1))
  note(topicOf('a', 1, 2))
  t.equal(table.get('orders', 0)?.position, 42)
  t.notOk(table.get('orders', 1)!.isPlaced)
  table.get('orders', 1)!.place({ low: 3, high: 9 })
  t.equal(table.get('orders', 1)?.position, 3)
  t.end()
})

test('a topic that was replaced is not believed again, which brokers that lag behind still tell of', (t) => {
  const { table, madeAnew, note } = tableOf()
  note(topicOf('a', 1))
  note(topicOf('b', 1))
  const reading = table.get('orders', 0)!
  reading.place({ low: 0, high: 50 })
  for (const id of ['a', 'b', 'a', 'b']) note(topicOf(id, 1))
  t.equal(table.get('orders', 0), reading)
  t.same(madeAnew, ['orders'])
  note(topicOf('c', 1))
  note(topicOf('b', 1))
  t.equal(table.get('orders', 0)?.topicId, 'c')
  t.same(madeAnew, ['orders', 'orders'])
  t.end()
})

test('a leader of an older epoch is not taken for the present one', (t) => {
  const { table, note } = tableOf()
  note({ ...topicOf('a'), partitions: [{ partition: 0, leader: 3, leaderEpoch: 7 }] })
  note({ ...topicOf('a'), partitions: [{ partition: 0, leader: 2, leaderEpoch: 6 }] })
  t.match(table.get('orders', 0), { leader: 3, leaderEpoch: 7 })
  note({ ...topicOf('a'), partitions: [{ partition: 0, leader: -1, leaderEpoch: 7 }] })
  t.equal(table.get('orders', 0)?.leader, undefined)
  t.end()
})

test('reads a topic from its beginning that was missing when it was looked for', (t) => {
  const { table, note } = tableOf()
  note(withError(errorCodes.unknownTopic))
  t.same(table.missing, ['orders'])
  t.ok(table.holds(['orders']))
  note(topicOf('a', 1))
  t.same(table.missing, [])
  table.get('orders', 0)!.place({ low: 3, high: 9 })
  t.equal(table.get('orders', 0)?.position, 3)
  t.end()
})

test('tells a topic that may not be read from one that is missing', (t) => {
  const { table, note } = tableOf()
  note(withError(errorCodes.notPermitted))
  t.same([table.missing, table.notPermitted, table.unanswered], [[], ['orders'], []])
  t.ok(table.holds(['orders']))
  t.end()
})

test('tells a topic that may be described and not read from one for which nobody answers', (t) => {
  const { table, note } = tableOf()
  note(topicOf('a', 1, 1, 1))
  for (const reading of table) reading.place({ low: 0, high: 9 })
  for (const partition of [0, 1]) table.get('orders', partition)!.refuse(errorCodes.notPermitted)
  table.get('orders', 2)!.refuse(6)
  t.same([table.unreadable, table.unanswered], [['orders'], ['orders/2']])
  t.end()
})

test('holds no position of a topic for which Kafka has no answer yet', (t) => {
  const { table, note } = tableOf()
  t.notOk(table.holds(['orders']))
  note(withError(5))
  t.notOk(table.holds(['orders']))
  t.same(table.unanswered, ['orders'])
  note(topicOf('a', 1, -1))
  t.notOk(table.holds(['orders']), 'where the log ends is not known')
  table.get('orders', 0)!.place({ low: 0, high: 9 })
  t.ok(table.holds(['orders']), 'nothing can be written to a partition without a leader')
  t.same(table.unanswered, ['orders/1'])
  t.end()
})

test('keeps the positions of a topic that is missing from one answer, and follows its leaders', (t) => {
  const { table, note, madeAnew } = tableOf()
  note(topicOf('a', 1))
  const reading = table.get('orders', 0)!
  reading.place({ low: 0, high: 9 })
  note(withError(errorCodes.unknownTopic))
  t.equal(reading.leader, undefined)
  note(topicOf('a', 2))
  t.equal(table.get('orders', 0), reading)
  t.same([reading.leader, reading.position], [2, 9])
  t.same(madeAnew, [])
  t.end()
})

test('reads a topic from its beginning that was made anew, whatever its log holds by then', (t) => {
  const { table, note, madeAnew } = tableOf()
  note(topicOf('a', 1, 1))
  for (const reading of table) reading.place({ low: 0, high: 9 })
  note(topicOf('b', 1))
  t.same(madeAnew, ['orders'])
  t.equal(table.get('orders', 1), undefined)
  const reading = table.get('orders', 0)!
  t.notOk(reading.isPlaced)
  reading.place({ low: 0, high: 100 })
  t.equal(reading.position, 0)
  note(topicOf(undefined, 1))
  t.equal(table.get('orders', 0), reading, 'a broker that does not say the id does not say that it is another one')
  t.end()
})
