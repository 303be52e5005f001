import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { MaskTable } from '#policy/audience/mask-table.js'
import { Collection } from '#policy/collection/collection.js'
import { EqualityIndex } from '#policy/collection/equality-index.js'
import { ShownValues } from '#policy/collection/shown-values.js'
import { fakeAudience } from '../../support/gateway/fake-rights.js'
import { fc } from '../../support/running/seeded-properties.js'
import { entityType, entityValue, unavailable } from '../../support/values/arbitrary-entity.js'
import { condition } from '../../support/values/arbitrary-policy.js'
import { conditionsMatcher } from '../../support/values/casl-oracle.js'
import { avroSchemaOf, encode, leavesOf, literalsAt, toShownPlain, toText } from '../../support/values/entity-model.js'

type Where = Readonly<Record<string, unknown>>

const shared = { values: new ShownValues(), masks: new MaskTable() }
const collection = (where: Where, fields?: readonly string[]) => new Collection({ id: 'c', entityType: 'thing', where, fields }, shared)

/** A filter has no claims: what they would be stands in their place. */
function withoutClaims(where: unknown): Where {
  return JSON.parse(JSON.stringify(where).replaceAll('"${user.s}"', '"us"').replaceAll('"${user.l}"', '["us","eu"]')) as Where
}

const asked = entityType
  .filter((type) => leavesOf(type).size > 0)
  .chain((type) =>
    entityValue(type).chain((value) => {
      const leaves = [...leavesOf(type).keys()]
      return fc.record({
        ...{ type: fc.constant(type), value: fc.constant(value), isConnected: fc.boolean() },
        permitted: fc.oneof(fc.subarray(leaves, { minLength: 1 }), fc.constant(leaves)),
        where: condition(literalsAt(type, value), 0).map(withoutClaims),
      })
    }),
  )

test('a filter comes out as plain CASL on what is shown, and an index finds all that pass', async (t) => {
  const met = { passed: 0, failed: 0, hidden: 0, looked: 0 }
  fc.assert(
    fc.property(asked, ({ type, value, permitted, where, isConnected }) => {
      const unavailableValue = isConnected ? unavailable : undefined
      const source = { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] }
      const schema = parseEntitySchema('thing', source, { unavailableValue })
      const data = { schema, bytes: encode(type, value, 'Thing'), start: 0 }
      const leaves = permitted.map((leaf) => schema.leaves.indexOf(leaf)).sort((one, other) => one - other)
      const mask = shared.masks.sharedMask(schema, leaves)!
      const shown = toShownPlain(type, value, permitted, '', unavailableValue) ?? {}
      const expected = conditionsMatcher(where)(shown)
      const filtered = collection(where)
      const passes = filtered.maskUnder(mask, { data }) !== undefined
      if (passes !== expected) throw new Error(`${JSON.stringify(where)} of ${String(toText(type, value, permitted))}: ${String(passes)}`)
      const index = new EqualityIndex<string>()
      index.add('it', filtered.filter)
      const isFound = index.ofAny.has('it') || [...index.found(data)].includes('it')
      if (passes && !isFound) throw new Error(`${JSON.stringify(where)} is not found`)
      met[passes ? 'passed' : 'failed']++
      if (permitted.length < schema.leaves.length) met.hidden++
      if (!index.ofAny.has('it')) met.looked++
      index.remove('it', filtered.filter)
      if (index.ofAny.size > 0 || !index.isEmpty) throw new Error('something is left in the index')
    }),
    { seed: Number(process.env['FAST_CHECK_SEED'] ?? 1), numRuns: Number(process.env['FAST_CHECK_RUNS'] ?? 1_000) },
  )
  t.comment(JSON.stringify(met))
  t.ok(met.passed > 150 && met.failed > 150 && met.hidden > 150 && met.looked > 100, 'each is met often')
})

test('what is no filter, or names no fields, is refused by the member at fault', async (t) => {
  const deep = (levels: number): Where => (levels === 0 ? { a: 1 } : { $and: [deep(levels - 1)] })
  const many = (operands: number) => ({ a: { $in: Array.from({ length: operands }, (_none, number) => number) } })
  for (const where of [
    { a: { $regex: 'x' } },
    { a: { $foo: 1 } },
    { $foo: [] },
    { a: '${user.x}' },
    { a: { $in: ['${user.x}'] } },
    { a: 'costs ${5}' },
    { a: { b: 1 } },
    many(257),
    deep(16),
    { a: 2 ** 60 },
  ])
    t.throws(() => collection(where), { code: 'where_invalid' }, JSON.stringify(where).slice(0, 60))
  for (const where of [{}, many(256), deep(15), { a: null, 'b.c': { $gt: 1, $lt: 2 } }]) t.doesNotThrow(() => collection(where))
  for (const fields of [['tag:PII'], [''], ['a..b'], ['${user.x}']]) t.throws(() => collection({}, fields), { code: 'fields_invalid' })
})

test('a field that is never shown and one that is not there are alike', async (t) => {
  const fields = ['id', 'email'].map((name) => ({ name, type: 'string' }))
  const address = { name: 'address', type: { type: 'record', name: 'Address', fields: [{ name: 'city', type: 'string' }] } }
  const source = { schema: JSON.stringify({ type: 'record', name: 'Thing', fields: [...fields, address] }), references: [] }
  const schema = parseEntitySchema('thing', source)
  const base = { ...fakeAudience('thing'), leavesPerhapsShown: () => new Set([0, 2]) }
  const isAllowed = (where: Where, some?: readonly string[]) => collection(where, some).namesOnlyShown(base, [schema])
  for (const path of ['id', 'address', 'address.city']) t.ok(isAllowed({ [path]: null }), path)
  for (const path of ['email', 'nope', 'address.nope', 'id.x']) t.notOk(isAllowed({ [path]: { $exists: false } }), path)
  t.notOk(isAllowed({ $or: [{ id: 'x' }, { $nor: [{ email: 'y' }] }] }), 'wherever it stands')
  t.ok(isAllowed({}, ['id', 'address.*', '**']))
  t.notOk(isAllowed({}, ['id', 'email']))
  t.ok(collection({ email: 'x' }).namesOnlyShown(base, []), 'while nothing is known of the type, nothing is refused, and nothing shown')
})

test('a field whose name has a comma is no two fields', async (t) => {
  const fields = ['a', 'b', 'a,b'].map((name) => ({ name, type: 'string' }))
  const schema = parseEntitySchema('thing', { schema: JSON.stringify({ type: 'record', name: 'Thing', fields }), references: [] })
  const data = { schema, bytes: Buffer.from(['x', 'y', 'z'].map((text) => `\x02${text}`).join('')), start: 0 }
  const mask = shared.masks.sharedMask(schema, [0, 1, 2])!
  const index = new EqualityIndex<string>()
  for (const [name, where] of Object.entries({ two: { a: 'x', b: 'y' }, one: { 'a,b': 'z' } })) {
    const { filter } = collection(where)
    t.ok(collection(where).maskUnder(mask, { data }), name)
    index.add(name, filter)
  }
  t.same([...index.found(data)].sort(), ['one', 'two'])
})
