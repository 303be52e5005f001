import { test } from 'tap'
import { roleViewsOf, shownText } from '#tools/policy/role-view.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { entityType, entityValue } from '../../support/values/arbitrary-entity.js'
import { policyOf, userOf } from '../../support/values/arbitrary-policy.js'
import { permitted as permission } from '../../support/values/casl-oracle.js'
import { avroSchemaOf, literalsAt } from '../../support/values/entity-model.js'
import { orderSchema, policyText, type ShortRule } from '../../support/values/order.js'
import { fc } from '../../support/running/seeded-properties.js'

/** What a role with these rules sees of an order, by path. */
function viewOf(...rules: ShortRule[]): Record<string, string> {
  const [view] = roleViewsOf(parsePolicyFile(policyText({ support: rules })), [orderSchema])
  return Object.fromEntries(view!.leaves.map(({ path, shown }) => [path, shownText(shown)]))
}

test('says of each field whether a role sees it always, never or under a condition', (t) => {
  const view = viewOf({ show: ['id', 'items'] }, { show: ['total'], when: { region: '${user.region}' } }, { hide: ['tag:PII'] })
  t.match(view, { id: 'always', 'items.sku': 'always', total: 'if region = ${user.region}', owner: 'never', 'address.city': 'never' })
  t.end()
})

test('puts conditions together as rules overrule each other', (t) => {
  t.match(viewOf({ show: ['id'], when: { region: 'eu' } }, { show: ['id'], when: { total: { $gt: 5, $lt: 9 } } }), {
    id: 'if (total > 5 and total < 9) or region = "eu"',
  })
  t.match(viewOf({ show: ['id'] }, { hide: ['id'], when: { owner: null } }), { id: 'if not (owner = null)' })
  t.match(viewOf({ show: ['id'] }, { hide: ['id'], when: { region: { $ne: '${user.region}' } } }), {
    id: 'if not (region != ${user.region}) and the token has region',
  })
  t.match(viewOf({ show: ['id'], when: { region: 'eu' } }, { hide: ['id'], when: { total: 1 } }), {
    id: 'if not (total = 1) and region = "eu"',
  })
  t.match(viewOf({ show: ['id'], when: { region: 'eu' } }, { show: ['id'] }), { id: 'always' })
  t.end()
})

test('tells of a token that lacks a claim, also where two conditions are the same', (t) => {
  const when = { region: '${user.region}' }
  t.match(viewOf({ show: ['id'] }, { hide: ['id'], when }, { show: ['id'], when }), {
    id: 'if region = ${user.region} or (not (region = ${user.region}) and the token has region)',
  })
  t.match(viewOf({ show: ['id'] }, { hide: ['id'], when: { region: 'eu' } }, { show: ['id'], when: { region: 'eu' } }), { id: 'always' })
  t.end()
})

test('knows the tags of each field', (t) => {
  const [view] = roleViewsOf(parsePolicyFile(policyText({ support: [] })), [orderSchema])
  t.same(view!.leaves.find(({ path }) => path === 'address.city')?.tags, ['PII'])
  t.same(view!.leaves.find(({ path }) => path === 'id')?.tags, [])
  t.end()
})

test('what it calls always and never is so by plain CASL, for every event and every user of the role', (t) => {
  const world = entityType.chain((type) =>
    entityValue(type).chain((value) => {
      const vocabulary = literalsAt(type, value)
      return fc.record({ type: fc.constant(type), value: fc.constant(value), policy: policyOf(vocabulary), user: userOf(vocabulary) })
    }),
  )
  const seen = { always: 0, never: 0, when: 0 }
  fc.assert(
    fc.property(world, ({ type, value, policy, user }) => {
      const schema = parseEntitySchema('thing', { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] })
      for (const { role, leaves } of roleViewsOf(parsePolicyFile(JSON.stringify(policy)), [schema])) {
        const permitted = permission(policy, { ...user, roles: [role] }, 'thing', type, value).leaves
        for (const { path, shown } of leaves) {
          if (typeof shown !== 'string') seen.when++
          else {
            seen[shown]++
            if (permitted.includes(path) !== (shown === 'always')) t.fail(`${path} is called ${shown}`)
          }
        }
      }
    }),
    { numRuns: 300 },
  )
  t.ok(seen.always > 100 && seen.never > 100 && seen.when > 100, JSON.stringify(seen))
  t.end()
})
