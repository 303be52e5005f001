import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import { parseExactJson } from '#text/json-text.js'
import { ConfigurationError } from '#errors.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { entityType, entityValue } from '../../support/values/arbitrary-entity.js'
import { entityCases } from '../../support/values/entity-cases.js'
import { avroSchemaOf, encode } from '../../support/values/entity-model.js'
import { projectedText } from '../../support/values/projected-text.js'

function encoderOf(schema: unknown): EntityEncoder {
  const file = { entityType: 'thing', file: 'thing.avsc', text: JSON.stringify(schema), schema: schema as RecordSchema, references: [] }
  return EntityEncoder.of(file)
}

/** What a client with all rights sees of the bytes. */
function textOf({ schema }: EntityEncoder, bytes: Buffer): string {
  return projectedText(schema, new Set(schema.leaves.keys()), bytes)
}

const refuse = (why: string) => new ConfigurationError(`It ${why}.`)

function again(encoder: EntityEncoder, text: string): string {
  return textOf(encoder, encoder.encode(parseExactJson(text, refuse), 'event').bytes)
}

test('makes bytes of which the gateway shows the same again, of records, arrays, maps and unions', (t) => {
  const things = entityType.chain((type) => fc.record({ type: fc.constant(type), value: entityValue(type) }))
  fc.assert(
    fc.property(things, ({ type, value }) => {
      const encoder = encoderOf(avroSchemaOf(type, 'Thing'))
      const text = textOf(encoder, encode(type, value, 'Thing'))
      if (again(encoder, text) !== text) t.equal(again(encoder, text), text)
    }),
    { numRuns: 500 },
  )
  t.end()
})

test('does so of every type there is, but for times that no client can read, which show as null', (t) => {
  let same = 0
  fc.assert(
    fc.property(entityCases, ({ schema, bytes }) => {
      const encoder = encoderOf(schema)
      const text = textOf(encoder, bytes)
      if (text.includes('null') && /"(?:date|[a-z-]*time[a-z-]*)"/.test(JSON.stringify(schema))) return
      same++
      if (again(encoder, text) !== text) t.equal(again(encoder, text), text)
    }),
    { numRuns: 1500 },
  )
  t.ok(same > 1000)
  t.end()
})

const item = {
  type: 'record',
  name: 'Item',
  fields: [{ name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } }],
}
const order = encoderOf({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'note', type: ['null', 'string'] },
    { name: 'items', type: { type: 'array', items: item } },
    { name: 'labels', type: { type: 'map', values: ['int', 'Item'] } },
  ],
})

test('names the path of what does not fit, what it was and what it may be', (t) => {
  const good = { id: 'a', note: null, items: [{ price: '1.00' }], labels: {} }
  const message = (change: object) => {
    try {
      order.encode({ ...good, ...change }, 'event')
      return 'taken'
    } catch (error) {
      return (error as Error).message
    }
  }
  t.equal(message({}), 'taken')
  t.equal(message({ note: undefined }), 'taken')
  t.equal(message({ id: undefined }), "The event's id is missing.")
  t.equal(message({ id: 1 }), "The event's id is the number 1 and must be a text of well-formed Unicode.")
  t.equal(message({ note: 5n }), "The event's note is the bigint 5 and must be a text of well-formed Unicode.")
  t.equal(
    message({ items: [{ price: '1.00' }, { price: 1 }] }),
    "The event's items[1].price is the number 1 and must be a decimal as text, with at most 2 digits after the point.",
  )
  t.equal(message({ items: {} }), "The event's items is an object and must be an array.")
  t.equal(message({ labels: { a: 'x' } }), `The event's labels["a"] is the string "x" and must be one of int, record.`)
  t.equal(message({ nope: 1 }), "The event's nope is the number 1 and must be left out, as Order has no such field.")
  t.throws(() => order.encode([], 'before'), { message: 'The before is an array of 0 and must be an object (Order).' })
  t.end()
})

test('fills what is left out with its default, in records within records, too', (t) => {
  const part = { type: 'record', name: 'Part', fields: [{ name: 'count', type: 'int', default: 1 }] }
  const encoder = encoderOf({
    type: 'record',
    name: 'Thing',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'region', type: ['string', 'null'], default: 'eu' },
      { name: 'parts', type: { type: 'array', items: part }, default: [{}] },
    ],
  })
  t.equal(again(encoder, '{"id":"a"}'), '{"id":"a","region":"eu","parts":[{"count":1}]}')
  t.equal(again(encoder, '{"id":"a","region":null,"parts":[{},{"count":2}]}'), '{"id":"a","region":null,"parts":[{"count":1},{"count":2}]}')
  t.throws(() => again(encoder, '{}'), { name: 'ConfigurationError', message: "The event's id is missing." })
  t.end()
})

test('prefers the branch of a union of which clients see the very same', (t) => {
  const union = encoderOf({ type: 'record', name: 'Thing', fields: [{ name: 'a', type: ['long', 'float', 'double', 'string'] }] })
  for (const text of ['{"a":"10"}', '{"a":10}', '{"a":0.1}', '{"a":9007199254740993}', '{"a":1e+21}']) t.equal(again(union, text), text)
  t.end()
})
