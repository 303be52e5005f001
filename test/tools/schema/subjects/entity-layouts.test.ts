import { test } from 'tap'
import type { Entities } from '#config/entities-file.js'
import { parseEntities } from '#config/entities-file.js'
import { layoutsOf } from '#tools/schema/subjects/entity-layouts.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { orderFile } from '../../../support/schemas/entity-file.js'

const entitiesOf = (file: object): Entities => parseEntities('entities.json', () => JSON.stringify(file))
const fileOf = (entityType: string): EntityFile => ({ ...orderFile([]), file: `schemas/${entityType}.avsc`, entityType })
const debezium = { layout: 'single-topic', envelope: 'debezium', id_field: 'id', streamable: true }

test('what ENTITIES does not name has the layout of the seed', async (t) => {
  const { registrable, definitionOf, notes } = layoutsOf(
    ['order', 'parcel'].map(fileOf),
    entitiesOf({ order: { layout: 'single-topic', topic: 'shop.orders' } }),
  )
  t.same(
    registrable.map(({ entityType }) => entityType),
    ['order', 'parcel'],
  )
  t.match(definitionOf('order'), { layout: 'single-topic', topic: 'shop.orders' })
  t.match(definitionOf('parcel'), { layout: 'topic-per-operation', topic: 'parcel' })
  t.match(layoutsOf([fileOf('order')]).definitionOf('order'), { layout: 'topic-per-operation', topic: 'order' })
  t.same(notes, [])
})

test('what Debezium registers itself is no longer ours, and says so', async (t) => {
  const { files, registrable, notes } = layoutsOf(['customer', 'order'].map(fileOf), entitiesOf({ customer: debezium, visit: {} }))
  t.equal(files.length, 2)
  t.same(
    registrable.map(({ entityType }) => entityType),
    ['order'],
  )
  t.same(notes, [
    'schemas/customer.avsc is left out: Debezium registers the schemas of its topics itself.',
    'ENTITIES names "visit", which has no schema here.',
  ])
})

test('a topic that ENTITIES gives to one entity cannot be that of another by default', async (t) => {
  const taken = entitiesOf({ order: { topic: 'parcel' } })
  t.throws(() => layoutsOf(['order', 'parcel'].map(fileOf), taken), /the topic parcel.create belongs to both order and parcel/)
})

test('a file is one of the records that its entity is said to be, except where Debezium names them', async (t) => {
  const { schema } = fileOf('order')
  const entry = (record: string, more: object = { envelope: 'none' }) => entitiesOf({ order: { record, ...more } })
  const itself = `${schema.namespace === undefined ? '' : `${schema.namespace}.`}${schema.name}`
  t.doesNotThrow(() => layoutsOf([fileOf('order')], entry(itself)))
  t.doesNotThrow(() => layoutsOf([fileOf('order')], entry('shop.public.orders.Value', debezium)))
  t.throws(() => layoutsOf([fileOf('order')], entry('other.Order')), {
    name: 'ConfigurationError',
    message: /^schemas\/order\.avsc is the record \S+, and the entity "order" is said to be other\.Order\.$/,
  })
})
