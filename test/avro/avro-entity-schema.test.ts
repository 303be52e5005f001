import { fc } from '../support/running/seeded-properties.js'
import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { Branch, encode, namedTypes } from '../support/values/avro-cases.js'
import { reasonOf } from '../support/values/bad-record.js'
import { entityCases, parseEntity } from '../support/values/entity-cases.js'
import { plainLeaves } from '../support/values/plain-values.js'
import { projectedText } from '../support/values/projected-text.js'

const record = (name: string, ...fields: object[]) => ({ type: 'record', name, fields })

test('lists every leaf of a schema once, in its order', (t) => {
  fc.assert(
    fc.property(entityCases, ({ schema, entity }) => {
      t.same(entity.leaves, plainLeaves(schema, namedTypes(schema)))
    }),
  )
  t.end()
})

test('a leaf is a path to a value that is no record, through arrays, maps and unions', (t) => {
  const address = record('Address', { name: 'city', type: ['null', 'string'] }, { name: 'none', type: record('Empty') })
  const { leaves } = parseEntity(
    record(
      'Thing',
      { name: 'nothing', type: 'null' },
      { name: 'address', type: ['null', address, 'string'] },
      { name: 'items', type: { type: 'array', items: record('Item', { name: 'sku', type: 'string' }) } },
      { name: 'by_day', type: { type: 'map', values: { type: 'array', items: 'int' } } },
      { name: 'either', type: [record('A', { name: 'x', type: 'int' }), record('B', { name: 'x', type: 'string' })] },
    ),
  )
  t.same(leaves, ['nothing', 'address.city', 'address', 'items.sku', 'by_day', 'either.x'])
  t.end()
})

test('a recursive record is followed to a limited depth', (t) => {
  const { leaves } = parseEntity(record('Node', { name: 'v', type: 'int' }, { name: 'next', type: ['null', 'Node'] }))
  t.same(leaves, ['v', 'next.v', 'next.next.v', 'next.next.next.v'])
  t.end()
})

test('shows nothing of a record beyond the bound of recursion, though another one has the same paths', (t) => {
  const removed = record('Removed', { name: 'author', type: 'string' })
  const comment = record(
    'Comment',
    { name: 'text', type: 'string' },
    { name: 'author', type: 'string', 'confluent:tags': ['PII'] },
    { name: 'replies', type: { type: 'array', items: ['Comment', removed] } },
  )
  const entity = parseEntity(comment)
  const commentOf = (depth: number): object => ({
    ...{ text: `t${depth}`, author: `ann${depth}` },
    replies: depth === 6 ? [] : [new Branch(0, commentOf(depth + 1))],
  })
  const untagged = new Set([...entity.leaves.keys()].filter((leaf) => !entity.tags.get('PII')!.has(leaf)))
  const text = projectedText(entity, untagged, encode(comment as never, commentOf(1)))
  t.match(text, 't4')
  t.notMatch(text, 'ann')
  t.end()
})

test('a tag on a type means all leaves that are of it, wherever it stands', (t) => {
  const secret = { 'confluent:tags': ['PII'] }
  const { leaves, tags } = parseEntity(
    record(
      'Customer',
      { name: 'id', type: 'string' },
      { name: 'email', type: { type: 'string', ...secret } },
      { name: 'names', type: { type: 'array', items: 'string', ...secret } },
      { name: 'notes', type: { type: 'map', values: { type: 'string', ...secret } } },
      { name: 'phone', type: ['null', { type: 'string', ...secret }] },
      { name: 'limit', type: { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2, ...secret } },
      { name: 'grade', type: { type: 'enum', name: 'Grade', symbols: ['A'], ...secret } },
      { name: 'former', type: 'Grade' },
      { name: 'city', type: 'string' },
    ),
  )
  t.same(
    [...tags.get('PII')!].map((leaf) => leaves[leaf]),
    ['email', 'names', 'notes', 'phone', 'limit', 'grade', 'former'],
  )
  t.end()
})

test('a tag means the field it stands on, and all leaves under a container', (t) => {
  const address = record('Address', { name: 'city', type: 'string' }, { name: 'zip', type: 'string', 'confluent:tags': ['ZIP'] })
  const { tags } = parseEntity(
    record(
      'Customer',
      { name: 'id', type: 'string' },
      { name: 'address', type: ['null', { type: 'array', items: address }], 'confluent:tags': ['PII', 'PLACE'] },
      { name: 'email', type: 'string', 'confluent:tags': ['PII'] },
    ),
  )
  t.same(tags, new Map(Object.entries({ PII: new Set([1, 2, 3]), PLACE: new Set([1, 2]), ZIP: new Set([2]) })))
  t.end()
})

test('an entity is streamable where its record says so, or where the configuration says so for it', (t) => {
  const schema = JSON.stringify({ ...record('a.Thing'), streamable: true })
  t.equal(parseEntitySchema('thing', { schema, references: [] }).streamable, true)
  t.equal(parseEntitySchema('thing', { schema, references: [] }, { streamable: false }).streamable, false)
  t.equal(parseEntity({ ...record('Thing'), streamable: 'true' }).streamable, false)
  t.equal(parseEntitySchema('thing', { schema, references: [] }).name, 'a.Thing')
  t.end()
})

test('a schema of too many leaves is refused, and one whose records multiply, within a short time', (t) => {
  const many = record('Many', ...Array.from({ length: 10_001 }, (_, i) => ({ name: `f${i}`, type: 'int' })))
  t.throws(() => parseEntity(many), { reason: 'schema_invalid', message: /10000 leaves/ })
  let doubled: object = record('R0')
  for (let i = 1; i < 40; i++) doubled = record(`R${i}`, { name: 'a', type: doubled }, { name: 'b', type: `R${i - 1}` })
  t.throws(() => parseEntity(doubled), { reason: 'schema_invalid', message: /paths/ })
  t.equal(
    reasonOf(() => parseEntity(record('Long', { name: 'n'.repeat(1025), type: 'int' }))),
    'schema_invalid',
  )
  t.end()
})

test('an entity is a record', (t) => {
  t.equal(
    reasonOf(() => parseEntity({ type: 'map', values: 'int' })),
    'schema_invalid',
  )
  t.end()
})
