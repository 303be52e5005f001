import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { readSchemaFolder, readSchemas } from '../../src/schema/schema-folder.js'

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

test('goes on where types refer to each other', (t) => {
  const folder = folderOf(t, { 'a.avsc': record('A', 'B'), 'types/b.avsc': record('B', 'C'), 'types/c.avsc': record('C', 'B') })
  t.same(
    readSchemaFolder(folder)[0]!.references.map(({ schema }) => schema.name),
    ['C', 'B'],
  )
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
  t.end()
})
