import { appears, arrayOf, type EvolutionRow, fails, field, record, same, vanishes, x } from './evolution.js'

const part = record('Part', x)
const piece = record('Piece', { name: 'z', type: 'string' })
const partly = { field: { 'shop.Part': { x: 7 } } }
const [seven, plain, nothing] = [{ field: { int: 7 } }, { field: 7 }, { field: null }]

/** Unions, and the branches that come and go. */
export const unionEvolutions: readonly EvolutionRow[] = [
  {
    name: 'a type may be null',
    ...{ schemas: [field('int'), field(['null', 'int'])], changes: ['type-widened field'] },
    ...{ old: [plain, same, seven], now: [nothing, same, fails] },
  },
  {
    name: 'a type may be null no more',
    ...{ schemas: [field(['null', 'int']), field('int')], changes: ['type-narrowed field'] },
    ...{ old: [seven, plain, fails], now: [plain, same, seven] },
  },
  {
    name: 'a branch is added',
    ...{ schemas: [field(['null', 'int']), field(['null', 'int', 'string'])], changes: ['type-widened field'] },
    ...{ old: [seven, plain, same], now: [{ field: { string: '7' } }, { field: '7' }, fails] },
  },
  {
    name: 'a branch is removed',
    ...{ schemas: [field(['null', 'int', 'string']), field(['null', 'int'])], changes: ['type-narrowed field'] },
    ...{ old: [{ field: { string: '7' } }, { field: '7' }, fails], now: [seven, plain, same] },
  },
  {
    name: 'a branch becomes wider',
    ...{ schemas: [field(['null', 'int']), field(['null', 'long'])], changes: ['type-widened field'] },
    ...{ old: [seven, plain, { field: { long: 7 } }], now: [{ field: { long: 7 } }, plain, fails] },
  },
  {
    name: 'a branch becomes wider and means something else',
    schemas: [field(['null', { type: 'int', logicalType: 'date' }]), field(['null', { type: 'long', logicalType: 'timestamp-millis' }])],
    changes: ['type-widened field', 'logical-type-changed field'],
    old: [{ field: { int: 1 } }, { field: '1970-01-02' }, { field: { long: 1 } }],
    now: [{ field: { long: 1 } }, { field: '1970-01-01T00:00:00.001Z' }, fails],
  },
  {
    name: 'a branch is replaced',
    ...{ schemas: [field(['null', 'int']), field(['null', 'string'])], changes: ['type-changed field'] },
    ...{ old: [seven, plain, fails], now: [{ field: { string: '7' } }, { field: '7' }, fails] },
  },
  {
    name: 'branches change their places',
    ...{ schemas: [field(['null', 'int']), field(['int', 'null'])], changes: [] },
    ...{ old: [seven, plain, same], now: [nothing, same, same] },
  },
  {
    name: 'a union of one becomes its branch',
    ...{ schemas: [field([arrayOf('int')]), field(arrayOf('long'))], changes: ['type-widened field'] },
    ...{ old: [{ field: { array: [7] } }, { field: [7] }, { field: [7] }], now: [{ field: [7] }, same, fails] },
  },
  {
    name: 'a record may be null',
    ...{ schemas: [field(part), field(['null', part])], changes: ['type-widened field'] },
    ...{ old: [{ field: { x: 7 } }, same, partly], now: [nothing, same, fails] },
  },
  {
    name: 'a record is added to a union',
    ...{ schemas: [field(['null', part]), field(['null', part, piece])], changes: ['type-widened field'], sees: { 'field.z': appears } },
    ...{ old: [partly, { field: { x: 7 } }, same], now: [{ field: { 'shop.Piece': { z: 'a' } } }, { field: { z: 'a' } }, fails] },
  },
  {
    name: 'a record is removed from a union',
    ...{ schemas: [field(['null', part, piece]), field(['null', part])], changes: ['type-narrowed field'], sees: { 'field.z': vanishes } },
    ...{ old: [{ field: { 'shop.Piece': { z: 'a' } } }, { field: { z: 'a' } }, fails], now: [partly, { field: { x: 7 } }, same] },
  },
  {
    name: 'a text may be a record instead',
    ...{ schemas: [field('string'), field(['string', part])], changes: ['type-widened field'], sees: { 'field.x': appears } },
    ...{ old: [{ field: 'a' }, same, { field: { string: 'a' } }], now: [partly, { field: { x: 7 } }, fails] },
  },
]
