import type { EntityFile } from '../../src/schema/schema-folder.js'
import type { SchemaChange } from '../../src/schema/schema-changes.js'
import { entityFile, orderFile } from './entity-file.js'

/** A change of an order's schema: what it is by meaning, and who cannot read any more. */
export interface SchemaEvolution {
  readonly name: string
  readonly before: EntityFile
  readonly after: EntityFile
  readonly changes: readonly string[]
  readonly breaks: SchemaChange['breaks']
}

const field = (type: unknown, more: object = {}) => orderFile([{ name: 'field', type, ...more }])
const enumOf = (symbols: readonly string[], fallback?: string) =>
  field({ type: 'enum', name: 'Kind', symbols, ...(fallback !== undefined && { default: fallback }) })
const recordOf = (...fields: object[]) => field({ type: 'record', name: 'Part', fields })
const shared = (...fields: object[]) =>
  orderFile([{ name: 'field', type: { type: 'array', items: 'shop.Part' } }], [{ name: 'Part', namespace: 'shop', fields }])
const decimal = (scale: number) => field({ type: 'bytes', logicalType: 'decimal', precision: 8, scale })
const x = { name: 'x', type: 'int' }
const y = { name: 'y', type: 'int' }
const next = (...fields: object[]) =>
  field({ type: 'record', name: 'Node', fields: [...fields, { name: 'next', type: ['null', 'Node'], default: null }] })

type Row = readonly [name: string, before: EntityFile, after: EntityFile, breaks: string, ...changes: string[]]

const rows: readonly Row[] = [
  ['nothing', field('int'), field('int'), ''],
  ['a field with a default is added', orderFile([]), field('int', { default: 0 }), '', 'field-added field'],
  ['a field without a default is added', orderFile([]), field('int'), 'backward', 'field-added field'],
  ['a field with a default is removed', field('int', { default: 0 }), orderFile([]), '', 'field-removed field'],
  ['a field without a default is removed', field('int'), orderFile([]), 'forward', 'field-removed field'],
  [
    'a field is renamed by an alias',
    field('int'),
    orderFile([{ name: 'other', type: 'int', aliases: ['field'] }]),
    'forward',
    'field-renamed other',
  ],
  [
    'a field is renamed without an alias',
    field('int'),
    orderFile([{ name: 'other', type: 'int' }]),
    'backward forward',
    'field-added other',
    'field-removed field',
  ],
  ['an int becomes a long', field('int'), field('long'), 'forward', 'type-widened field'],
  ['a double becomes a float', field('double'), field('float'), 'backward', 'type-narrowed field'],
  ['an int becomes a string', field('int'), field('string'), 'backward forward', 'type-changed field'],
  ['a string becomes bytes', field('string'), field('bytes'), '', 'type-changed field'],
  ['a type may be null', field('int'), field(['null', 'int']), 'forward', 'type-widened field'],
  ['a type may be null no more', field(['null', 'int']), field('int'), 'backward', 'type-narrowed field'],
  ['a branch becomes wider', field(['null', 'int']), field(['null', 'long']), 'forward', 'type-widened field'],
  ['a branch is replaced', field(['null', 'int']), field(['null', 'string']), 'backward forward', 'type-changed field'],
  ['branches change their places', field(['null', 'int']), field(['int', 'null']), ''],
  [
    'a union of one becomes its branch',
    field([{ type: 'array', items: 'int' }]),
    field({ type: 'array', items: 'long' }),
    'forward',
    'type-widened field',
  ],
  [
    'what an array holds becomes wider',
    field({ type: 'array', items: 'int' }),
    field({ type: 'array', items: 'long' }),
    'forward',
    'type-widened field',
  ],
  [
    'what a map holds becomes another thing',
    field({ type: 'map', values: 'int' }),
    field({ type: 'map', values: 'string' }),
    'backward forward',
    'type-changed field',
  ],
  [
    'a fixed gets another size',
    field({ type: 'fixed', name: 'F', size: 2 }),
    field({ type: 'fixed', name: 'F', size: 3 }),
    'backward forward',
    'type-changed field',
  ],
  ['an enum without a default gets a symbol', enumOf(['A']), enumOf(['A', 'B']), 'forward', 'symbol-added field'],
  ['an enum with a default gets a symbol', enumOf(['A'], 'A'), enumOf(['A', 'B'], 'A'), '', 'symbol-added field'],
  ['an enum without a default loses a symbol', enumOf(['A', 'B']), enumOf(['A']), 'backward', 'symbol-removed field'],
  ['an enum with a default loses a symbol', enumOf(['A', 'B'], 'A'), enumOf(['A'], 'A'), '', 'symbol-removed field'],
  ['an enum gets a default', enumOf(['A']), enumOf(['A'], 'A'), '', 'enum-default-changed field'],
  ['a nested field is added', recordOf(x), recordOf(x, y), 'backward', 'field-added field.y'],
  [
    'a nested record is renamed',
    field({ type: 'record', name: 'One', fields: [x] }),
    field({ type: 'record', name: 'Two', fields: [x] }),
    'backward forward',
    'type-renamed field',
  ],
  [
    'a nested record is renamed by an alias',
    field({ type: 'record', name: 'One', fields: [x] }),
    field({ type: 'record', name: 'Two', aliases: ['One'], fields: [x] }),
    'forward',
    'type-renamed field',
  ],
  [
    'a nested record moves to another namespace',
    field({ type: 'record', name: 'One', fields: [x] }),
    field({ type: 'record', name: 'far.One', fields: [x] }),
    '',
    'type-renamed field',
  ],
  ['a field of a shared type is removed', shared(x, y), shared(x), 'forward', 'field-removed field.y'],
  ['a type moves into a file of its own', field({ type: 'array', items: { type: 'record', name: 'Part', fields: [x] } }), shared(x), ''],
  ['a record that holds itself gets a field', next(x), next(x, { ...y, default: 1 }), '', 'field-added field.y'],
  ['a decimal gets another scale', decimal(2), decimal(3), '', 'logical-type-changed field'],
  ['a date becomes a number', field({ type: 'int', logicalType: 'date' }), field('int'), '', 'logical-type-changed field'],
  ['a default changes', field('int', { default: 1 }), field('int', { default: 2 }), '', 'default-changed field'],
  ['a tag is added', field('int'), field('int', { 'confluent:tags': ['PII'] }), '', 'tag-added field'],
  ['a tag of a type is removed', field({ type: 'int', 'confluent:tags': ['PII'] }), field({ type: 'int' }), '', 'tag-removed field'],
  ['a doc changes', field('int', { doc: 'One.' }), field('int', { doc: 'Two.' }), '', 'doc-changed field'],
  ['it is not streamable any more', streamable(true), streamable(false), '', 'streaming-ends '],
]

export const schemaEvolutions: readonly SchemaEvolution[] = rows.map(([name, before, after, breaks, ...changes]) => ({
  ...{ name, before, after, changes },
  breaks: breaks.split(' ').filter((one) => one !== '') as SchemaChange['breaks'],
}))

function streamable(value: boolean): EntityFile {
  return entityFile({ name: 'Order', streamable: value, fields: [x] })
}
