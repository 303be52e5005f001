import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { CollectionTable } from '#policy/collection/collection-table.js'
import { EqualityPaths, type EqualityLookup } from '#policy/collection/equality-keys.js'
import { parsePolicy } from '#policy/role-policy.js'
import { fc } from '../../support/running/seeded-properties.js'
import { unavailable } from '../../support/values/arbitrary-entity.js'
import { condition } from '../../support/values/arbitrary-policy.js'
import { world } from '../../support/values/arbitrary-world.js'
import { avroSchemaOf, encode, literalsAt, type RecordType } from '../../support/values/entity-model.js'
import { audienceOf, orderEvent, orderSchema, type ShortRule } from '../../support/values/order.js'

type Where = Readonly<Record<string, unknown>>

const collections = new CollectionTable()
const collectionOf = (where: Where) => collections.get({ id: JSON.stringify(where), entityType: 'thing', where, fields: undefined })

/** A filter has no claims: what they would be stands in their place. */
function withoutClaims(where: unknown): Where {
  return JSON.parse(JSON.stringify(where).replaceAll('"${user.s}"', '"us"').replaceAll('"${user.l}"', '["us","eu"]')) as Where
}

/** Most filters are equalities alone, as nearly all are; some ask for one of no values. */
const asked = world.chain((made) => {
  const vocabulary = made.events.flatMap(({ type, value }) => literalsAt(type, value))
  const value = fc.constantFrom(...vocabulary)
  const plain = fc.oneof(
    value.map(([path, [literal]]) => ({ [path]: literal ?? 'eu' })),
    value.map(([path]) => ({ [path]: { $in: [] } })),
  )
  const usable = plain.filter((where) => !Object.hasOwn(where, '__proto__'))
  const some = vocabulary.some(([path]) => path !== '__proto__') ? fc.oneof(usable, condition(vocabulary, 0)) : condition(vocabulary, 0)
  return fc.record({ world: fc.constant(made), where: some.map(withoutClaims) })
})

function standsUnder({ paths, keys }: EqualityLookup, data: EntityData): 'untold' | boolean {
  const own = new EqualityPaths(paths).keysOf(data)
  return own === 'many' ? 'untold' : own.some((key) => keys.includes(key))
}

test('what is shown is found by stored values, and what a client asked for is shown of all that is found', async (t) => {
  const met = { found: 0, ruledOut: 0, shown: 0, byChoice: 0, all: 0 }
  fc.assert(
    fc.property(asked, ({ world: { events, policy, users, isConnected }, where }) => {
      const schemas = new Map<RecordType, EntitySchema>()
      const rows = events.map(({ type, value }): EntityData => {
        let schema = schemas.get(type)
        const source = { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] }
        if (schema === undefined)
          schemas.set(type, (schema = parseEntitySchema('thing', source, { unavailableValue: isConnected ? unavailable : undefined })))
        return { schema, bytes: encode(type, value, 'Thing'), start: 0 }
      })
      const known = parsePolicy(JSON.stringify(policy))
      for (const { roles, claims } of users) {
        const base = known.rightsOf(roles, claims).audienceOf('thing')
        if (base === undefined) continue
        const audience = collectionOf(where).audienceOf(base)
        const lookups = audience.rowLookups([...schemas.values()])
        if (lookups === undefined) {
          met.all++
          continue
        }
        const ruled = new Set(base.showings.flatMap((showing) => showing.condition?.paths ?? []))
        for (const data of rows) {
          const found = lookups.filter((lookup) => standsUnder(lookup, data) !== false)
          const isShown = audience.maskOf({ data }) !== undefined
          if (isShown && found.length === 0) throw new Error(`what is shown is not found by ${JSON.stringify(lookups)}`)
          met[found.length > 0 ? 'found' : 'ruledOut']++
          if (isShown) met.shown++
          for (const lookup of found.filter((one) => standsUnder(one, data) === true)) {
            const chosen = lookup.paths.filter((path) => !ruled.has(path))
            if (chosen.length > 0) met.byChoice++
            const leaves = base.maskOf({ data })?.leaves ?? new Set<number>()
            const hidden = chosen.find((path) => !leaves.has(data.schema.leaves.indexOf(path)))
            if (hidden !== undefined) throw new Error(`${hidden} is looked up, and hidden in a row that is found`)
          }
        }
      }
    }),
    { seed: Number(process.env['FAST_CHECK_SEED'] ?? 1), numRuns: Number(process.env['FAST_CHECK_RUNS'] ?? 800) },
  )
  t.comment(JSON.stringify(met))
  t.ok(
    Object.values(met).every((times) => times > 100),
    'each is met often',
  )
})

