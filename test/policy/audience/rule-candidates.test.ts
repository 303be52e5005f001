import { test } from 'tap'
import type { RuleAudience } from '#policy/audience/rule-audience.js'
import type { Audience } from '#policy/rights.js'
import { parsePolicy } from '#policy/role-policy.js'
import { BadRecordError } from '#errors.js'
import type { CandidateIndex } from '#policy/audience/grouping.js'
import { orderEvent, policyText, type ShortRule } from '../../support/values/order.js'

const users = ['ann', 'bob', 'cid', 'dan', 'eve']

/** The names of the candidates among `users`, whose claim `region` is `eu`; undefined where the index cannot tell. */
function candidatesOf(rules: readonly ShortRule[], data: Parameters<typeof orderEvent>[0] = { owner: 'ann' }): string[] | undefined {
  const { index, nameOf } = indexed(rules)
  const candidates = index.candidatesOf(orderEvent(data))
  return candidates && [...candidates].map((audience) => nameOf.get(audience)!)
}

function indexed(rules: readonly ShortRule[]): { index: CandidateIndex; nameOf: Map<Audience, string> } {
  const policy = parsePolicy(policyText({ some: rules }))
  const nameOf = new Map(users.map((sub) => [policy.rightsOf(['some'], { sub, region: 'eu' }).audienceOf('order')!, sub]))
  const index = [...nameOf.keys()][0]!.group!.newIndex()
  for (const audience of nameOf.keys()) index.add(audience)
  return { index, nameOf }
}

const own = { owner: '${user.sub}' }

test('finds those whose claims the event holds', (t) => {
  t.same(candidatesOf([{ show: ['id'], when: own }]), ['ann'])
  t.same(candidatesOf([{ show: ['id'] }, { hide: ['id'], when: own }]), ['ann'])
  t.same(candidatesOf([{ show: ['id'], when: own }], { owner: null }), [])
  t.same(candidatesOf([{ show: ['id'], when: { ...own, total: { $gt: 100 } } }]), ['ann'], 'too many are no harm')
  t.end()
})

test('finds those whom any of several conditions may single out', (t) => {
  const rules: ShortRule[] = [
    { show: ['id'], when: own },
    { show: ['total'], when: { 'items.sku': '${user.sub}' } },
    { show: ['region'], when: own },
  ]
  t.same(candidatesOf(rules, { owner: 'ann', items: [{ sku: 'cid', price: '1' }] }), ['ann', 'cid'])
  t.end()
})

test('goes by what fewest ask for, where a condition asks for several claims', (t) => {
  t.same(candidatesOf([{ show: ['id'], when: { region: '${user.region}', ...own } }]), ['ann'])
  t.same(candidatesOf([{ show: ['id'], when: { ...own, region: '${user.region}' } }]), ['ann'])
  t.end()
})

test('cannot tell where most are singled out, as looking them up would be for nothing', (t) => {
  t.equal(
    candidatesOf([
      { show: ['id'], when: { region: '${user.region}' } },
      { show: ['total'], when: own },
    ]),
    undefined,
  )
  t.same(
    candidatesOf(
      [
        { show: ['id'], when: { region: '${user.region}' } },
        { show: ['total'], when: own },
      ],
      { region: 'us' },
    ),
    [],
  )
  t.end()
})

test('cannot tell where a condition with claims can hold for anybody', (t) => {
  const either = { $or: [own, { id: 'a' }] }
  t.equal(
    candidatesOf([
      { show: ['id'], when: own },
      { show: ['total'], when: either },
    ]),
    undefined,
  )
  t.same(
    candidatesOf([
      { show: ['id'], when: own },
      { show: ['nothing'], when: either },
    ]),
    ['ann'],
    'unless it decides nothing',
  )
  t.same(
    candidatesOf([
      { show: ['id'], when: own },
      { show: ['total'], when: { id: 'order-1' } },
    ]),
    ['ann'],
    'or has no claims in it',
  )
  const { index } = indexed([{ show: ['id'], when: own }])
  t.equal(index.candidatesOf({ ...orderEvent(), data: null }), undefined)
  t.end()
})

test('forgets an audience that has gone', (t) => {
  const { index, nameOf } = indexed([{ show: ['id'], when: own }])
  for (const [audience, name] of nameOf) if (name === 'ann') index.remove(audience)
  t.equal(index.candidatesOf(orderEvent({ owner: 'ann' }))?.size, 0)
  t.equal(index.candidatesOf(orderEvent({ owner: 'bob' }))?.size, 1)
  t.end()
})

test('fails where the event cannot be read', (t) => {
  const event = orderEvent()
  const { index } = indexed([{ show: ['id'], when: own }])
  t.throws(() => index.candidatesOf({ ...event, data: { ...event.data!, bytes: event.data!.bytes.subarray(0, 4) } }), BadRecordError)
  t.end()
})

test('takes an audience in wholly or not at all', (t) => {
  const { index, nameOf } = indexed([
    { show: ['id'], when: own },
    { show: ['total'], when: { 'items.sku': '${user.sub}' } },
  ])
  const [ann, bob] = [...nameOf.keys()] as RuleAudience[]
  index.remove(ann!)
  ann!.conditions[1]!.literalsAt = () => {
    throw new Error('as asked')
  }
  t.throws(() => index.add(ann!), /as asked/)
  t.equal(index.candidatesOf(orderEvent({ owner: 'ann' }))?.size, 0)
  t.same([...index.candidatesOf(orderEvent({ owner: 'bob' }))!], [bob])
  t.end()
})
