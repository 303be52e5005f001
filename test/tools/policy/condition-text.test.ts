import { test } from 'tap'
import { claimsOf, conditionText } from '#tools/policy/condition-text.js'
import { parseCondition } from '#policy/rules/condition-syntax.js'
import { policyPlace } from '#policy/rules/policy-file.js'

const parse = (conditions: unknown) => parseCondition(conditions, policyPlace.member('conditions'))

test('writes every operator as people read it', (t) => {
  const cases: [unknown, string][] = [
    [{ a: 'x', b: 1 }, 'a = "x" and b = 1'],
    [{ a: { $eq: null, $ne: true } }, 'a = null and a != true'],
    [{ a: { $gt: 1, $gte: 2, $lt: 3, $lte: '${user.n}' } }, 'a > 1 and a >= 2 and a < 3 and a <= ${user.n}'],
    [{ a: { $in: ['x', '${user.s}'] }, b: { $nin: '${user.l}' } }, 'a in ["x", ${user.s}] and b not in ${user.l}'],
    [{ a: { $all: [1, 2] }, b: { $size: 0 } }, 'a has all of [1, 2] and b has the size 0'],
    [{ a: { $exists: true }, b: { $exists: false } }, 'a is there and b is absent'],
    [{ a: { $not: { $gt: 5 } } }, 'not (a > 5)'],
    [{ a: { $elemMatch: { b: 1, c: { $lt: 2 } } } }, 'some of a has (b = 1 and c < 2)'],
    [{ a: { $elemMatch: { $gt: 5 } } }, 'some of a has (it > 5)'],
    [{ $or: [{ a: 1 }, { b: 2, c: 3 }] }, '(a = 1 or (b = 2 and c = 3))'],
    [{ a: 1, $nor: [{ b: 2 }, { c: 3 }] }, 'a = 1 and not (b = 2 or c = 3)'],
    [{ $and: [{ $or: [{ a: 1 }, { a: 2 }] }, { b: 3 }] }, '((a = 1 or a = 2) and b = 3)'],
  ]
  for (const [conditions, text] of cases) t.equal(conditionText(parse(conditions)), text)
  t.end()
})

test('knows the claims that a condition needs', (t) => {
  t.same(claimsOf(parse({ a: '${user.x}', $or: [{ b: { $in: ['${user.y}', '${user.x}'] } }, { c: 1 }] })), ['x', 'y'])
  t.same(claimsOf(parse({ a: 1 })), [])
  t.end()
})