test('a look-up is by what always shows, by what rules ask claims for, or by both', async (t) => {
  const pathsOf = (rules: readonly ShortRule[], where: Where, claims: object = { sub: 'ann', region: 'eu' }) => {
    const { data } = orderEvent()
    const base = audienceOf(rules, { ...claims })!
    const collection = collections.get({ id: JSON.stringify(where), entityType: 'order', where, fields: undefined })
    t.ok(data)
    return collection
      .audienceOf(base)
      .rowLookups([orderSchema])
      ?.map(({ paths }) => paths.join(' '))
  }
  const all = { show: ['**'] }
  const own = { show: ['**'], when: { owner: '${user.sub}' } }
  t.same(pathsOf([all], { region: 'eu', id: { $in: ['1', '2'] }, total: { $gt: 5 } }), ['id region'])
  t.same(pathsOf([all], { region: null }), undefined, 'null is also what is not there')
  t.same(pathsOf([all], { region: { $in: ['eu', null] } }), undefined)
  t.same(pathsOf([all], {}), undefined)
  t.same(pathsOf([all], { $or: [{ region: 'eu' }] }), undefined)
  t.same(pathsOf([{ show: ['id'] }, { show: ['region'], when: { total: { $gt: 5 } } }], { region: 'eu' }), undefined)
  t.same(pathsOf([all, { hide: ['region'], when: { total: { $gt: 5 } } }], { region: 'eu' }), undefined)
  t.same(pathsOf([all, { hide: ['region'], when: { total: { $gt: 5 } } }], { region: 'eu', id: '1' }), ['id'])
  t.same(pathsOf([own], {}), ['owner'])
  t.same(pathsOf([own], { region: 'eu' }), ['owner region'])
  t.same(pathsOf([own], { owner: 'bob' }), ['owner'])
  t.same(pathsOf([own, { hide: ['region'] }], { region: 'eu' }), ['owner'])
  t.same(pathsOf([own, { hide: ['region'], when: { total: { $gt: 5 } } }], { region: 'eu' }), ['owner'])
  t.same(pathsOf([{ hide: ['region'], when: { total: { $gt: 5 } } }, own], { region: 'eu' }), ['owner region'], 'the later rule wins')
  t.same(pathsOf([{ show: ['**'], when: { owner: '${user.sub}', total: { $gt: 5 } } }], { region: 'eu' }), ['owner'])
  t.same(pathsOf([own, { show: ['id'], when: { region: '${user.region}' } }], {}), ['owner', 'region'])
  t.same(pathsOf([own, { show: ['id'], when: { total: { $gt: 5 } } }], {}), undefined)
  t.same(pathsOf([own, all], {}), undefined)
  t.same(pathsOf([own, all], { region: 'eu' }), ['region'])
  t.same(pathsOf([{ show: ['**'], when: { region: 'eu' } }], {}), undefined, 'nobody is told apart by it')
  t.same(pathsOf([{ show: ['**'], when: { region: 'eu' } }], { region: 'us' }), undefined)
  t.same(pathsOf([{ show: ['**'], when: { region: 'eu' } }], { id: '1' }), ['id region'])
  t.same(pathsOf([{ show: ['**'], when: { owner: { $in: '${user.teams}' } } }], {}, { teams: ['a', 'b'] }), ['owner'])
})
