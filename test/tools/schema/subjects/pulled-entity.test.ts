import { test } from 'tap'
import { AvroEntitySchema } from '#avro/avro-entity-schema.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { seedEntity, type EntityDefinition } from '#entities.js'
import { pulledEntityOf } from '#tools/schema/subjects/pulled-entity.js'

const text = (name: string) => ({ name, type: 'string' })
const record = (name: string, ...fields: object[]) => ({ type: 'record', name, fields })
const registered = (schema: unknown, references: unknown[] = [], metadata?: object) => ({
  ...{ id: 1, schema: JSON.stringify(schema), references: references.map((one) => JSON.stringify(one)) },
  ...(metadata !== undefined && { metadata }),
})
const bare = (more: Partial<EntityDefinition> = {}): EntityDefinition => ({
  ...{ name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders', ...more },
})
const treeOf = (schema: object) => parseAvroSchema(JSON.stringify(schema)) as RecordNode
const leavesOf = (schema: object | undefined) => schema && new AvroEntitySchema('order', treeOf(schema)).leaves

test('takes the row of Debezium, which is named where it stands a second time', (t) => {
  const place = record('Place', text('city'))
  const row = record('Value', text('id'), { name: 'place', type: ['null', place] }, { name: 'other', type: ['null', 'Place'] })
  const fields = [{ name: 'before', type: ['null', row] }, { name: 'after', type: ['null', 'Value'] }, text('op')]
  const envelope = { ...record('Envelope', ...fields), namespace: 'shop' }
  const pulled = pulledEntityOf(bare({ envelope: 'debezium', streamable: true }), registered(envelope))
  t.match(pulled, { name: 'Value', namespace: 'shop', streamable: true })
  t.same(leavesOf(pulled), ['id', 'place.city', 'other.city'])
  t.end()
})

test('writes in what stands in references, or beside the entity, each type once', (t) => {
  const place = { ...record('Place', text('city')), namespace: 'shop' }
  const order = { ...record('Order', { name: 'from', type: 'Place' }, { name: 'to', type: ['null', 'shop.Place'] }), namespace: 'shop' }
  const event = { ...record('OrderEvent', { name: 'data', type: ['null', 'shop.Order'] }), namespace: 'elsewhere' }
  const pulled = pulledEntityOf(seedEntity('order'), registered(event, [place, order]))
  t.same(leavesOf(pulled), ['from.city', 'to.city'])
  t.equal(JSON.stringify(pulled).split('"fields"').length - 1, 2)
  const union = [
    record('Other', text('x')),
    record('Order', text('id'), { name: 'next', type: ['null', 'Order'] }, { name: 'o', type: 'Other' }),
  ]
  t.same(leavesOf(pulledEntityOf(bare({ record: ['Order'] }), registered(union)))?.slice(0, 1), ['id'])
  t.equal(pulledEntityOf(bare({ record: ['Nobody'] }), registered(union)), undefined)
  t.throws(() => pulledEntityOf(bare(), registered(union)), {
    ...{ name: 'ConfigurationError', message: 'order may be Other or Order: its entry must say which it is ("record").' },
  })
  t.equal(pulledEntityOf(bare(), registered('string')), undefined)
  t.equal(pulledEntityOf(seedEntity('order'), registered(record('Order', text('id')))), undefined)
  t.end()
})

test('writes tags that stand beside the schema at their fields, and leaves out marks', (t) => {
  const address = record('Address', { ...text('city'), 'confluent:tags': ['GEO'] }, text('street'))
  const items = { type: 'array', items: record('Item', text('sku')) }
  const order = record('Order', text('id'), { name: 'address', type: address }, { name: 'items', type: items }, text('__deleted'))
  const tags = { 'Order.address.street': ['PII'], 'Order.items.sku': ['INTERNAL'], 'Order.address.city': ['PII'] }
  const pulled = pulledEntityOf(bare({ marks: { deleted: '__deleted' } }), registered(order, [], { tags }))!
  const schema = new AvroEntitySchema('order', treeOf(pulled))
  t.same(schema.leaves, ['id', 'address.city', 'address.street', 'items.sku'])
  const told = Object.fromEntries([...schema.tags].map(([tag, leaves]) => [tag, [...leaves].map((leaf) => schema.leaves[leaf])]))
  t.same(told, { GEO: ['address.city'], PII: ['address.city', 'address.street'], INTERNAL: ['items.sku'] })
  t.throws(() => pulledEntityOf(bare(), registered(order, [], { tags: 'PII' })), {
    name: 'ConfigurationError',
    message: /no file can say them/,
  })
  t.end()
})
