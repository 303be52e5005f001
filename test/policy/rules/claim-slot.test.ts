import { test } from 'tap'
import type { Claims } from '#policy/rights.js'
import { parseClaimReference, type ClaimKind } from '#policy/rules/claim-slot.js'
import { Literal } from '#policy/rules/literal.js'
import { policyPlace } from '#policy/rules/policy-file.js'

function filled(reference: string, claims: Claims, takes: ClaimKind = 'scalar'): unknown {
  const literals = parseClaimReference(`\${user.${reference}}`, takes, policyPlace)!.fill(claims)
  return literals instanceof Literal ? literals.value : literals?.map(({ value }) => value)
}

test('a claim is found within objects, also where its names have dots', (t) => {
  t.equal(filled('app_metadata.tenant_id', { app_metadata: { tenant_id: 't-9' } }), 't-9')
  t.equal(filled('https://idp.example/claims.x-org', { 'https://idp.example/claims': { 'x-org': 7 } }), 7)
  t.equal(filled('resource_access.web.shop.id', { resource_access: { 'web.shop': { id: true } } }), true)
  t.equal(filled('cognito:groups', { 'cognito:groups': 'clerk' }), 'clerk')
  for (const claims of [{}, { a: null }, { a: ['b'] }, { a: { b: null } }, { a: { b: {} } }, { 'a.b': { c: 1 } }, { b: 'x' }])
    t.equal(filled('a.b', claims), undefined, JSON.stringify(claims))
  t.end()
})

test('where a list may stand, a text of scopes is one', (t) => {
  t.same(filled('scope', { scope: 'openid  orders.read' }, 'list'), ['openid', 'orders.read'])
  t.same(filled('api.scp', { api: { scp: ['a b', 'c'] } }, 'list'), ['a b', 'c'])
  t.same(filled('region', { region: 'north sea' }, 'list'), ['north sea'])
  t.equal(filled('scope', { scope: 'openid orders.read' }), 'openid orders.read')
  t.equal(filled('scope', { scope: null }, 'list'), undefined)
  t.end()
})
