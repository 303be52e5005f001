import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { AnchorIndex } from '#policy/audience/anchor-index.js'
import { parseCondition } from '#policy/rules/condition-syntax.js'
import { JudgedValue } from '#policy/rules/judged-value.js'
import { policyPlace } from '#policy/rules/policy-file.js'
import { Exact } from '#avro/decimal.js'
import type { ComparisonValue } from '#avro/entity-schema.js'
import { Instant } from '#avro/instant.js'

type Values = Readonly<Record<string, ComparisonValue>>

const scalar = fc.constantFrom<ComparisonValue[]>(
  ...[null, true, false, 'eu', 'us', '10', 10, 0.5, -0],
  ...[new Exact(1000n, 2), new Exact(50n, 2), new Exact(0n, 0), new Instant(0n), new Instant(1_672_531_200_000_000_000n)],
)
const value: fc.Arbitrary<ComparisonValue> = fc.letrec<{ value: ComparisonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 3, arbitrary: scalar },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record({ a: tie('value'), b: tie('value') }, { requiredKeys: [] }),
  ),
})).value
const values: fc.Arbitrary<Values> = fc.record({ a: value, b: value }, { requiredKeys: [] })

const claim = fc.constantFrom('eu', 'us', '10', '10.0', 10, 0.5, '0.50', 0, true, false, '1970-01-01', '2023-01-01T01:00+01:00', 'null')
const claims = fc.record({ s: claim, l: fc.oneof(claim, fc.array(claim, { maxLength: 3 })) })

const path = fc.constantFrom('a', 'b', 'a.a', 'a.b', 'a.b.a')
const query = fc.constantFrom('${user.s}', { $eq: '${user.s}' }, { $in: '${user.l}' }, { $in: ['${user.s}', null, 'eu'] })
const own = fc.tuple(path, query).map(([at, asks]) => ({ [at]: asks }))
const condition = fc.oneof(
  own,
  fc.tuple(own, own).map((both) => ({ $and: both })),
)

test('finds every user for whom the condition holds, at each of its anchors', (t) => {
  let held = 0
  fc.assert(
    fc.property(condition, fc.array(claims, { maxLength: 12 }), fc.array(values, { minLength: 1, maxLength: 4 }), (raw, users, events) => {
      const parsed = parseCondition(raw, policyPlace)
      const bound = users.map((one) => parsed.bind(one)!)
      for (const anchor of parsed.anchors) {
        const index = new AnchorIndex<number>(anchor)
        bound.forEach((one, user) => index.add(user, one))
        for (const event of events) {
          const found = new Set(index.usersFor(new JudgedValue(event)).flatMap((some) => [...some]))
          const holding = bound.flatMap((one, user) => (one.test(new JudgedValue(event)) ? [user] : []))
          held += holding.length
          if (!holding.every((user) => found.has(user))) return false
        }
      }
      return parsed.anchors.length > 0
    }),
    { numRuns: 2_000 },
  )
  t.ok(held > 500, `${held} were met`)
  t.end()
})

test('finds few others, and forgets who has gone', (t) => {
  const owner = parseCondition({ owner: { $in: '${user.ids}' } }, policyPlace)
  const index = new AnchorIndex<string>(owner.anchors[0]!)
  const bound = (...ids: string[]) => owner.bind({ ids })!
  const find = (...owners: string[]) => index.usersFor(new JudgedValue({ owner: owners })).map((some) => [...some])
  index.add('ann', bound('1', '2', '1'))
  index.add('bob', bound('2', '3'))
  t.same(find('1'), [['ann']])
  t.same(find('2', '4'), [['ann', 'bob']])
  t.same(find('1', '3'), [['ann'], ['bob']])
  t.same(find('4'), [])
  index.remove('ann', bound('1', '2', '1'))
  t.same(find('1', '2'), [['bob']])
  index.remove('bob', bound('2', '3'))
  t.same(find('1', '2', '3'), [])
  t.end()
})
