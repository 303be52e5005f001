import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { Claims } from '#policy/rights.js'
import { AudienceTable, RoleRights } from '#policy/audience/role-rights.js'
import { audienceOf, orderEvent, orderSchema, policyText, visible, type ShortRule } from '../../support/values/order.js'

const ownOrders: ShortRule[] = [{ show: ['id'] }, { show: ['total'], when: { owner: '${user.sub}' } }]

test('fills claims in', (t) => {
  const event = orderEvent({ owner: 'ann' })
  t.same(visible(audienceOf(ownOrders, { sub: 'ann' }), event), { id: 'order-1', total: 10 })
  t.same(visible(audienceOf(ownOrders, { sub: 'bob' }), event), { id: 'order-1' })
  const listed: ShortRule[] = [{ show: ['id'], when: { region: { $in: '${user.regions}' } } }]
  t.same(visible(audienceOf(listed, { regions: ['us', 'eu'] }), event), { id: 'order-1' })
  t.same(visible(audienceOf(listed, { regions: 'eu' }), event), { id: 'order-1' })
  t.same(visible(audienceOf(listed, { regions: [] }), event), undefined)
  t.end()
})

test('where the token lacks a claim, shows nothing by the rule and hides by it without condition', (t) => {
  const hiding: ShortRule[] = [{ show: ['id', 'total'] }, { hide: ['total'], when: { region: '${user.region}' } }]
  const lacking: Claims[] = [
    {},
    { region: null },
    { region: { $ne: null } },
    { region: ['eu'] },
    { region: 2 ** 60 },
    { region: Infinity },
    { region: { toString: 'eu' } },
  ]
  for (const claims of lacking) {
    t.same(visible(audienceOf(hiding, claims), orderEvent()), { id: 'order-1' }, JSON.stringify(claims))
    t.equal(audienceOf([{ show: ['**'], when: { region: '${user.region}' } }], claims), undefined)
  }
  t.same(visible(audienceOf(hiding, { region: 'us' }), orderEvent()), { id: 'order-1', total: 10 })
  t.end()
})

test('counts a list that holds anything but scalars as lacking', (t) => {
  const rules: ShortRule[] = [{ show: ['id'] }, { hide: ['id'], when: { region: { $nin: '${user.regions}' } } }]
  t.same(visible(audienceOf(rules, { regions: ['eu'] }), orderEvent()), { id: 'order-1' })
  for (const regions of [
    ['eu', { $ne: 1 }],
    ['eu', ['eu']],
    ['eu', null],
    ['eu', 2 ** 60],
  ]) {
    t.equal(visible(audienceOf(rules, { regions }), orderEvent()), undefined, JSON.stringify(regions))
  }
  t.end()
})

test('takes no claim for more than a value', (t) => {
  const shown = (region: unknown) =>
    visible(audienceOf([{ show: ['id'], when: { region: '${user.region}' } }], { region, other: 'eu' }), orderEvent())
  for (const region of [
    '${user.other}',
    '$ne',
    '*',
    '**',
    '^e',
    '^(a+)+$',
    '__proto__',
    'EU',
    ['eu'],
    { $in: ['eu'] },
    { $regex: '.*' },
    true,
    0,
  ]) {
    t.equal(shown(region), undefined, JSON.stringify(region))
  }
  t.same(shown('eu'), { id: 'order-1' })
  t.same(
    visible(
      audienceOf([{ show: ['id'], when: { region: '${user.region}' } }], { region: '${user.other}', other: 'us' }),
      orderEvent({ region: '${user.other}' }),
    ),
    { id: 'order-1' },
  )
  t.end()
})

test('reads only claims that the token itself has', (t) => {
  for (const claim of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const rules: ShortRule[] = [{ show: ['id'], when: { region: { $ne: `\${user.${claim}}` } } }]
    t.equal(audienceOf(rules, {}), undefined, claim)
  }
  const named: ShortRule[] = [{ show: ['id'], when: { region: '${user.https://acme.example/region}' } }]
  t.same(visible(audienceOf(named, { 'https://acme.example/region': 'eu' }), orderEvent()), { id: 'order-1' })
  t.end()
})

