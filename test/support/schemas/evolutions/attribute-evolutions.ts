import { entityFile, orderFile } from '../entity-file.js'
import { appears, arrayOf, bared, type EvolutionRow, fails, field, guarded, type Journey, pii, record, same, x, y } from './evolution.js'

const number: Journey = [{ field: 7 }, same, same]
const two: Journey = [{ field: { x: 7, y: 8 } }, same, same]
const internal = { 'confluent:tags': ['INTERNAL'] }
const shared = (more: object) =>
  orderFile([{ name: 'field', type: arrayOf('shop.Part') }], [{ name: 'Part', namespace: 'shop', fields: [{ ...x, ...more }] }])
const streamed = (more: object) =>
  entityFile({
    name: 'Order',
    ...more,
    fields: [
      { name: 'id', type: 'string' },
      { name: 'field', type: 'int', ...pii },
    ],
  })
const [begins, ends] = ['+all +own +untagged', '-all -own -untagged']

/** What says nothing of the bytes, and all the more of who may see them. */
export const attributeEvolutions: readonly EvolutionRow[] = [
  {
    name: 'a tag is added',
    ...{ schemas: [field('int'), field('int', pii)], changes: ['tag-added field'], sees: { field: guarded }, old: number, now: number },
  },
  {
    name: 'a tag is removed',
    ...{ schemas: [field('int', pii), field('int')], changes: ['tag-removed field'], sees: { field: bared }, old: number, now: number },
  },
  {
    name: 'a tag is taken for another',
    schemas: [field('int', pii), field('int', internal)],
    ...{ changes: ['tag-added field', 'tag-removed field'], sees: { field: bared }, old: number, now: number },
  },
  {
    name: 'a tag moves from a field to its type',
    schemas: [field('int', pii), field({ type: 'int', ...pii })],
    ...{ changes: ['tag-removed field', 'tag-added field'], old: number, now: number },
  },
  {
    name: 'a tag of a type is removed',
    ...{ schemas: [field({ type: 'int', ...pii }), field({ type: 'int' })], changes: ['tag-removed field'], sees: { field: bared } },
    ...{ old: number, now: number },
  },
  {
    name: 'a record is tagged, and all that is in it',
    ...{ schemas: [field(record('Part', x, y)), field({ ...record('Part', x, y), ...pii })], changes: ['tag-added field'] },
    ...{ old: two, now: two, sees: { 'field.x': guarded, 'field.y': guarded } },
  },
  {
    name: 'a tag is added in the file of a shared type',
    ...{ schemas: [shared({}), shared(pii)], changes: ['tag-added field.x'], sees: { 'field.x': guarded } },
    ...{ old: [{ field: [{ x: 7 }] }, same, same], now: [{ field: [{ x: 7 }] }, same, same] },
  },
  {
    name: 'a tagged field is added',
    ...{ schemas: [orderFile([]), field('int', { default: 5, ...pii })], changes: ['field-added field'] },
    ...{ old: [{}, same, { field: 5 }], now: [{ field: 7 }, same, {}], sees: { field: '+all +named +own +tagged' } },
  },
  {
    name: 'it is streamable from now on',
    ...{ schemas: [streamed({ streamable: false }), streamed({ streamable: true })], changes: ['streaming-begins '] },
    ...{ old: number, now: number, sees: { id: begins, field: '+all +named +own +tagged' } },
  },
  {
    name: 'it is not streamable any more',
    ...{ schemas: [streamed({ streamable: true }), streamed({ streamable: false })], changes: ['streaming-ends '] },
    ...{ old: number, now: number, sees: { id: ends, field: '-all -named -own -tagged' } },
  },
  {
    name: 'it does not say any more whether it is streamable',
    ...{ schemas: [streamed({ streamable: true }), streamed({})], changes: ['streaming-ends '] },
    ...{ old: number, now: number, sees: { id: ends, field: '-all -named -own -tagged' } },
  },
  {
    name: 'a field of what was never streamable is added',
    schemas: [entityFile({ name: 'Order', fields: [{ name: 'id', type: 'string' }] }), streamedNever()],
    ...{ changes: ['field-added field'], old: [{}, same, { field: 5 }], now: [{ field: 7 }, same, {}] },
    // Of topics that cannot carry the flag the configuration says it.
    sees: { field: appears },
  },
  {
    name: 'a field of it becomes another one, and loses its tag',
    ...{ schemas: [field('int', pii), orderFile([{ name: 'other', type: 'int', aliases: ['field'], default: 5 }])] },
    ...{ changes: ['field-renamed other', 'default-changed other', 'tag-removed other'] },
    ...{ old: [{ field: 7 }, same, { other: 7 }], now: [{ other: 7 }, same, fails] },
    sees: { field: '-all -named -own -tagged', other: '+all +own +untagged' },
  },
]

function streamedNever() {
  return entityFile({
    name: 'Order',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'field', type: 'int', default: 5 },
    ],
  })
}
