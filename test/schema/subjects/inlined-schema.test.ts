import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { inlinedSchemaOf } from '#schema/subjects/inlined-schema.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { entityFile, orderFile } from '../../support/schemas/entity-file.js'

test('says in one text what the sample entities say in several', (t) => {
  const entities = readSchemaFolder('schemas')
  t.same(
    entities.filter(({ references }) => references.length > 0).map(({ entityType }) => entityType),
    ['customer', 'order'],
  )
  for (const entity of entities) {
    const [whole, inlined] = [
      parseAvroSchema(
        entity.text,
        entity.references.map(({ text }) => text),
      ),
      parseAvroSchema(JSON.stringify(inlinedSchemaOf(entity))),
    ]
    t.same(inlined, whole, entity.entityType)
  }
  t.end()
})

test('writes a type where it is named first and names it elsewhere, in the namespace of its own', (t) => {
  const country = { name: 'Country', namespace: 'geo', fields: [{ name: 'code', type: 'string' }] }
  const place = { name: 'Place', namespace: 'geo', fields: [{ name: 'countries', type: { type: 'map', values: 'Country' } }] }
  const entity = orderFile(
    [
      { name: 'a', type: ['null', 'geo.Country'] },
      { name: 'b', type: { type: 'array', items: 'geo.Place' } },
    ],
    [country, place],
  )
  const text = JSON.stringify(inlinedSchemaOf(entity))
  t.equal(text.match(/"name":"Country"/g)?.length, 1)
  t.same(
    parseAvroSchema(text),
    parseAvroSchema(
      entity.text,
      entity.references.map((one) => one.text),
    ),
  )
  t.end()
})

test('writes enums and fixed of other files within it', (t) => {
  const shared = [
    { type: 'enum', name: 'Unit', namespace: 'shop', symbols: ['KG', 'LB'], default: 'KG' },
    { type: 'fixed', name: 'Hash', namespace: 'shop', size: 4 },
  ]
  const entity = orderFile(
    [
      { name: 'a', type: ['null', 'Unit'] },
      { name: 'b', type: 'shop.Hash' },
      { name: 'c', type: 'Unit' },
    ],
    shared,
  )
  const texts = entity.references.map(({ text }) => text)
  t.same(parseAvroSchema(JSON.stringify(inlinedSchemaOf(entity))), parseAvroSchema(entity.text, texts))
  t.end()
})

test('takes the namespace from a name that holds it, and goes on where there is none', (t) => {
  for (const prefix of ['geo.', '']) {
    const country = { name: `${prefix}Country`, fields: [{ name: 'code', type: 'string' }] }
    const place = { name: `${prefix}Place`, fields: [{ name: 'countries', type: { type: 'map', values: 'Country' } }] }
    const fields = [{ name: 'place', type: `${prefix}Place` }]
    const entity = entityFile({ name: `${prefix}Order`, fields }, [country, place])
    const texts = entity.references.map(({ text }) => text)
    t.same(parseAvroSchema(JSON.stringify(inlinedSchemaOf(entity))), parseAvroSchema(entity.text, texts), prefix)
  }
  t.end()
})
