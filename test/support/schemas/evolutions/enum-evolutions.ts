import { orderFile } from '../entity-file.js'
import { arrayOf, type EvolutionRow, fails, field, type Journey, same } from './evolution.js'

const kind = (symbols: string, more: object = {}) => ({ type: 'enum', name: 'Kind', symbols: symbols.split(''), ...more })
const enumOf = (symbols: string, fallback?: string) => field(kind(symbols, fallback === undefined ? {} : { default: fallback }))
const sharedEnum = (symbols: string) => orderFile([{ name: 'field', type: 'shop.Kind' }], [kind(symbols, { namespace: 'shop' })])
const [a, b]: Journey[] = [
  [{ field: 'A' }, same, same],
  [{ field: 'B' }, same, same],
]
const unreadB: Journey = [{ field: 'B' }, same, fails]
const asA: Journey = [{ field: 'B' }, same, { field: 'A' }]

/** Enums, with a symbol for unknown ones and without. */
export const enumEvolutions: readonly EvolutionRow[] = [
  {
    name: 'an enum without a default gets a symbol',
    ...{ schemas: [enumOf('A'), enumOf('AB')], changes: ['symbol-added field'], old: a!, now: unreadB },
  },
  {
    name: 'an enum with a default gets a symbol',
    ...{ schemas: [enumOf('A', 'A'), enumOf('AB', 'A')], changes: ['symbol-added field'], old: a!, now: asA },
  },
  {
    name: 'an enum without a default loses a symbol',
    ...{ schemas: [enumOf('AB'), enumOf('A')], changes: ['symbol-removed field'], old: unreadB, now: a! },
  },
  {
    name: 'an enum with a default loses a symbol',
    ...{ schemas: [enumOf('AB', 'A'), enumOf('A', 'A')], changes: ['symbol-removed field'], old: asA, now: a! },
  },
  {
    name: 'an enum gets a symbol and a default with it',
    schemas: [enumOf('A'), enumOf('AB', 'B')],
    ...{ changes: ['symbol-added field', 'enum-default-changed field'], old: a!, now: unreadB },
  },
  {
    name: 'an enum gets a default',
    ...{ schemas: [enumOf('A'), enumOf('A', 'A')], changes: ['enum-default-changed field'], old: a!, now: a! },
  },
  { name: 'symbols change their places', schemas: [enumOf('AB'), enumOf('BA')], changes: [], old: b!, now: b! },
  {
    name: 'an enum that entities share gets a symbol',
    ...{ schemas: [sharedEnum('A'), sharedEnum('AB')], changes: ['symbol-added field'], old: a!, now: unreadB },
  },
  {
    name: 'an enum in an array gets a symbol',
    ...{ schemas: [field(arrayOf(kind('A'))), field(arrayOf(kind('AB')))], changes: ['symbol-added field'] },
    ...{ old: [{ field: ['A', 'A'] }, same, same], now: [{ field: ['A', 'B'] }, same, fails] },
  },
  {
    name: 'an enum in a union gets a symbol',
    ...{ schemas: [field(['null', kind('A')]), field(['null', kind('AB')])], changes: ['symbol-added field'] },
    ...{ old: [{ field: { 'shop.Kind': 'A' } }, { field: 'A' }, same], now: [{ field: { 'shop.Kind': 'B' } }, { field: 'B' }, fails] },
  },
  {
    name: 'an enum becomes a string',
    ...{ schemas: [enumOf('A'), field('string')], changes: ['type-changed field'] },
    ...{ old: [{ field: 'A' }, same, fails], now: [{ field: 'A' }, same, fails] },
  },
  {
    name: 'an enum is renamed',
    ...{ schemas: [enumOf('A'), field(kind('A', { name: 'Sort' }))], changes: ['type-renamed field'] },
    ...{ old: [{ field: 'A' }, same, fails], now: [{ field: 'A' }, same, fails] },
  },
  {
    name: 'an enum is renamed by an alias',
    ...{ schemas: [enumOf('A'), field(kind('A', { name: 'Sort', aliases: ['Kind'] }))], changes: ['type-renamed field'] },
    ...{ old: a!, now: [{ field: 'A' }, same, fails] },
  },
]
