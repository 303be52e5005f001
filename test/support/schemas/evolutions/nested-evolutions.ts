import { orderFile } from '../entity-file.js'
import { appears, arrayOf, type EvolutionRow, fails, field, type Journey, mapOf, record, same, vanishes, x, y } from './evolution.js'

const recordOf = (...fields: object[]) => field(record('Part', ...fields))
const [one, two]: Journey[] = [
  [{ field: { x: 7 } }, same, same],
  [{ field: { x: 7, y: 8 } }, same, { field: { x: 7 } }],
]
const unread: Journey = [{ field: { x: 7 } }, same, fails]
const called = (name: string, more: object = {}) => field({ ...record(name, x), ...more })
const next = (...fields: object[]) => field(record('Node', ...fields, { name: 'next', type: ['null', 'Node'], default: null }))
const chain = (...rest: object[]) => ({ x: 1, ...Object.assign({}, ...rest) }) as object
const parts = (...types: unknown[]) => types.map((type, index) => ({ name: ['field', 'other'][index]!, type }))
const part = (...fields: object[]) => ({ name: 'Part', namespace: 'shop', fields })
const shared = (...fields: object[]) => orderFile(parts(arrayOf('shop.Part')), [part(...fields)])
const twice = (...fields: object[]) => orderFile(parts('shop.Part', ['null', 'shop.Part']), [part(...fields)])
const zero = { ...y, default: 0 }

const nested: readonly EvolutionRow[] = [
  {
    name: 'a nested field is added',
    ...{ schemas: [recordOf(x), recordOf(x, y)], changes: ['field-added field.y'], sees: { 'field.y': appears } },
    ...{ old: unread, now: two! },
  },
  {
    name: 'a nested field with a default is added',
    ...{ schemas: [recordOf(x), recordOf(x, zero)], changes: ['field-added field.y'], sees: { 'field.y': appears } },
    ...{ old: [{ field: { x: 7 } }, same, { field: { x: 7, y: 0 } }], now: two! },
  },
  {
    name: 'a nested field is removed',
    ...{ schemas: [recordOf(x, y), recordOf(x)], changes: ['field-removed field.y'], sees: { 'field.y': vanishes } },
    ...{ old: two!, now: unread },
  },
  {
    name: 'a nested field is renamed by an alias',
    ...{ schemas: [recordOf(x), recordOf({ ...y, aliases: ['x'] })], changes: ['field-renamed field.y'] },
    sees: { 'field.y': appears, 'field.x': vanishes },
    ...{ old: [{ field: { x: 7 } }, same, { field: { y: 7 } }], now: [{ field: { y: 7 } }, same, fails] },
  },
  {
    name: 'a nested record is renamed',
    ...{ schemas: [called('One'), called('Two')], changes: ['type-renamed field'], old: unread, now: unread },
  },
  {
    name: 'a nested record is renamed by an alias',
    ...{ schemas: [called('One'), called('Two', { aliases: ['One'] })], changes: ['type-renamed field'], old: one!, now: unread },
  },
  {
    name: 'a nested record is called again as its alias says',
    ...{ schemas: [called('Two', { aliases: ['One'] }), called('One')], changes: ['type-renamed field'], old: unread, now: one! },
  },
  {
    name: 'a nested record moves to another namespace',
    ...{ schemas: [called('One'), called('far.One')], changes: ['type-renamed field'], old: one!, now: one! },
  },
  {
    name: 'a number becomes a record',
    ...{ schemas: [field('int'), recordOf(x)], changes: ['type-changed field'], sees: { field: vanishes, 'field.x': appears } },
    ...{ old: [{ field: 7 }, same, fails], now: unread },
  },
  {
    name: 'a record that holds itself gets a field',
    ...{ schemas: [next(x), next(x, { ...y, default: 1 })], changes: ['field-added field.y'] },
    // To the fourth of its kind on a path.
    sees: { 'field.y': appears, 'field.next.y': appears, 'field.next.next.y': appears, 'field.next.next.next.y': appears },
    old: [
      { field: chain({ next: { 'shop.Node': chain({ next: null }) } }) },
      { field: { x: 1, next: { x: 1, next: null } } },
      { field: { x: 1, y: 1, next: { 'shop.Node': { x: 1, y: 1, next: null } } } },
    ],
    now: [{ field: { x: 1, y: 2, next: null } }, same, { field: { x: 1, next: null } }],
  },
]

