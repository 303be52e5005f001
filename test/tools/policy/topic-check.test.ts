import { test } from 'tap'
import { checkTopics } from '#tools/policy/topic-check.js'
import { type EntityDefinition, seedEntity } from '#entities.js'
import type { TopicFacts } from '#kafka/kafka-topic-facts.js'

const topics = ['order.create', 'order.update', 'order.delete']

function found(entity: EntityDefinition, settings: Readonly<Record<string, string>>, partitions = [4, 4, 4]): string[] {
  const facts = topics.map((topic, index): [string, TopicFacts] => [
    topic,
    { partitions: partitions[index]!, settings: new Map(Object.entries(settings)) },
  ])
  return checkTopics([entity], new Map(facts.filter(([, one]) => one.partitions > 0))).map(({ rule, file }) => `${file} ${rule}`)
}

const order = seedEntity('order')
const good = {
  'cleanup.policy': 'compact',
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'unclean.leader.election.enable': 'false',
}
const onAll = (rule: string) => topics.map((topic) => `${topic} topics/${rule}`)

test('finds nothing in topics that keep order and history', (t) => {
  t.same(found(order, good), [])
  t.same(found(order, { ...good, 'cleanup.policy': 'delete', 'retention.ms': '-1' }), [])
  t.same(found({ ...order, state: false }, { ...good, 'cleanup.policy': 'delete' }), [], 'no table of it forgets anything')
  t.end()
})

test('finds partition counts that differ, and topics that are not there', (t) => {
  t.same(found(order, good, [4, 8, 4]), ['order.create topics/unequal-partitions'])
  t.same(found(order, good, [4, 0, 4]), ['order.update topics/missing'])
  t.end()
})

test('finds what this login may not know, and says nothing else of it', (t) => {
  const known = { partitions: 4, settings: undefined }
  const facts = new Map<string, TopicFacts | 'not_permitted'>([
    ['order.create', known],
    ['order.update', 'not_permitted'],
    ['order.delete', known],
  ])
  t.same(
    checkTopics([order], facts).map(({ rule, file }) => `${file} ${rule}`),
    ['order.create topics/settings-unknown', 'order.update topics/not-permitted', 'order.delete topics/settings-unknown'],
  )
  t.end()
})

test('finds settings that take events away', (t) => {
  const untabled = { ...order, state: false }
  t.same(found(untabled, good), onAll('compacted'))
  t.same(found({ ...untabled, envelope: 'none' }, good), [], 'the bare record is its own state')
  t.same(found(untabled, { ...good, 'cleanup.policy': 'delete', 'retention.ms': '60000' }), onAll('short-retention'))
  t.same(found({ ...untabled, envelope: 'none' }, { ...good, 'retention.ms': '60000' }), [], 'nothing is deleted by its age')
  t.same(found(order, { ...good, 'unclean.leader.election.enable': 'true' }), onAll('unclean-election'))
  t.end()
})

test('finds settings that make a table forget', (t) => {
  t.same(found(order, { ...good, 'cleanup.policy': 'delete' }), onAll('forgetting'))
  t.same(
    found(order, { ...good, 'cleanup.policy': 'compact,delete', 'retention.ms': '-1', 'retention.bytes': '1000000' }),
    onAll('forgetting'),
  )
  t.end()
})
