import { test } from 'tap'
import { registeredEntityOf, registeredTypeOf } from '../../../src/schema/subjects/registered-entity.js'

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
