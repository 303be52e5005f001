import { test } from 'tap'
import { AvroEntitySchema } from '#avro/avro-entity-schema.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { madeUpPeople, madeUpPolicy, personalOf } from '#look/made-up-roles.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import { lintPolicy } from '#tools/policy/policy-lint.js'
import { roleViewOf } from '#tools/policy/role-view.js'
import { type AvroObject, avroCases } from '../support/values/avro-cases.js'
import { fc } from '../support/running/seeded-properties.js'

const typeOf = (name: string, record: object, idField?: string) => ({
  schema: new AvroEntitySchema(name, parseAvroSchema(JSON.stringify(record)) as RecordNode),
  idField,
})
const record = (...fields: object[]) => ({ type: 'record', name: 'shop.Thing', fields })
const field = (name: string, type: unknown = 'string', ...tags: string[]) => ({
  name,
  type,
  ...(tags.length > 0 && { 'confluent:tags': tags }),
})
const status = { type: 'enum', name: 'shop.Mood', symbols: ['GOOD', 'BAD'] }

/** By role the leaves that are shown. */
function shownBy(type: ReturnType<typeof typeOf>): Record<string, string[]> {
  const rules = parsePolicyFile(madeUpPolicy([type]))
  const shown = ([role, its]: [string, Parameters<typeof roleViewOf>[1]]) =>
    roleViewOf(role, its, type.schema).leaves.flatMap(({ path, shown }) => (shown === 'always' ? path : []))
  return Object.fromEntries([...rules].map((one) => [one[0], shown(one)]))
}

test('the three roles show all, nothing that is tagged, and a little, of whatever schema, and lint finds nothing', async (t) => {
  const types = fc.array(
    avroCases.map(({ schema }) => schema),
    { minLength: 1, maxLength: 3 },
  )
  const tagged = fc.tuple(
    types,
    fc.array(fc.constantFrom('PII', 'INTERNAL', 'financial', 'name:true', '1', undefined), { minLength: 1, maxLength: 5 }),
  )
  fc.assert(
    fc.property(tagged, ([schemas, tags]) => {
      const all = schemas
        .map((schema, index) => typeOf(`type${index}`, withTags(schema, tags), 'id'))
        .filter(({ schema }) => schema.leaves.length > 0)
      const policy = madeUpPolicy(all)
      const found = lintPolicy(
        { file: 'policy.json', text: policy },
        all.map(({ schema }) => schema),
      )
      // What a rule says of a type that looks personal throughout is overruled; it is a starter, and no error.
      if (found.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(found))
      for (const type of all) {
        const { everything, untagged, bare } = shownBy(type)
        const { leaves, tags: byTag } = type.schema
        const taggedLeaves = new Set([...byTag.values()].flatMap((some) => [...some].map((leaf) => leaves[leaf]!)))
        t.same(everything, leaves)
        t.same(
          untagged?.filter((path) => taggedLeaves.has(path)),
          [],
        )
        if (taggedLeaves.size > 0)
          t.same(
            untagged,
            leaves.filter((path) => !taggedLeaves.has(path)),
          )
        t.ok(bare !== undefined && bare.length <= 2, JSON.stringify(bare))
      }
    }),
    { numRuns: 60 },
  )
})

function withTags(schema: AvroObject, tags: readonly (string | undefined)[]): object {
  const tagged = schema.fields?.map((one, index) => {
    const tag = tags[index % tags.length]
    return { ...one, ...(tag !== undefined && { 'confluent:tags': [tag] }) }
  })
  return { ...schema, fields: tagged }
}

test('where nothing is tagged, what looks personal by its name is hidden, and the rule says why', async (t) => {
  const type = typeOf('orders', record(field('id'), field('customer_email'), field('buyerName'), field('name'), field('total', 'long')))
  t.same(shownBy(type)['untagged'], ['id', 'name', 'total'], 'a bare name belongs to a thing here')
  t.match(madeUpPolicy([type]), '"reason": "looks personal by its name"')
  t.same(
    personalOf(typeOf('customers', record(field('name'), field('address'))).schema).leaves,
    ['name', 'address'],
    'and here to a person',
  )
  t.match(madeUpPeople([type])[1]?.sees, 'no field is tagged')
  t.match(madeUpPeople([typeOf('orders', record(field('id')))])[1]?.sees, 'none is tagged, and none looks personal')
})

test('one tag is enough that tags are what counts', async (t) => {
  const type = typeOf('orders', record(field('id'), field('email'), field('margin', 'long', 'INTERNAL')))
  t.same(shownBy(type)['untagged'], ['id', 'email'])
  t.equal(madeUpPeople([type])[1]?.sees, 'nothing that is tagged INTERNAL')
})

test('id and status alone are the field with the id, and the one that is called status or has a few words', async (t) => {
  const bare = (idField: string | undefined, ...fields: object[]) => shownBy(typeOf('things', record(...fields), idField))['bare']
  t.same(bare('no', field('no'), field('mood', status), field('order_status'), field('x')), ['no', 'order_status'])
  t.same(bare('no', field('x'), field('no'), field('mood', status)), ['no', 'mood'])
  t.same(bare(undefined, field('state'), field('x')), ['state'])
  t.same(bare(undefined, field('x'), field('y')), ['x'], 'something must be shown')
  const inner = { type: 'record', name: 'shop.Inner', fields: [field('status')] }
  t.same(bare('id', field('inner', inner), field('id'), field('state')), ['id', 'state'], 'the outermost')
})

test('a field whose name no rule can have is in no rule', async (t) => {
  const type = typeOf('things', record(field('e*mail'), field('status')), 'e*mail')
  t.same(shownBy(type)['bare'], ['status'])
})