test('does not order by a claim that has no order', (t) => {
  t.equal(audienceOf([{ show: ['id'], when: { total: { $gte: '${user.min}' } } }], { min: true }), undefined)
  t.same(visible(audienceOf([{ show: ['id'], when: { total: { $gte: '${user.min}' } } }], { min: '9.99' }), orderEvent()), {
    id: 'order-1',
  })
  t.end()
})

test('gives users the same audience exactly when their rules are equal', (t) => {
  const policy = parsePolicy(policyText({ clerk: ownOrders, clone: ownOrders, viewer: [{ show: ['id'] }], empty: [{ hide: ['id'] }] }))
  const audience = (roles: string[], claims = {}) => policy.rightsOf(roles, claims).audienceOf('order')
  const ann = audience(['clerk'], { sub: 'ann', name: 'Ann' })
  t.equal(audience(['clerk'], { sub: 'ann', name: 'Another' }), ann)
  t.equal(audience(['clone'], { sub: 'ann' }), ann)
  t.not(audience(['clerk'], { sub: 'bob' }), ann)
  t.not(audience(['clerk'], { sub: 1 }), audience(['clerk'], { sub: '1' }))
  t.not(audience(['clerk', 'clone'], { sub: 'ann' }), ann)
  t.equal(audience(['clerk'], {}), audience(['viewer'], { sub: 'x' }), 'a rule that does not apply is no rule')
  t.equal(audience(['empty'], {}), undefined)
  const rights = policy.rightsOf(['clerk'], { sub: 'ann' })
  t.equal(rights.audienceOf('order'), rights.audienceOf('order'))
  t.end()
})

test('tells audiences apart by every part of a rule and by the entity type', (t) => {
  const when = { region: 'eu' }
  const last: ShortRule[] = [
    { show: ['total'] },
    { hide: ['total'] },
    { show: ['region'] },
    { show: ['total'], when },
    { hide: ['total'], when },
  ]
  const policy = parsePolicy(policyText(Object.fromEntries(last.map((rule, i) => [`role${i}`, [{ show: ['id'] }, rule]]))))
  const audiences = last.map((_rule, i) => policy.rightsOf([`role${i}`], {}).audienceOf('order'))
  t.equal(new Set(audiences).size, last.length)
  const both = parsePolicy('{"roles":{"some":[{"action":"read","subject":["order","parcel"],"fields":["id"]}]}}').rightsOf(['some'], {})
  t.same([both.audienceOf('order')?.entityType, both.audienceOf('parcel')?.entityType], ['order', 'parcel'])
  t.end()
})

test('shares masks, and so frames, between audiences that see the same', (t) => {
  const policy = parsePolicy(policyText({ clerk: ownOrders, viewer: [{ show: ['id'] }] }))
  const event = orderEvent({ owner: 'ann' })
  const maskOf = (role: string, sub: string) => policy.rightsOf([role], { sub }).audienceOf('order')?.maskOf(event)
  t.equal(maskOf('clerk', 'bob'), maskOf('viewer', 'x'))
  t.not(maskOf('clerk', 'ann'), maskOf('viewer', 'x'))
  t.end()
})

test('forgets the audiences that nobody holds', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const table = new AudienceTable()
  const rules = parsePolicy(policyText({ clerk: ownOrders })).rules
  const held = new RoleRights(rules, { sub: 'held' }, table).audienceOf('order')
  for (let i = 0; i < 1000; i++) new RoleRights(rules, { sub: String(i) }, table).audienceOf('order')?.canReadSomeOf(orderSchema)
  while (table.size > 1) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    collect()
  }
  t.equal(new RoleRights(rules, { sub: 'held' }, table).audienceOf('order'), held)
})
