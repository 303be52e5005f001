import { test } from 'tap'
import { JoinedClaims } from '#policy/claim-path.js'
import type { Claims } from '#policy/rights.js'
import { rolesClaimsOf, rolesOf } from '#policy/roles.js'

test('takes a list of strings or a single string for roles', async (t) => {
  t.same(rolesOf({ roles: ['a', 'b'] }, ['roles']), ['a', 'b'])
  t.same(rolesOf({ roles: 'a' }, ['roles']), ['a'])
})

test('takes anything else for no roles', async (t) => {
  for (const roles of [undefined, null, 1, true, {}, { a: 'b' }, ['a', 1], [['a']]])
    t.same(rolesOf({ roles }, ['roles']), [], JSON.stringify(roles))
  t.same(rolesOf({}, ['roles']), [])
})

test('finds the claim at a path with dots, unless a claim has that very name', async (t) => {
  t.same(rolesOf({ realm_access: { roles: ['a'] } }, ['realm_access.roles']), ['a'])
  t.same(rolesOf({ 'https://example.com/roles': ['a'] }, ['https://example.com/roles']), ['a'])
  t.same(rolesOf({ 'a.b': 'named', a: { b: 'nested' } }, ['a.b']), ['named'])
  t.same(rolesOf({ realm_access: null }, ['realm_access.roles']), [])
})

test('joins the roles of several claims, and of texts of scopes', async (t) => {
  const claims = {
    realm_access: { roles: ['a', 'b'] },
    resource_access: { 'web.shop': { roles: ['b', 'c'] } },
    scope: 'openid  d',
    scp: 'e',
  }
  t.same(rolesOf(claims, ['realm_access.roles', 'resource_access.web.shop.roles', 'groups']), ['a', 'b', 'c'])
  t.same(rolesOf(claims, ['scope', 'scp']), ['openid', 'd', 'e'])
  t.same(rolesOf({ roles: 'one role', api: { scope: 'x y' } }, ['roles', 'api.scope']), ['one role', 'x', 'y'])
  t.same(rolesOf({ ...claims, groups: ['f', 7] }, ['scope', 'groups']), [], 'the role left out could be one that forbids')
})

test('names the claims that a text separates by commas', async (t) => {
  t.same(rolesClaimsOf('realm_access.roles, scope,'), ['realm_access.roles', 'scope'])
  t.same(rolesClaimsOf(' , '), [])
})

test('reads nothing from a prototype', async (t) => {
  t.same(rolesOf({}, ['constructor.name']), [])
  t.same(rolesOf({ a: 'text' }, ['a.constructor.name']), [])
})

test('roles are those of the topic and of the token together', async (t) => {
  const joined = (topic: Claims, token: Claims, topicOnly: string[] = []) =>
    rolesOf(new JoinedClaims({ claims: topic }, token, topicOnly), ['roles', 'realm.roles'])
  t.same(joined({ roles: ['a'], realm: { roles: 'b' } }, { roles: 'c', realm: { roles: ['a', 'd'] } }), ['a', 'c', 'b', 'd'])
  t.same(joined({}, { roles: ['c'] }), ['c'])
  t.same(joined({ roles: null }, { roles: ['c'] }), ['c'], 'null adds none')
  t.same(joined({ roles: ['a'] }, { roles: ['c'], realm: { roles: ['d'] } }, ['realm']), ['a', 'c'], 'from the topic alone')
  for (const bad of [['a', 7], { a: 1 }, 7]) t.same(joined({ roles: bad }, { roles: ['c'] }), [], 'one that cannot be read could forbid')
})
