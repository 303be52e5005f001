import { test } from 'tap'
import { chosenTopics } from '#look/topic-list.js'

test('topics are looked at for which something is registered, then the others, and none of Kafka itself', async (t) => {
  const all = ['zebra', 'a', '_schemas', '__consumer_offsets', 'my-topic', 'order.create']
  const subjects = ['zebra-value', 'my-topic-shop.Order', 'order', 'b-value']
  t.same(chosenTopics(all, [], subjects), { topics: ['my-topic', 'zebra', 'a', 'order.create'], more: 0 })
})

test('named topics are taken by their whole name, with a star for any part, each once', async (t) => {
  const all = ['shop.orders', 'shop.items', 'shopXorders', '_schemas']
  t.same(chosenTopics(all, ['shop.*'], []).topics, ['shop.items', 'shop.orders'])
  t.same(chosenTopics(all, ['shop.orders', '*orders', '_schemas'], []).topics, ['_schemas', 'shop.orders', 'shopXorders'])
  t.throws(() => chosenTopics(all, ['shop'], []), {
    name: 'ConfigurationError',
    message: 'There is no topic "shop" that this login may see.',
  })
})

test('no topics, and none but those of Kafka, are said; and how many there are beyond the limit', async (t) => {
  t.throws(() => chosenTopics([], ['a'], []), /Kafka has no topics that this login may see/)
  t.throws(() => chosenTopics(['__consumer_offsets'], [], []), /All topics that this login may see are of Kafka itself/)
  const many = Array.from({ length: 60 }, (_none, n) => `t${n}`)
  const { topics, more } = chosenTopics(many, [], ['t59-value'])
  t.same([topics.length, more, topics[0]], [50, 10, 't59'])
})