const held: readonly EvolutionRow[] = [
  {
    name: 'what an array holds becomes wider',
    ...{ schemas: [field(arrayOf('int')), field(arrayOf('long'))], changes: ['type-widened field'] },
    ...{ old: [{ field: [7, 8] }, same, same], now: [{ field: [7] }, same, fails] },
  },
  {
    name: 'what an array holds may be null',
    ...{ schemas: [field(arrayOf('int')), field(arrayOf(['null', 'int']))], changes: ['type-widened field'] },
    ...{ old: [{ field: [7] }, same, { field: [{ int: 7 }] }], now: [{ field: [null] }, same, fails] },
  },
  {
    name: 'what an array holds gets a field with a default',
    ...{ schemas: [field(arrayOf(record('Part', x))), field(arrayOf(record('Part', x, zero)))], changes: ['field-added field.y'] },
    ...{ old: [{ field: [{ x: 7 }] }, same, { field: [{ x: 7, y: 0 }] }], now: [{ field: [{ x: 7, y: 8 }] }, same, { field: [{ x: 7 }] }] },
    sees: { 'field.y': appears },
  },
  {
    name: 'what a map holds becomes another thing',
    ...{ schemas: [field(mapOf('int')), field(mapOf('string'))], changes: ['type-changed field'] },
    ...{ old: [{ field: { k: 7 } }, same, fails], now: [{ field: { k: '7' } }, same, fails] },
  },
  {
    name: 'what a map holds loses a field',
    ...{ schemas: [field(mapOf(record('Part', x, y))), field(mapOf(record('Part', x)))], changes: ['field-removed field.y'] },
    ...{ old: [{ field: { k: { x: 7, y: 8 } } }, same, { field: { k: { x: 7 } } }], now: [{ field: { k: { x: 7 } } }, same, fails] },
    sees: { 'field.y': vanishes },
  },
  {
    name: 'an array becomes a map',
    ...{ schemas: [field(arrayOf('int')), field(mapOf('int'))], changes: ['type-changed field'] },
    ...{ old: [{ field: [7] }, same, fails], now: [{ field: { k: 7 } }, same, fails] },
  },
]

/** Types that stand in files of their own. */
const referenced: readonly EvolutionRow[] = [
  {
    name: 'a field of a shared type is removed',
    ...{ schemas: [shared(x, y), shared(x)], changes: ['field-removed field.y'], sees: { 'field.y': vanishes } },
    ...{ old: [{ field: [{ x: 7, y: 8 }] }, same, { field: [{ x: 7 }] }], now: [{ field: [{ x: 7 }] }, same, fails] },
  },
  {
    name: 'a shared type that is used twice gets a field',
    ...{ schemas: [twice(x), twice(x, zero)], changes: ['field-added field.y'] },
    sees: { 'field.y': appears, 'other.y': '+all +own +untagged' },
    old: [
      { field: { x: 7 }, other: { 'shop.Part': { x: 8 } } },
      { field: { x: 7 }, other: { x: 8 } },
      { field: { x: 7, y: 0 }, other: { 'shop.Part': { x: 8, y: 0 } } },
    ],
    now: [{ field: { x: 7, y: 9 }, other: null }, same, { field: { x: 7 }, other: null }],
  },
  {
    name: 'a field of a shared type becomes wider',
    ...{ schemas: [shared(x), shared({ ...x, type: 'double' })], changes: ['type-widened field.x'] },
    ...{ old: [{ field: [{ x: 7 }] }, same, same], now: [{ field: [{ x: 0.5 }] }, same, fails] },
  },
  {
    name: 'a type moves into a file of its own',
    ...{ schemas: [field(arrayOf(record('Part', x))), shared(x)], changes: [] },
    ...{ old: [{ field: [{ x: 7 }] }, same, same], now: [{ field: [{ x: 7 }] }, same, same] },
  },
  {
    name: 'another shared type takes its place',
    schemas: [shared(x), orderFile(parts(arrayOf('shop.Piece')), [{ ...part(x), name: 'Piece' }])],
    changes: ['type-renamed field'],
    ...{ old: [{ field: [{ x: 7 }] }, same, fails], now: [{ field: [{ x: 7 }] }, same, fails] },
  },
]

/** Records within records, arrays, maps and other files. */
export const nestedEvolutions: readonly EvolutionRow[] = [...nested, ...held, ...referenced]
