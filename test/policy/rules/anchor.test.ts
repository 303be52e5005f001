import { test } from 'tap'
import { parseCondition } from '#policy/rules/condition-syntax.js'
import { policyPlace } from '#policy/rules/policy-file.js'

const own = '${user.sub}'

function parse(conditions: unknown) {
  return parseCondition(conditions, policyPlace.member('conditions'))
}

test('finds what a condition asks of claims, wherever it must hold', (t) => {
  const cases: [conditions: unknown, literals: Record<string, unknown[]>][] = [
    [{ owner: own }, { owner: ['ann'] }],
    [{ 'address.city': { $eq: own, $ne: 'x' } }, { 'address.city': ['ann'] }],
    [{ team: { $in: '${user.teams}' } }, { team: ['a', 'b'] }],
    [{ team: { $in: ['all', own] } }, { team: ['all', 'ann'] }],
    [
      { total: { $gt: 1 }, $and: [{ id: 'a' }, { region: own }, { $and: [{ owner: own }] }] },
      { region: ['ann'], owner: ['ann'] },
    ],
  ]
  for (const [conditions, literals] of cases) {
    const condition = parse(conditions)
    const bound = condition.bind({ sub: 'ann', teams: ['a', 'b'] })!
    const found = condition.anchors.map((anchor) => [anchor.path, bound.literalsAt(anchor).map(({ value }) => value)])
    t.same(Object.fromEntries(found), literals, JSON.stringify(conditions))
  }
  t.end()
})

test('finds none where a condition can hold without the claim, or asks for something else than its value', (t) => {
  const cases: unknown[] = [
    { owner: 'ann' },
    { owner: { $ne: own } },
    { total: { $gt: own } },
    { owner: { $nin: [own] } },
    { owner: { $not: { $eq: own } } },
    { $or: [{ owner: own }, { id: 'a' }] },
    { $nor: [{ owner: own }] },
    { items: { $elemMatch: { sku: own } } },
    { tags: { $elemMatch: { $eq: own } } },
    { owner: { $in: ['ann', 'bob'] } },
  ]
  for (const conditions of cases) t.same(parse(conditions).anchors, [], JSON.stringify(conditions))
  t.end()
})

test('says whether claims have a say in a condition', (t) => {
  t.equal(parse({ $or: [{ id: 'a' }, { owner: own }] }).isOpen, true)
  t.equal(parse({ $or: [{ id: 'a' }, { owner: 'ann' }] }).isOpen, false)
  t.end()
})
