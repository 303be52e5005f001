import { test } from 'tap'
import { schemaChangesOf } from '#tools/schema/compare/schema-changes.js'
import { validModelOf } from '#schema/model/schema-validity.js'
import { orderFile } from '../../../support/schemas/entity-file.js'
import { schemaEvolutions } from '../../../support/schemas/schema-evolutions.js'

for (const { name, before, after, changes, breaks } of schemaEvolutions) {
  test(`says what it means when ${name}`, (t) => {
    const found = schemaChangesOf(validModelOf(before), validModelOf(after))
    t.same(
      found.map(({ kind, path }) => `${kind} ${path}`),
      changes,
    )
    t.same([...new Set(found.flatMap((change) => change.breaks))].sort(), breaks)
    t.end()
  })
}

test('says it in whole sentences, with the place in the schema after the change', (t) => {
  const before = orderFile([
    { name: 'total', type: 'int' },
    { name: 'note', type: 'string', default: '' },
  ])
  const price = { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 }
  const after = orderFile([
    { name: 'tax', type: price, 'confluent:tags': ['INTERNAL'] },
    { name: 'total', type: ['null', 'long'] },
  ])
  t.same(
    schemaChangesOf(validModelOf(before), validModelOf(after)).map(({ path, what, place }) => [`${path} ${what}`, place.at]),
    [
      ['tax is added (decimal(8, 2)), without a default, tagged INTERNAL', ['fields', 1]],
      ['total may be more: int before, null or long now', ['fields', 2, 'type']],
      ['note is removed; it had the default ""', []],
    ],
  )
  t.end()
})

test('says that the same bytes mean something else, also where their type is widened', (t) => {
  const date = { type: 'int', logicalType: 'date' }
  const instant = { type: 'long', logicalType: 'timestamp-millis' }
  const price = { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 }
  const meaning = (before: unknown, after: unknown) => {
    const [was, is] = [before, after].map((type) => validModelOf(orderFile([{ name: 'at', type }])))
    return schemaChangesOf(was!, is!).flatMap(({ kind, what }) => (kind === 'logical-type-changed' ? [what] : []))
  }
  t.same(meaning(date, instant), ['means something else: date before, timestamp-millis now'])
  t.same(meaning('int', instant), ['means something else: int before, timestamp-millis now'])
  t.same(meaning(price, 'string'), ['means something else: decimal(8, 2) before, string now'])
  t.same(meaning('int', 'long'), [])
  t.same(meaning(instant, 'string'), [], 'readers cannot take it for another value, as they cannot read it')
  t.end()
})
