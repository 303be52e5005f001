import { test } from 'tap'
import { PerSchemaTable } from '#policy/audience/per-schema-table.js'
import type { EntitySchema } from '#avro/entity-schema.js'

const schema = {} as EntitySchema

test('makes one value for each schema and key', (t) => {
  const table = new PerSchemaTable<object>(10)
  const made = table.get(schema, '1,2', () => ({}))
  t.equal(
    table.get(schema, '1,2', () => ({})),
    made,
  )
  t.not(
    table.get(schema, '12', () => ({})),
    made,
  )
  t.not(
    table.get({} as EntitySchema, '1,2', () => ({})),
    made,
  )
  t.end()
})

test('forgets the oldest beyond its limit', (t) => {
  const table = new PerSchemaTable<object>(2)
  const [first, second] = ['1', '2', '3'].map((key) => table.get(schema, key, () => ({})))
  t.equal(
    table.get(schema, '2', () => ({})),
    second,
  )
  t.not(
    table.get(schema, '1', () => ({})),
    first,
  )
  t.end()
})
