import { test, type Test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { refuseDeepText, refuseLongTexts, TypeCount } from '#avro/schema/schema-bounds.js'
import type { EntitySchema } from '#avro/entity-schema.js'

const fieldsOf = (count: number, type: (number: number) => unknown) =>
  Array.from({ length: count }, (_, number) => ({ name: `f${number}`, type: type(number) }))

/** A record that holds so many types with a name, itself among them. */
const withTypes = (count: number) => ({
  type: 'record',
  name: 'Wide',
  fields: fieldsOf(count - 1, (number) => ({ type: 'fixed', name: `T${number}`, size: 1 })),
})

function refusalOf(t: Test, act: () => unknown, detail: RegExp): void {
  t.throws(act, { name: 'BadRecordError', reason: 'schema_invalid', message: detail })
}

test('refuses one type with a name too many, also where they stand in several texts', (t) => {
  new TypeCount().add(withTypes(2000))
  refusalOf(t, () => new TypeCount().add(withTypes(2001)), /more than 2000 types/)
  const count = new TypeCount()
  count.add(withTypes(1999))
  refusalOf(t, () => count.add(withTypes(2)), /more than 2000 types/)
  t.end()
})

test('refuses one field too many, also where records lie within unions, arrays and maps', (t) => {
  const record = (name: string, count: number) => ({ type: 'record', name, fields: fieldsOf(count, () => 'int') })
  const within = (count: number) => [
    { type: 'array', items: record('A', 12_000) },
    { type: 'map', values: ['null', record('B', count)] },
  ]
  new TypeCount().add(within(13_000))
  refusalOf(t, () => new TypeCount().add(within(13_001)), /more than 25000 fields/)
  t.end()
})

test('refuses a text that is nested too deep before it is parsed, and does not count what stands in strings', (t) => {
  refuseDeepText('['.repeat(400) + ']'.repeat(400))
  refusalOf(t, () => refuseDeepText('['.repeat(401)), /nested too deep/)
  refuseDeepText(JSON.stringify({ doc: '\\"['.repeat(1000) }))
  refuseDeepText('[]'.repeat(1000))
  t.end()
})

test('refuses texts that are too long together', (t) => {
  refuseLongTexts(['a'.repeat(600_000), 'b'.repeat(400_000)])
  refusalOf(t, () => refuseLongTexts(['a'.repeat(600_000), 'b'.repeat(400_001)]), /more than 1000000 characters/)
  t.end()
})

const parsed = (schema: unknown): EntitySchema => parseEntitySchema('thing', { schema: JSON.stringify(schema), references: [] })

test('refuses more tags times leaves than fit into memory, on fields and on the records that hold them', (t) => {
  const tags = (count: number) => Array.from({ length: count }, (_, number) => `T${number}`)
  const inner = (fields: number, tagged: number) => ({
    type: 'record',
    name: 'Thing',
    fields: [
      {
        name: 'all',
        'confluent:tags': tags(tagged),
        type: { type: 'record', name: 'Inner', fields: fieldsOf(fields, () => 'int') },
      },
    ],
  })
  t.equal(parsed(inner(1000, 200)).tags.size, 200)
  refusalOf(t, () => parsed(inner(1000, 201)), /tags/)
  t.end()
})

test('follows a record that holds itself in many fields as far as the limit on leaves reaches, and says so', (t) => {
  const children = fieldsOf(8, () => ['null', 'Item'])
  const item = (extra: number) => ({
    type: 'record',
    name: 'Item',
    fields: [...children, ...fieldsOf(extra, () => 'int').map((field) => ({ ...field, name: `v${field.name}` }))],
  })
  const wide = parsed(item(20))
  t.ok(wide.leaves.length > 1000 && wide.leaves.length <= 10_000, String(wide.leaves.length))
  t.match(wide.doubts, [/levels of it are followed/])
  const narrow = parsed({
    ...item(1),
    fields: [
      { name: 'answers', type: { type: 'array', items: 'Item' } },
      { name: 'text', type: 'string' },
    ],
  })
  t.same(narrow.doubts, [])
  t.end()
})
