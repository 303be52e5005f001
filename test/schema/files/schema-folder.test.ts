import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { readSchemaFolder, readSchemas, unusedTypesIn } from '#schema/files/schema-folder.js'

/** A folder with these files; what is no text is written as JSON. */
function folderOf(t: Test, files: Readonly<Record<string, unknown>>): string {
  const folder = t.testdir({})
  mkdirSync(join(folder, 'types'))
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return folder
}

const record = (name: string, ...types: unknown[]) => ({
  type: 'record',
  name,
  namespace: 'shop',
  fields: types.map((type, index) => ({ name: `f${index}`, type })),
})

test('reads an entity a file, with the types that it shares in the order of need', (t) => {
  const folder = folderOf(t, {
    'order.avsc': record('Order', ['null', { type: 'array', items: 'shop.Line' }], 'string'),
    'customer.avsc': record('Customer', 'Address'),
    'types/address.avsc': record('Address', 'Country'),
    'types/country.avsc': record('Country', 'string'),
    'types/line.avsc': record('Line', { type: 'map', values: 'Address' }),
    'notes.txt': '',
  })
  const names = readSchemaFolder(folder).map(({ entityType, references }) => [entityType, references.map(({ schema }) => schema.name)])
  t.same(names, [
    ['customer', ['Country', 'Address']],
    ['order', ['Country', 'Address', 'Line']],
  ])
  t.end()
})

test('takes the namespace of a record from its name, where that holds it', (t) => {
  const order = { type: 'record', name: 'sales.Order', namespace: 'ignored', fields: [{ name: 'line', type: 'Line' }] }
  const line = { ...record('Line', 'int'), namespace: 'sales' }
  const folder = folderOf(t, { 'order.avsc': order, 'types/line.avsc': line })
  t.match(readSchemaFolder(folder), [{ entityType: 'order', references: [{ schema: { name: 'Line' } }] }])
  t.end()
})

test('takes enums and fixed for shared types, too', (t) => {
  const folder = folderOf(t, {
    'order.avsc': record('Order', 'Currency', 'Hash'),
    'types/currency.avsc': { type: 'enum', name: 'Currency', namespace: 'shop', symbols: ['EUR'] },
    'types/hash.avsc': { type: 'fixed', name: 'shop.Hash', size: 16 },
  })
  t.match(readSchemaFolder(folder), [{ references: [{ schema: { name: 'Currency' } }, { schema: { name: 'shop.Hash' } }] }])
  t.end()
})

test('names the files that refer to one another in a circle, and takes a type that refers to itself', (t) => {
  const types = { 'types/b.avsc': record('B', 'C'), 'types/c.avsc': record('C', 'D', 'C'), 'types/d.avsc': record('D', 'string') }
  const folder = folderOf(t, { 'a.avsc': record('A', 'B', 'A'), ...types })
  t.match(readSchemaFolder(folder), [{ references: [{ schema: { name: 'D' } }, { schema: { name: 'C' } }, { schema: { name: 'B' } }] }])
  for (const [back, names] of [
    ['B', ['types/b', 'types/c', 'types/d']],
    ['A', ['a', 'types/b', 'types/c', 'types/d']],
  ] as const) {
    const circle = folderOf(t, { 'a.avsc': record('A', 'B'), ...types, 'types/d.avsc': record('D', back) })
    const files = names.map((name) => `${circle}/${name}.avsc`).join(', ')
    const message = `${files} refer to one another in a circle, which Avro takes within one file alone.`
    t.throws(() => readSchemaFolder(circle), { name: 'ConfigurationError', message })
  }
  t.end()
})

test('says which shared types no entity needs, those needed by another one too', (t) => {
  const folder = folderOf(t, {
    'order.avsc': record('Order', 'Line'),
    'types/line.avsc': record('Line', 'Unit'),
    'types/unit.avsc': record('Unit', 'string'),
    'types/old-line.avsc': record('OldLine', 'OldUnit'),
    'types/old-unit.avsc': record('OldUnit', 'string'),
  })
  t.match(unusedTypesIn(folder, readSchemaFolder(folder)), [
    { entityType: 'shop.OldLine', references: [{ schema: { name: 'OldUnit' } }] },
    { entityType: 'shop.OldUnit', references: [] },
  ])
  t.end()
})

test('takes an empty folder for what there was before, and not for what is to be checked', (t) => {
  const folder = folderOf(t, { 'notes.txt': '' })
  t.same(readSchemas(folder), [])
  t.throws(() => readSchemaFolder(folder), { name: 'ConfigurationError', message: `${folder} holds no .avsc files.` })
  t.end()
})

test('says which file or folder cannot be used', (t) => {
  t.throws(() => readSchemaFolder('no/such/folder'), { name: 'ConfigurationError', message: /no\/such\/folder cannot be read \(ENOENT\)/ })
  for (const content of ['{', '"string"', { type: 'enum', name: 'E', symbols: [] }, { type: 'record' }]) {
    const folder = folderOf(t, { 'order.avsc': content })
    t.throws(() => readSchemaFolder(folder), { name: 'ConfigurationError', message: /order\.avsc/ })
  }
  const folder = folderOf(t, { 'order.avsc': record('Order', 'string'), 'types/names.avsc': { type: 'array', items: 'string' } })
  t.throws(() => readSchemaFolder(folder), { message: `${folder}/types/names.avsc holds no Avro record, enum or fixed with a name.` })
  t.end()
})
