import { test } from 'tap'
import { gatewayViewOf } from '#schema/model/schema-validity.js'
import { registeredEntityOf, registeredTypeOf } from '#tools/schema/subjects/registered-entity.js'

const order = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] }

function entityOf(fields: unknown): unknown {
  const event = { type: 'record', name: 'OrderEvent', namespace: 'shop', fields }
  return registeredEntityOf('order.update-value version 1', 'event', { id: 1, schema: JSON.stringify(event), references: [] })?.schema
}

test('takes the record in the data of an event, and nothing where there is none, whatever has been registered', (t) => {
  t.same(entityOf([{ name: 'data', type: ['null', order] }]), { namespace: 'shop', ...order })
  t.same(entityOf([{ name: 'data', type: order }]), { namespace: 'shop', ...order })
  for (const fields of [undefined, 5, [], [null], [{ name: 'data' }], [{ name: 'data', type: ['null', 'shop.Unknown'] }]])
    t.equal(entityOf(fields), undefined)
  t.end()
})

test('takes the type that an event refers to where that is a record, and any shared type with a name', (t) => {
  const unit = { type: 'enum', name: 'Unit', namespace: 'shop', symbols: ['KG'] }
  const event = { type: 'record', name: 'E', namespace: 'shop', fields: [{ name: 'data', type: ['null', 'Unit'] }] }
  const registered = { id: 1, schema: JSON.stringify(event), references: [JSON.stringify(unit)] }
  t.equal(registeredEntityOf('unit.update-value version 1', 'event', registered), undefined)
  t.match(registeredTypeOf('shop.Unit version 1', { id: 1, schema: JSON.stringify(unit), references: [] }), {
    entityType: 'shop.Unit',
    schema: unit,
    references: [],
  })
  t.throws(() => registeredTypeOf('x', { id: 1, schema: '"string"', references: [] }), { name: 'ConfigurationError' })
  t.end()
})

test('an entity carries the tags that the registry keeps beside it, or beside the event around it', (t) => {
  const entity = { type: 'record', name: 'shop.Order', fields: [{ name: 'id', type: 'string' }] }
  const event = { type: 'record', name: 'shop.OrderEvent', fields: [{ name: 'data', type: ['null', entity] }] }
  const tagged = (kind: 'event' | 'bare', schema: object, path: string) => {
    const registered = { id: 1, schema: JSON.stringify(schema), references: [], metadata: { tags: { [path]: ['PII'] } } }
    const view = gatewayViewOf(registeredEntityOf('order-value version 1', kind, registered)!)
    return 'invalid' in view ? view.invalid : [...(view.tags.get('PII') ?? [])]
  }
  t.same(tagged('bare', entity, 'id'), [0])
  t.same(tagged('bare', entity, 'shop.Order.id'), [0])
  t.same(tagged('event', event, 'data.id'), [0])
  t.same(tagged('event', event, 'shop.OrderEvent.data'), [0])
  t.same(tagged('event', event, 'id'), [])
  t.end()
})
