import { test } from 'tap'
import { CompiledSchema } from '#gateway/decode/schemas/compiled-schema.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { EntityDefinition, Envelope } from '#entities.js'

const person = {
  type: 'record',
  name: 'Person',
  namespace: 'hr',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'ssn', type: 'string' },
    { name: 'home', type: { type: 'record', name: 'Home', fields: [{ name: 'street', type: 'string' }] } },
    { name: 'others', type: { type: 'array', items: ['null', 'Home'] } },
    { name: 'boss', type: ['null', 'Person'] },
  ],
}
const event = (data: unknown) => ({
  type: 'record',
  name: 'hr.PersonEvent',
  fields: [...['entity_id', 'entity_type', 'operation'].map((name) => ({ name, type: 'string' })), { name: 'data', type: ['null', data] }],
})
const change = {
  type: 'record',
  name: 'db.Envelope',
  fields: [
    { name: 'before', type: ['null', person] },
    { name: 'after', type: ['null', 'hr.Person'] },
    { name: 'op', type: 'string' },
  ],
}

function schemaOf(
  metadata: unknown,
  schema: object = person,
  envelope: Envelope = 'none',
  more: { references?: object[]; referencesMetadata?: unknown[] } = {},
) {
  const entity: EntityDefinition = { name: 'person', layout: 'single-topic', envelope, topic: 'people' }
  const references = (more.references ?? []).map((one) => JSON.stringify(one))
  const registered = {
    id: 1,
    schema: JSON.stringify(schema),
    references,
    metadata,
    ...(more.referencesMetadata && { referencesMetadata: more.referencesMetadata }),
  }
  const compiled = new CompiledSchema(registered, 'number', () => [])
  compiled.noteTags('its id', compiled.tagsOf(registered))
  return compiled.branches[0]!.envelope(entity).schema!
}

const taggedIn = ({ leaves, tags }: EntitySchema, tag = 'PII') =>
  [...(tags.get(tag) ?? [])].sort((a, b) => a - b).map((leaf) => leaves[leaf]!)
/** Without those deeper than the first boss. */
const shallow = (leaves: string[]) => leaves.filter((leaf) => !leaf.startsWith('boss.boss'))
const tagged = (path: string, schema?: object, envelope?: Envelope) =>
  shallow(taggedIn(schemaOf({ tags: { [path]: ['PII'] } }, schema, envelope)))

test('a path is tried from the root, after the name of the root, and after that of the record that holds the field', (t) => {
  const everywhere = ['ssn', 'boss.ssn']
  const streets = ['home.street', 'others.street', 'boss.home.street', 'boss.others.street']
  t.same(tagged('ssn'), ['ssn'])
  t.same(tagged('boss.ssn'), ['boss.ssn'])
  t.same(tagged('hr.Person.ssn'), everywhere, 'the record holds itself')
  t.same(tagged('Person.ssn'), everywhere)
  t.same(tagged('hr.Person.home.street'), ['home.street', 'boss.home.street'])
  t.same(tagged('hr.Home.street'), streets)
  t.same(tagged('Home.street'), streets)
  t.same(tagged('Home'), streets, 'a record by its name')
  t.same(tagged('other.Home.street'), [])
  t.same(tagged('Person.street'), [])
  t.end()
})

test('a path may have "*" and "**", and leads to all that lies under it', (t) => {
  t.same(tagged('home'), ['home.street'])
  t.same(tagged('*.street'), ['home.street', 'others.street', 'boss.home.street', 'boss.others.street'], 'a record by any name, too')
  t.same(tagged('**.ssn'), ['ssn', 'boss.ssn'])
  t.same(tagged('boss.**.street'), ['boss.home.street', 'boss.others.street'])
  t.same(tagged('hr.Person.home.**'), ['home.street', 'boss.home.street'])
  t.same(tagged('hr.*.ssn'), ['ssn', 'boss.ssn'])
  t.same(tagged('hr.**'), tagged('**'))
  t.same(tagged('**').length, 8)
  t.same(tagged('hr'), [], 'half of a name is none')
  t.end()
})

test('the root is the event around the entity, or the envelope around the row, under both of its images', (t) => {
  t.same(tagged('data.ssn', event(person), 'event'), ['ssn'])
  t.same(tagged('hr.PersonEvent.data.ssn', event(person), 'event'), ['ssn'])
  t.same(tagged('PersonEvent.data.home', event(person), 'event'), ['home.street'])
  t.same(tagged('data', event(person), 'event').length, 8)
  t.same(tagged('hr.Person.ssn', event(person), 'event'), ['ssn', 'boss.ssn'])
  t.same(tagged('ssn', event(person), 'event'), [])
  for (const image of ['before', 'after', 'db.Envelope.after', '*'])
    t.same(tagged(`${image}.ssn`, change, 'debezium').includes('ssn'), true, image)
  t.end()
})

