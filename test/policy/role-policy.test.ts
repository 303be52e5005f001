import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { ConfigurationError } from '#errors.js'
import { orderEvent, policyText, visible } from '../support/values/order.js'

test('refuses what it does not understand, with its place', (t) => {
  const rule = { action: 'read', subject: 'order', fields: ['id'] }
  const cases: [rule: unknown, place: string, why: RegExp][] = [
    [7, 'roles.support[1]', /must be an object/],
    [{ ...rule, condition: {} }, 'roles.support[1].condition', /not a member of a rule/],
    [{ ...rule, inverted: 'yes' }, 'roles.support[1].inverted', /true or false/],
    [{ ...rule, reason: 7 }, 'roles.support[1].reason', /string/],
    [{ ...rule, action: 'manage' }, 'roles.support[1].action', /"read"/],
    [{ ...rule, action: ['read', 'update'] }, 'roles.support[1].action', /"read"/],
    [{ ...rule, action: [] }, 'roles.support[1].action', /"read"/],
    [{ ...rule, action: undefined }, 'roles.support[1].action', /"read"/],
    [{ ...rule, subject: undefined }, 'roles.support[1].subject', /entity type/],
    [{ ...rule, subject: 'all' }, 'roles.support[1].subject', /name the entity types/],
    [{ ...rule, subject: ['order', 'all'] }, 'roles.support[1].subject[1]', /name the entity types/],
    [{ ...rule, subject: ['order', 7] }, 'roles.support[1].subject[1]', /entity type/],
    [{ ...rule, subject: '${user.type}' }, 'roles.support[1].subject', /entity type/],
    [{ ...rule, fields: undefined }, 'roles.support[1].fields', /at least one field/],
    [{ ...rule, fields: [] }, 'roles.support[1].fields', /at least one field/],
    [{ ...rule, fields: ['id', null] }, 'roles.support[1].fields[1]', /must be a string/],
    [{ ...rule, fields: ['id', 'ab*'] }, 'roles.support[1].fields[1]', /path of field names/],
    [{ ...rule, fields: ['id', '${user.field}'] }, 'roles.support[1].fields[1]', /path of field names/],
    [{ ...rule, fields: 'address..city' }, 'roles.support[1].fields', /path of field names/],
    [{ ...rule, fields: ['tag:'] }, 'roles.support[1].fields[0]', /name a tag/],
    [{ ...rule, fields: ['tag:${user.tag}'] }, 'roles.support[1].fields[0]', /name a tag/],
    [{ ...rule, conditions: null }, 'roles.support[1].conditions', /at least one member/],
    [{ ...rule, conditions: {} }, 'roles.support[1].conditions', /at least one member/],
  ]
  for (const [second, place, why] of cases) {
    const text = JSON.stringify({ roles: { support: [rule, second] } })
    const refusal = refusalOf(text)
    t.ok(refusal.startsWith(`The policy's ${place} `), refusal)
    t.match(refusal, why)
  }
  t.end()
})

test('refuses a file that is no policy', (t) => {
  t.match(refusalOf('{\n"roles": {,}}'), /^The policy's file is not JSON/)
  t.match(refusalOf('[]'), /^The policy's file must hold an object/)
  t.match(refusalOf(Buffer.from('{ "roles": { "größe": [] } }', 'latin1').toString()), "The policy's file is not UTF-8")
  t.match(refusalOf('{}'), /^The policy's roles must be an object/)
  t.match(refusalOf('{"roles": {}, "rules": []}'), /^The policy's rules is not understood/)
  t.match(refusalOf('{"roles": {"a": {}}}'), /^The policy's roles\.a must be a list of rules/)
  t.match(refusalOf('{"roles": {"the \\"a\\"": {}}}'), /^The policy's roles\["the \\"a\\""\] must be a list of rules/)
  t.match(refusalOf('{"roles": {"b": [], "1": []}}'), /^The policy's roles\.1 .*no place in the order/)
  t.end()
})

test('accepts lists or single names, and a reason', (t) => {
  const rule = { action: ['read'], subject: ['order', 'parcel'], fields: 'id', reason: 'they ask for it', inverted: false }
  const rights = parsePolicy(JSON.stringify({ roles: { support: [rule] } })).rightsOf(['support'], {})
  t.same(visible(rights.audienceOf('order'), orderEvent()), { id: 'order-1' })
  t.ok(rights.audienceOf('parcel'))
  t.end()
})

test("applies the rules of several roles in the file's order, whatever the token's", (t) => {
  const policy = parsePolicy(policyText({ open: [{ show: ['id', 'region'] }], closed: [{ hide: ['region'] }] }))
  for (const roles of [
    ['open', 'closed'],
    ['closed', 'open', 'closed'],
  ]) {
    t.same(visible(policy.rightsOf(roles, {}).audienceOf('order'), orderEvent()), { id: 'order-1' })
  }
  t.end()
})

test('gives nothing for roles and entity types that the policy does not know, however they are named', (t) => {
  const policy = parsePolicy(policyText({ some: [{ show: ['**'] }] }))
  for (const role of ['unknown', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '']) {
    t.equal(policy.rightsOf([role], {}).audienceOf('order'), undefined, role)
  }
  for (const type of ['parcel', '__proto__', 'constructor', 'all', '']) {
    t.equal(policy.rightsOf(['some'], {}).audienceOf(type), undefined, type)
  }
  t.end()
})

test('knows a role named __proto__ as any other', (t) => {
  const policy = parsePolicy(
    policyText({ other: [] }).replace('"other":[]', '"__proto__":[{"action":"read","subject":"order","fields":["id"]}]'),
  )
  t.same(visible(policy.rightsOf(['__proto__'], {}).audienceOf('order'), orderEvent()), { id: 'order-1' })
  t.equal(policy.rightsOf([], {}).audienceOf('order'), undefined)
  t.end()
})

function refusalOf(text: string): string {
  try {
    parsePolicy(text)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
  return 'not refused'
}
