import { test } from 'tap'
import { unnamedFieldsOf, warningsOf } from '#policy/policy-warnings.js'
import { parsePolicy } from '#policy/role-policy.js'
import { orderSchema, policyText } from '../support/values/order.js'

test('names what no known schema has', (t) => {
  const policy = parsePolicy(
    policyText({
      support: [{ show: ['id', 'adress', 'tag:PII', 'tag:SECRET'] }],
    }),
  )
  t.same(warningsOf(policy, [orderSchema]), [
    'The policy\'s roles.support[0].fields names "adress", which no known schema of "order" has.',
    'The policy\'s roles.support[0].fields names "tag:SECRET", which no known schema of "order" has.',
  ])
  t.same(warningsOf(policy, []), ['The policy\'s roles.support[0].subject names "order", of which no schema is known.'])
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