test('tags beside a reference are those of the types in it, and its paths begin where its root stands', (t) => {
  const home = { type: 'record', name: 'hr.Home', fields: [{ name: 'street', type: 'string' }] }
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'main', type: 'hr.Home' },
    { name: 'other', type: ['null', 'hr.Home'] },
  ]
  const of = (path: string) =>
    taggedIn(
      schemaOf(undefined, { ...person, fields }, 'none', { references: [home], referencesMetadata: [{ tags: { [path]: ['PII'] } }] }),
    )
  t.same(of('street'), ['main.street', 'other.street'])
  t.same(of('hr.Home.street'), ['main.street', 'other.street'])
  t.same(of('main.street'), [], 'nothing of its own is called so')
  t.end()
})

test('tags beside a reference whose root is no record may mean every leaf, as nobody can say where its paths begin', (t) => {
  const home = { type: 'record', name: 'hr.Home', fields: [{ name: 'street', type: 'string' }] }
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'main', type: 'hr.Home' },
  ]
  for (const root of [['null', home], { type: 'array', items: home }, { type: 'map', values: home }]) {
    const more = { references: [root], referencesMetadata: [{ tags: { street: ['PII'], id: [] } }] }
    const schema = schemaOf(undefined, { ...person, fields }, 'none', more)
    t.same(
      ['PII', 'SECRET'].map((tag) => schema.mayCarry(tag)),
      [true, false],
    )
    t.same(schema.doubts, [
      '"street" in the tags of a reference\'s metadata has no record known to begin at: every field may carry what stands under it',
    ])
  }
  t.end()
})

test('what cannot be read may mean every leaf: under those tags, or under any where the tags cannot be read either', (t) => {
  const may = (metadata: unknown) => ['PII', 'SECRET'].map((tag) => schemaOf(metadata).mayCarry(tag))
  for (const path of [
    '',
    's?n',
    'ss*',
    '**ssn',
    'a..b',
    '.ssn',
    'home[0]',
    'home/street',
    '$.ssn',
    ' ssn',
    Array(65).fill('a').join('.'),
  ]) {
    t.same(may({ tags: { [path]: ['PII'] } }), [true, false], path)
  }
  for (const list of ['PII', null, 7, { PII: true }, ['PII', 7], [null], [['PII']], [''], true]) {
    t.same(may({ tags: { ssn: list } }), [true, true], JSON.stringify(list))
  }
  for (const metadata of ['tags', [], 7, { tags: 'PII' }, { tags: ['PII'] }, { tags: 7 }, { tags: true }]) {
    t.same(may(metadata), [true, true], JSON.stringify(metadata))
  }
  t.same(may({ tags: Object.fromEntries(Array.from({ length: 1001 }, (_none, n) => [`f${n}`, ['PII']])) }), [true, true], 'too many')
  t.same(may({ tags: { ssn: ['x'.repeat(100_001)] } }), [true, true], 'too long')
  for (const metadata of [
    undefined,
    null,
    {},
    { tags: null },
    { tags: {} },
    { properties: { owner: 'hr' }, sensitive: [] },
    { tags: { ssn: [] } },
  ]) {
    t.same(may(metadata), [false, false], JSON.stringify(metadata))
  }
  t.same(taggedIn(schemaOf({ tags: { ssn: ['PII', 7] } })), ['ssn'], 'what can be read counts all the same')
  t.end()
})

test('says what of the tags cannot be read, and what meets nothing', (t) => {
  t.same(schemaOf({ tags: { 's?n': ['PII'] } }).doubts, [
    '"s?n" in the tags of its metadata is no path of names, "*" and "**": every field may carry what stands under it',
  ])
  t.same(schemaOf({ tags: { ssn: ['PII'], sns: ['PII'] } }).doubts, ['"sns" in the tags of its metadata meets none of its fields'])
  t.match(schemaOf({ tags: 7 }).doubts, [/every field may carry any tag$/])
  const long = schemaOf({ tags: Object.fromEntries(Array.from({ length: 500 }, (_none, n) => [`${'x'.repeat(150)}${n}?`, 7])) }).doubts
  t.ok(long.join().length < 3000 && long.length <= 10)
  t.end()
})

test('many paths with many wildcards are followed in bounded time, or may mean everything', (t) => {
  const wide = (n: number): unknown => ({
    type: 'record',
    name: `W${n}`,
    fields: Array.from({ length: 9 }, (_none, f) => ({ name: `a${f}`, type: n === 0 ? 'int' : f === 0 ? wide(n - 1) : `W${n - 1}` })),
  })
  const paths = Array.from({ length: 400 }, (_none, n): [string, string[]] => [
    `${Array<string>(30).fill('**.*').join('.')}.a${n % 9}.**.b${n}`,
    ['PII'],
  ])
  const { user } = process.cpuUsage()
  const schema = schemaOf({ tags: Object.fromEntries(paths) }, wide(3) as object)
  t.ok(process.cpuUsage().user - user < 5_000_000)
  t.ok(schema.mayCarry('SECRET') || taggedIn(schema).length === 0)
  t.end()
})
