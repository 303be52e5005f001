import { test } from 'tap'
import { entitySchemasOf } from '#tools/policy/entity-schemas.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'

test('reads the sample entities', (t) => {
  const schemas = entitySchemasOf(readSchemaFolder('schemas'))
  t.same(
    schemas.map(({ entityType, streamable }) => [entityType, streamable]),
    [
      ['customer', true],
      ['order', true],
      ['parcel', true],
    ],
  )
  t.end()
})

test('says which file is no schema of an entity', (t) => {
  const schema = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'Missing' }] } as const
  const file = { entityType: 'order', file: 'x/order.avsc', text: JSON.stringify(schema), schema, references: [] }
  t.throws(() => entitySchemasOf([file]), {
    name: 'ConfigurationError',
    message: 'x/order.avsc is no valid schema: undefined type name: Missing.',
  })
  t.end()
})
