import { test } from 'tap'
import { lintPolicy } from '#tools/policy/policy-lint.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { orderSchema } from '../../support/values/order.js'

/** The findings as `line rule`, of the rules of one role, a line each from the third on. */
function found(rules: readonly object[], roles?: readonly string[]): string[] {
  const text = `{"roles":\n{"support": [\n${rules.map((rule) => JSON.stringify({ action: 'read', subject: 'order', ...rule })).join(',\n')}\n]}}`
  return lintPolicy({ file: 'policy.json', text }, [orderSchema], roles).map(({ line, rule }) => `${line} ${rule}`)
}

test('finds nothing in a policy that says what it means', (t) => {
  const rules = [
    { fields: ['id', 'items.sku', 'address', '**.lat'] },
    { fields: ['total'], conditions: { region: 'eu', 'items.price': { $exists: true }, address: { $ne: null } } },
    { fields: ['tag:PII'], inverted: true, conditions: { owner: '${user.sub}' } },
  ]
  t.same(found(rules, ['support', 'sales']), [])
  t.end()
})

test('finds names that no schema has, each on its line', (t) => {
  t.same(
    found([
      { fields: ['adress', 'id'] },
      { fields: ['tag:SECRET'], inverted: true },
      { fields: ['total'], conditions: { $or: [{ regoin: 'eu' }] } },
      { subject: ['order', 'ordr'], fields: ['items.sku'] },
      { subject: 'parcel', fields: ['anything'] },
    ]),
    [
      '3 policy/unknown-field',
      '4 policy/unknown-tag',
      '5 policy/unknown-condition-path',
      '6 policy/unknown-entity-type',
      '7 policy/unknown-entity-type',
    ],
  )
  t.end()
})

test('finds values that a condition compares with and no event holds', (t) => {
  t.same(
    found([
      { fields: ['id'], conditions: { total: 'many' } },
      { fields: ['id'], conditions: { total: '10.0', region: 'eu' } },
    ]),
    ['3 policy/undecided-condition'],
  )
  t.end()
})

test('says in one sentence what to write in place of what cannot be decided', (t) => {
  const sentences = (conditions: object) => {
    const text = JSON.stringify({ roles: { support: [{ action: 'read', subject: 'order', fields: ['id'], conditions }] } })
    return lintPolicy({ file: 'policy.json', text }, [orderSchema]).map(({ severity, what }) => `${severity}: ${what}`)
  }
  t.same(sentences({ total: { $gt: '2026-01-01' } }), [
    'error: Of "order" the condition compares "total" with "2026-01-01", but there is a number (the schema does not say that it means a time): write a number, such as 10 or "10.50".',
  ])
  t.same(sentences({ region: 5 }), [
    'error: Of "order" the condition compares "region" with 5, but there is a text: write a text, such as "5".',
  ])
  t.same(sentences({ region: { $size: 1 } }), [
    'error: Of "order" the condition asks $size of "region", which is no list: compare the value itself, as by $eq or $in.',
  ])
  t.match(sentences({ nope: null }), [/asks for "nope", which is not there, or lies in an array within an array: write the path/])
  t.end()
})

test('finds rules of which later ones leave nothing', (t) => {
  t.same(found([{ fields: ['id'] }, { fields: ['**'], inverted: true }, { fields: ['id'] }]), ['3 policy/rule-cancelled'])
  t.same(found([{ fields: ['id', 'total'] }, { fields: ['id'], inverted: true }, { fields: ['total'] }]), ['3 policy/rule-cancelled'])
  t.same(found([{ fields: ['id', 'region'] }, { fields: ['id'], inverted: true }, { fields: ['total'] }]), [])
  t.same(found([{ fields: ['id'] }, { fields: ['id'], inverted: true, conditions: { region: 'eu' } }]), [], 'a condition may fail')
  t.end()
})

test('finds roles that no token carries, and those that are shown nothing', (t) => {
  t.same(found([{ fields: ['id'] }], ['sales']), ['2 policy/unknown-role'])
  t.same(found([{ fields: ['id'], inverted: true }]), ['2 policy/role-sees-nothing'])
  t.end()
})

test('refuses what is no policy', (t) => {
  t.throws(() => lintPolicy({ file: 'p', text: '{"roles": []}' }, []), { name: 'ConfigurationError', message: /policy's roles/ })
  t.end()
})

test('reads a policy of hundreds of rules about thousands of fields in a moment', (t) => {
  const fields = Array.from({ length: 2000 }, (_, index) => ({ name: `field_${index}`, type: 'string' }))
  const schema = JSON.stringify({ type: 'record', name: 'Order', streamable: true, fields })
  const rules = fields.slice(0, 500).map(({ name }) => ({ action: 'read', subject: 'order', fields: [name] }))
  const startMs = performance.now()
  const text = JSON.stringify({ roles: { support: rules } })
  t.same(lintPolicy({ file: 'policy.json', text }, [parseEntitySchema('order', { schema, references: [] })]), [])
  // Half a second; with the fields of a rule looked for anew at each field of each other rule it is half a minute.
  t.ok(performance.now() - startMs < 5000)
  t.end()
})
