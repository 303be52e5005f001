import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { entityNamePattern } from '#entities.js'
import { entityNameOf, idFieldsOf, marksIn, topicGroupsOf } from '#look/entity-guesses.js'
import { fc } from '../support/running/seeded-properties.js'

const record = (...fields: (string | [string, unknown])[]) => {
  const named = fields.map((one) => (typeof one === 'string' ? { name: one, type: 'string' } : { name: one[0], type: one[1] }))
  return parseAvroSchema(JSON.stringify({ type: 'record', name: 'shop.Order', fields: named })) as RecordNode
}

test('three topics that say what happened are one entity, and two of them are two', async (t) => {
  const topics = ['a.create', 'a.update', 'a.delete', 'b.create', 'b.update', 'c']
  t.same(topicGroupsOf(topics), [
    { layout: 'topic-per-operation', topic: 'a', topics: ['a.create', 'a.update', 'a.delete'] },
    ...['b.create', 'b.update', 'c'].map((topic) => ({ layout: 'single-topic', topic, topics: [topic] })),
  ])
})

test('an entity is called as the last part of its topic that says something', async (t) => {
  const named = (topic: string, ...taken: string[]) => entityNameOf(topic, (name) => taken.includes(name))
  t.equal(named('db1.public.orders'), 'orders')
  t.equal(named('orders.v2'), 'orders')
  t.equal(named('shop.orders.events'), 'orders')
  t.equal(named('v1'), 'v1')
  t.equal(named('db1.public.orders', 'orders'), 'db1.public.orders')
  t.equal(named('orders', 'orders'), 'orders-2')
  t.equal(named('2nd-orders'), '_2nd-orders')
})

test('a name can always be had, for whatever topics there are', async (t) => {
  const topic = fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/)
  fc.assert(
    fc.property(fc.array(topic, { maxLength: 20 }), (topics) => {
      const taken = new Set<string>()
      for (const one of topics) {
        const name = entityNameOf(one, (other) => taken.has(other))
        if (taken.has(name) || !entityNamePattern.test(name)) throw new Error(`${one}: ${name}`)
        taken.add(name)
      }
    }),
  )
  t.pass()
})

test('the field of the id is known by its name, and only where it holds a single value', async (t) => {
  t.same(idFieldsOf(record('total', 'orderId', 'id'), ['orders']), ['id', 'orderId'])
  t.same(idFieldsOf(record('customer_id', 'order_no'), ['shop.orders']), ['order_no'])
  t.same(idFieldsOf(record('CategoryId', 'x_id'), ['categories']), ['CategoryId'])
  t.same(idFieldsOf(record('sensor_id', 'at'), ['readings']), ['sensor_id'], 'the only one that ends so')
  t.same(idFieldsOf(record('customer_id', 'shop_id'), ['readings']), [], 'of two it cannot be told')
  t.same(idFieldsOf(record(['id', { type: 'array', items: 'string' }]), ['x']), [])
  t.same(idFieldsOf(record(['id', ['null', 'long']]), ['x']), ['id'])
  t.same(idFieldsOf(record('paid', 'unvalid'), ['x']), [], 'a word that ends so is none')
})

test('what Debezium adds to flattened rows is taken for marks', async (t) => {
  t.same(marksIn(record('id', '__deleted', '__op', '__source_ts_ms')), { deleted: '__deleted', operation: '__op', time: '__source_ts_ms' })
  t.same(marksIn(record('id', '__deleted')), { deleted: '__deleted' })
  t.equal(marksIn(record('id', 'deleted')), undefined)
})
