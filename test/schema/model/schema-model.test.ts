import { test } from 'tap'
import { schemaModelOf } from '#schema/model/schema-model.js'
import { orderFile } from '../../support/schemas/entity-file.js'

test('resolves names through namespaces and files, and keeps what people wrote with its place', (t) => {
  const line = {
    name: 'Line',
    namespace: 'shop.lines',
    fields: [{ name: 'next', type: ['null', 'Line'], default: null, aliases: ['after'] }],
  }
  const price = { type: { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 }, name: 'price', doc: 'In euros.' }
  const root = schemaModelOf(orderFile([price, { name: 'line', type: 'shop.lines.Line' }], [line]))
  const [, priceField, lineField] = root.fields
  t.match(root, { name: 'shop.Order', doc: 'An order.', streamable: true, place: { file: 'schemas/order.avsc', at: [] } })
  t.match(priceField, {
    doc: 'In euros.',
    default: undefined,
    type: { kind: 'bytes', logicalText: 'decimal(8, 2)' },
    place: { at: ['fields', 1] },
  })
  const record = lineField!.type
  if (record.kind !== 'record') return t.fail('a reference leads to the record')
  t.match(record, { name: 'shop.lines.Line', place: { file: 'schemas/types/line.avsc' } })
  const [next] = record.fields
  t.match(next, { default: { value: null }, aliases: ['after'], place: { at: ['fields', 0] } })
  t.equal(next!.type.kind === 'union' && next!.type.branches[1], record, 'it refers to itself')
  t.end()
})
