import type { EntityFile } from '#schema/files/schema-folder.js'
import { type EvolutionRow, fails, field, type Journey, same } from './evolution.js'

/** Every pair of the specification's table of promotions. */
const numericPairs = [
  ['int', 'long'],
  ['int', 'float'],
  ['int', 'double'],
  ['long', 'float'],
  ['long', 'double'],
  ['float', 'double'],
] as const

const article = (type: string) => (type === 'int' ? 'an int' : `a ${type}`)
const written: Journey = [{ field: 7 }, same, same]
const unread: Journey = [{ field: 7 }, same, fails]

const widened = numericPairs.map(([narrow, wide]): EvolutionRow => {
  const name = `${article(narrow)} becomes a ${wide}`
  return { name, schemas: [field(narrow), field(wide)], changes: ['type-widened field'], old: written, now: unread }
})
const narrowed = numericPairs.map(([narrow, wide]): EvolutionRow => {
  const name = `a ${wide} becomes ${article(narrow)}`
  return { name, schemas: [field(wide), field(narrow)], changes: ['type-narrowed field'], old: unread, now: written }
})

const decimal = (precision: number, scale: number) => field({ type: 'bytes', logicalType: 'decimal', precision, scale })
const logical = (type: string, logicalType: string) => field({ type, logicalType })
const fixed = (size: number, more: object = {}) => field({ type: 'fixed', name: 'Code', size, ...more })
/** 1000, as bytes. */
const thousand = { field: '\u0003\u00e8' }
const means = (name: string, schemas: readonly [EntityFile, EntityFile], old: Journey, now: Journey): EvolutionRow => {
  return { name, schemas, changes: ['logical-type-changed field'], old, now }
}
const uuid = { field: '7d444840-9dc0-11d1-b245-5ffdce74fad2' }
const day = { field: 19_358 }
const twelve = { field: '\u0001\0\0\0\u0002\0\0\0\u0003\0\0\0' }

/** Types that take another one's place. */
export const typeEvolutions: readonly EvolutionRow[] = [
  ...widened,
  ...narrowed,
  {
    name: 'an int becomes a string',
    ...{ schemas: [field('int'), field('string')], changes: ['type-changed field'], old: unread, now: [{ field: '7' }, same, fails] },
  },
  {
    name: 'a boolean becomes an int',
    ...{ schemas: [field('boolean'), field('int')], changes: ['type-changed field'], old: [{ field: true }, same, fails], now: unread },
  },
  {
    name: 'a string becomes bytes',
    ...{ schemas: [field('string'), field('bytes')], changes: ['type-changed field'] },
    ...{ old: [{ field: 'eu' }, same, same], now: [{ field: 'eu' }, { field: 'ZXU=' }, same] },
  },
  {
    name: 'a fixed gets another size',
    ...{ schemas: [fixed(2), fixed(3)], changes: ['type-changed field'] },
    ...{ old: [{ field: 'eu' }, { field: 'ZXU=' }, fails], now: [{ field: 'eu-' }, { field: 'ZXUt' }, fails] },
  },
  {
    name: 'bytes become a fixed',
    ...{ schemas: [field('bytes'), fixed(2)], changes: ['type-changed field'] },
    ...{ old: [{ field: 'eu' }, { field: 'ZXU=' }, fails], now: [{ field: 'eu' }, { field: 'ZXU=' }, fails] },
  },
  means(
    'a decimal gets another scale',
    [decimal(8, 2), decimal(8, 3)],
    [thousand, { field: '10.00' }, same],
    [thousand, { field: '1.000' }, same],
  ),
  {
    name: 'a decimal gets more digits',
    ...{ schemas: [decimal(8, 2), decimal(12, 2)], changes: ['precision-changed field'] },
    ...{ old: [thousand, { field: '10.00' }, same], now: [thousand, { field: '10.00' }, same] },
  },
  means(
    'bytes become a decimal',
    [field('bytes'), decimal(8, 2)],
    [thousand, { field: 'A+g=' }, same],
    [thousand, { field: '10.00' }, same],
  ),
  means('a date becomes a number', [logical('int', 'date'), field('int')], [day, { field: '2023-01-01' }, same], [day, same, same]),
  means(
    'a timestamp becomes finer',
    [logical('long', 'timestamp-millis'), logical('long', 'timestamp-micros')],
    [day, { field: '1970-01-01T00:00:19.358Z' }, same],
    [day, { field: '1970-01-01T00:00:00.019358Z' }, same],
  ),
  {
    name: 'a date becomes a timestamp',
    schemas: [logical('int', 'date'), logical('long', 'timestamp-millis')],
    changes: ['type-widened field', 'logical-type-changed field'],
    ...{ old: [day, { field: '2023-01-01' }, same], now: [day, { field: '1970-01-01T00:00:19.358Z' }, fails] },
  },
  means('a string becomes a uuid', [field('string'), logical('string', 'uuid')], [uuid, same, same], [uuid, same, same]),
  means(
    'a fixed becomes a duration',
    [fixed(12), fixed(12, { logicalType: 'duration' })],
    [twelve, { field: 'AQAAAAIAAAADAAAA' }, same],
    [twelve, { field: 'P1M2DT0.003S' }, same],
  ),
]
