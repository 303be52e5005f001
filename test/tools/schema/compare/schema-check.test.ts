import { test } from 'tap'
import { checkEntity, findRemoved } from '#tools/schema/compare/schema-check.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { orderFile } from '../../../support/schemas/entity-file.js'
import { schemaEvolutions } from '../../../support/schemas/schema-evolutions.js'

function found(before: EntityFile | undefined, after: EntityFile): string[] {
  const earlier = before === undefined ? [] : [{ name: 'main', entity: before }]
  return checkEntity(after, [{ earlier, level: 'FULL' }]).map(({ file, line, rule, what }) => `${file}:${line} ${rule} ${what}`)
}

const evolution = (name: string) => schemaEvolutions.find((one) => one.name === name)!

test('names the change that breaks a reader, on its line', (t) => {
  const { before, after } = evolution('a nested field is added')
  t.same(found(before, after), [
    'schemas/order.avsc:3 schema/backward-incompatible "order.field.y" is added (int), without a default (against main).',
  ])
  const shared = evolution('a field of a shared type is removed')
  t.same(found(shared.before, shared.after), [
    'schemas/types/part.avsc:1 schema/forward-incompatible "order.field.y" is removed; it had no default (against main).',
  ])
  t.end()
})

test('warns of what breaks no reader and misleads it', (t) => {
  const rulesOf = (name: string) => found(evolution(name).before, evolution(name).after).map((text) => text.split(' ')[1])
  t.same(rulesOf('a decimal gets another scale'), ['schema/meaning-changed'])
  t.same(rulesOf('a decimal gets more digits'), [])
  t.same(rulesOf('a date becomes a timestamp'), ['schema/forward-incompatible', 'schema/meaning-changed'])
  t.same(rulesOf('a branch becomes wider and means something else'), ['schema/forward-incompatible', 'schema/meaning-changed'])
  t.same(rulesOf('a tag of a type is removed'), ['schema/tag-removed'])
  t.same(rulesOf('it is not streamable any more'), ['schema/streaming-ends'])
  t.same(rulesOf('a tag is added'), [])
  t.end()
})

test('says the words of the resolver where no change explains it', (t) => {
  const two = ['a', 'b'].map((name) => ({ name, type: 'int', default: 0 }))
  const ambiguous = orderFile([{ name: 'c', type: 'int', default: 0, aliases: ['a', 'b'] }])
  t.match(found(orderFile(two), ambiguous), [/order\.avsc:1 schema\/backward-incompatible "order" cannot be read: ambiguous aliasing/])
  t.end()
})

test('finds nothing against what is new, and entities that are gone', (t) => {
  const order = orderFile([])
  t.same(found(undefined, order), [])
  t.match(findRemoved([order, { ...order, entityType: 'parcel', file: 'old/parcel.avsc' }], [order]), [
    { rule: 'schema/entity-removed', severity: 'warning', file: 'old/parcel.avsc', what: 'The schema of "parcel" is gone.' },
  ])
  t.end()
})
