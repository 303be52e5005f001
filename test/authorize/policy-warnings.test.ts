import { test } from 'tap'
import { unnamedFieldsOf, warningsOf } from '../../src/authorize/policy-warnings.js'
import { parsePolicy } from '../../src/authorize/role-policy.js'
import { parseEntity } from '../support/entity-cases.js'
import { orderSchema, policyText } from '../support/order.js'

test('names what no known schema has', (t) => {
  const policy = parsePolicy(
    policyText({
      support: [{ show: ['id', 'adress', 'tag:PII', 'tag:SECRET'], when: { $or: [{ regoin: 'eu' }, { 'address.city': 'Bonn' }] } }],
    }),
  )
  t.same(warningsOf(policy, [orderSchema]), [
    'The policy\'s roles.support[0].fields names "adress", which no known schema of "order" has.',
    'The policy\'s roles.support[0].fields names "tag:SECRET", which no known schema of "order" has.',
    'The policy\'s roles.support[0].conditions asks for "regoin", which no known schema of "order" has.',
  ])
  t.same(warningsOf(policy, []), ['The policy\'s roles.support[0].subject names "order", of which no schema is known.'])
  t.end()
})

test('takes a container without leaves and what is too deep to be shown for known: a condition may ask for them', (t) => {
  const mark = { type: 'record', name: 'Mark', fields: [] }
  const fields = [
    { name: 'mark', type: ['null', mark] },
    { name: 'parts', type: { type: 'array', items: 'Part' } },
  ]
  const part = parseEntity({ type: 'record', name: 'Part', fields })
  const conditions = { mark: null, 'parts.parts.parts.parts.parts.mark': null, 'mark.name': 'x', 'parts.part': 1 }
  const rules = [{ action: 'read', subject: 'thing', fields: ['**'], conditions }]
  t.same(
    warningsOf(parsePolicy(JSON.stringify({ roles: { support: rules } })), [part]).filter((warning) => warning.includes('conditions')),
    [
      'The policy\'s roles.support[0].conditions asks for "mark.name", which no known schema of "thing" has.',
      'The policy\'s roles.support[0].conditions asks for "parts.part", which no known schema of "thing" has.',
    ],
  )
  t.end()
})

test('names the fields that no rule does', (t) => {
  const policy = parsePolicy(
    policyText({
      support: [{ show: ['id', 'address.geo'] }, { hide: ['tag:PII'] }],
      sales: [{ show: ['items.*'], when: { region: 'eu' } }],
    }),
  )
  t.same(unnamedFieldsOf(policy, orderSchema), ['owner', 'region', 'total'])
  t.same(unnamedFieldsOf(parsePolicy(policyText({ all: [{ show: ['**'] }] })), orderSchema), [])
  t.end()
})
