import { orderFile } from '../entity-file.js'
import { appears, type EvolutionRow, fails, field, same, vanishes } from './evolution.js'

const none = orderFile([])
const other = (more: object = {}) => orderFile([{ name: 'other', type: 'int', ...more }])
const renamed = { other: '+all +own +untagged', field: vanishes }
const pair = (...names: string[]) => orderFile(names.map((name) => ({ name, type: 'int' })))

/** Fields that come, go and are called otherwise. */
export const fieldEvolutions: readonly EvolutionRow[] = [
  {
    name: 'nothing',
    ...{ schemas: [field('int'), field('int')], changes: [] },
    ...{ old: [{ field: 7 }, same, same], now: [{ field: 7 }, same, same] },
  },
  {
    name: 'a field with a default is added',
    ...{ schemas: [none, field('int', { default: 5 })], changes: ['field-added field'], sees: { field: appears } },
    ...{ old: [{}, same, { field: 5 }], now: [{ field: 7 }, same, {}] },
  },
  {
    name: 'a field without a default is added',
    ...{ schemas: [none, field('int')], changes: ['field-added field'], sees: { field: appears } },
    ...{ old: [{}, same, fails], now: [{ field: 7 }, same, {}] },
  },
  {
    name: 'a field with a default is removed',
    ...{ schemas: [field('int', { default: 5 }), none], changes: ['field-removed field'], sees: { field: vanishes } },
    ...{ old: [{ field: 7 }, same, {}], now: [{}, same, { field: 5 }] },
  },
  {
    name: 'a field without a default is removed',
    ...{ schemas: [field('int'), none], changes: ['field-removed field'], sees: { field: vanishes } },
    ...{ old: [{ field: 7 }, same, {}], now: [{}, same, fails] },
  },
  {
    name: 'a field is renamed by an alias',
    ...{ schemas: [field('int'), other({ aliases: ['field'] })], changes: ['field-renamed other'], sees: renamed },
    ...{ old: [{ field: 7 }, same, { other: 7 }], now: [{ other: 7 }, same, fails] },
  },
  {
    name: 'a field with a default is renamed by an alias',
    ...{ schemas: [field('int', { default: 5 }), other({ aliases: ['field'], default: 5 })], changes: ['field-renamed other'] },
    ...{ old: [{ field: 7 }, same, { other: 7 }], now: [{ other: 7 }, same, { field: 5 }], sees: renamed },
  },
  {
    name: 'a field is renamed without an alias',
    ...{ schemas: [field('int'), other()], changes: ['field-added other', 'field-removed field'], sees: renamed },
    ...{ old: [{ field: 7 }, same, fails], now: [{ other: 7 }, same, fails] },
  },
  {
    name: 'a field with a default is renamed without an alias',
    ...{ schemas: [field('int', { default: 5 }), other({ default: 6 })], changes: ['field-added other', 'field-removed field'] },
    ...{ old: [{ field: 7 }, same, { other: 6 }], now: [{ other: 7 }, same, { field: 5 }], sees: renamed },
  },
  {
    name: 'a field is called again as its alias says',
    ...{ schemas: [other({ aliases: ['field'] }), field('int')], changes: ['field-renamed field'] },
    ...{ old: [{ other: 7 }, same, fails], now: [{ field: 7 }, same, { other: 7 }] },
    sees: { field: appears, other: '-all -own -untagged' },
  },
  {
    name: 'a field is renamed by an alias and becomes wider',
    schemas: [field('int'), other({ type: 'long', aliases: ['field'] })],
    ...{ changes: ['field-renamed other', 'type-widened other'], sees: renamed },
    ...{ old: [{ field: 7 }, same, { other: 7 }], now: [{ other: 7 }, same, fails] },
  },
  {
    name: 'a field with a default is renamed by an alias and becomes wider',
    schemas: [field('int', { default: 5 }), other({ type: 'long', aliases: ['field'], default: 5 })],
    ...{ changes: ['field-renamed other', 'type-widened other'], sees: renamed },
    ...{ old: [{ field: 7 }, same, { other: 7 }], now: [{ other: 7 }, same, { field: 5 }] },
  },
  {
    name: 'fields change their places',
    ...{ schemas: [pair('field', 'other'), pair('other', 'field')], changes: [] },
    ...{ old: [{ field: 7, other: 8 }, same, { other: 8, field: 7 }], now: [{ other: 7, field: 8 }, same, { field: 8, other: 7 }] },
  },
  {
    name: 'a default changes',
    ...{ schemas: [field('int', { default: 1 }), field('int', { default: 2 })], changes: ['default-changed field'] },
    ...{ old: [{ field: 7 }, same, same], now: [{ field: 7 }, same, same] },
  },
  {
    name: 'a doc changes',
    ...{ schemas: [field('int', { doc: 'One.' }), field('int', { doc: 'Two.' })], changes: ['doc-changed field'] },
    ...{ old: [{ field: 7 }, same, same], now: [{ field: 7 }, same, same] },
  },
]
