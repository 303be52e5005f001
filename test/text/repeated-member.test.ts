import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { repeatedMember } from '#text/repeated-member.js'
import { fc } from '../support/running/seeded-properties.js'

test('finds no member twice in what was written from values', async (t) => {
  fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => repeatedMember(text) === undefined))
  t.end()
})

test('finds the member that an object names twice, however it is written', async (t) => {
  t.equal(repeatedMember('{"roles":{"a":[{"x":1}],"b":[],"\\u0061":[]}}'), 'roles.a')
  t.equal(repeatedMember('{"roles":{"a":[{"conditions":{"region":"eu", "region" : "us"}}]}}'), 'roles.a.conditions.region')
  t.equal(repeatedMember('[{"a":1},{"a":2},{"b":"\\"a\\":{","c":"}"}]'), undefined)
})

test('a policy that names a role twice is refused, as the first one would be gone', async (t) => {
  const rule = '{"action":"read","subject":"order","fields":["id"]}'
  t.throws(() => parsePolicy(`{"roles":{"a":[${rule}],"a":[]}}`), { message: /roles\.a twice/ })
})

test('walks through strings of some megabytes and through thousands of brackets, whatever they hold', async (t) => {
  for (const piece of ['x', '\\"', '\\\\', '{"', '\\u0022'])
    t.equal(repeatedMember(`{"a":"${piece.repeat(2 ** 20).replaceAll(/(?<!\\)"/g, '\\"')}","a":1}`), 'a', piece)
  t.equal(repeatedMember('['.repeat(2000) + ']'.repeat(2000)), undefined)
})
