import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { explanationLines } from '#tools/policy/outcome-text.js'
import { type LeafExplanation, PolicyReading } from '#tools/policy/policy-reading.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { entityType, entityValue } from '../../support/values/arbitrary-entity.js'
import { policyOf, userOf } from '../../support/values/arbitrary-policy.js'
import { permitted as permission } from '../../support/values/casl-oracle.js'
import { avroSchemaOf, encode, literalsAt, type ModelValue, type RecordType } from '../../support/values/entity-model.js'
import { orderEvent, policyText, type ShortRule } from '../../support/values/order.js'

function explain(rules: readonly ShortRule[], claims: object, event = orderEvent()): Map<string, LeafExplanation> {
  const reading = new PolicyReading({ file: 'policy.json', text: policyText({ some: rules }).replaceAll('{"action"', '\n{"action"') })
  return new Map(reading.explain({ roles: ['some'], claims: { ...claims } }, event.data!).leaves.map((leaf) => [leaf.path, leaf]))
}

function lines(rules: readonly ShortRule[], claims: object, path: string): string[] {
  return explanationLines(explain(rules, claims).get(path)!)
}

function thing(type: RecordType, value: ModelValue): ChangeEvent {
  const schema = parseEntitySchema('thing', { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] })
  return { ...orderEvent(), entityType: 'thing', data: { schema, bytes: encode(type, value, 'Thing'), start: 0 } }
}

test('names for each leaf a rule that says what plain CASL permits, whatever the policy, the user and the event', (t) => {
  const world = entityType
    .chain((type) => fc.record({ type: fc.constant(type), value: entityValue(type) }))
    .chain(({ type, value }) => {
      const vocabulary = literalsAt(type, value)
      return fc.record({ type: fc.constant(type), value: fc.constant(value), policy: policyOf(vocabulary), user: userOf(vocabulary) })
    })
  const seen = { shown: 0, hidden: 0 }
  fc.assert(
    fc.property(world, ({ type, value, policy, user }) => {
      const permitted = permission(policy, user, 'thing', type, value).leaves
      const reading = new PolicyReading({ file: 'policy.json', text: JSON.stringify(policy) })
      for (const { path, shown, by } of reading.explain(user, thing(type, value).data!).leaves) {
        const expected = permitted.includes(path)
        seen[expected ? 'shown' : 'hidden']++
        if (shown !== expected || (by?.shows ?? false) !== expected) t.fail(`${path} is ${String(expected)}`)
      }
    }),
    { numRuns: 500 },
  )
  t.ok(seen.shown > 200 && seen.hidden > 200, JSON.stringify(seen))
  t.end()
})

test('names the rule that decides by its place and line, and those that would have', (t) => {
  const rules: ShortRule[] = [{ show: ['id', 'total'] }, { hide: ['total'], when: { region: '${user.region}' } }]
  t.same(lines(rules, { region: 'eu' }, 'id'), ['roles.some[0] (line 2)'])
  t.same(lines(rules, { region: 'eu' }, 'total'), [
    `roles.some[1] (line 3): region = \${user.region} holds, the token's region is "eu", the event's region is "eu"`,
  ])
  t.same(lines(rules, { region: 'us' }, 'total'), [
    'roles.some[0] (line 2)',
    `not by roles.some[1] (line 3): region = \${user.region} fails, the token's region is "us", the event's region is "eu"`,
  ])
  t.same(lines(rules, {}, 'owner'), ['no rule shows it'])
  t.end()
})

test('says where a claim is lacking', (t) => {
  const rules: ShortRule[] = [{ show: ['id'] }, { hide: ['id'], when: { region: '${user.region}' } }]
  t.same(lines(rules, {}, 'id'), [`roles.some[1] (line 3): region = \${user.region} cannot be asked, the token's region is not there`])
  t.equal(explain(rules, {}).get('id')?.shown, false)
  t.match(lines(rules, { region: ['eu'] }, 'id'), [/the token's region is \["eu"\], which cannot stand there$/])
  const showing: ShortRule[] = [{ show: ['id'], when: { region: '${user.region}' } }]
  t.match(lines(showing, {}, 'id'), ['no rule shows it', /^not by roles\.some\[0\].*cannot be asked/])
  t.end()
})

test('holds what a condition compared, of lists and of what is not there', (t) => {
  const when = { 'items.sku': 'b', owner: { $ne: null }, address: { $exists: true }, total: { $gt: 5 } }
  t.same(explain([{ show: ['id'], when }], {}).get('id')?.passed[0]?.values, [
    { name: 'items.sku', value: '["a"]' },
    { name: 'owner', value: 'null' },
    { name: 'address', value: 'an object' },
    { name: 'total', value: '10' },
  ])
  t.end()
})
