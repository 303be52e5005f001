import { test } from 'tap'
import { audienceOf, orderEvent, orderSchema, visible, type ShortRule } from '../../support/values/order.js'

const inEu = { region: 'eu' }

test('says whether some leaf can be visible, and whether one always is', (t) => {
  const cases: [rules: ShortRule[], sometimes: boolean, always: boolean][] = [
    [[{ show: ['id'] }], true, true],
    [[{ show: ['id'], when: inEu }], true, false],
    [[{ show: ['nothing'] }], false, false],
    [[{ show: ['id'] }, { hide: ['**'] }], false, false],
    [[{ show: ['id'] }, { hide: ['id'], when: inEu }], true, false],
    [[{ show: ['id'] }, { hide: ['id'], when: inEu }, { show: ['id'], when: { total: 1 } }], true, false],
    [
      [
        { show: ['id'], when: inEu },
        { hide: ['id'], when: inEu },
      ],
      false,
      false,
    ],
    [[{ hide: ['id'], when: inEu }, { show: ['id'] }], true, true],
    [[{ show: ['id'] }, { show: ['id'], when: inEu }], true, true],
    [[{ show: ['id', 'total'] }, { hide: ['id'], when: inEu }], true, true],
  ]
  for (const [rules, sometimes, always] of cases) {
    const audience = audienceOf(rules)!
    t.equal(audience.canReadSomeOf(orderSchema), sometimes, JSON.stringify(rules))
    t.equal(audience.canAlwaysReadSomeOf(orderSchema), always, JSON.stringify(rules))
  }
  t.end()
})

test('lets a later rule win, leaf by leaf', (t) => {
  const rules: ShortRule[] = [
    { show: ['id', 'address', 'items'] },
    { hide: ['tag:PII', 'items.price'] },
    { show: ['address.city'], when: inEu },
  ]
  t.same(visible(audienceOf(rules), orderEvent()), { id: 'order-1', address: { city: 'Bonn', geo: { lat: 50.7 } }, items: [{ sku: 'a' }] })
  t.same(visible(audienceOf(rules), orderEvent({ region: 'us' })), {
    id: 'order-1',
    address: { geo: { lat: 50.7 } },
    items: [{ sku: 'a' }],
  })
  t.end()
})

test('judges each event by its own data', (t) => {
  const audience = audienceOf([{ show: ['id'], when: inEu }])
  for (const region of ['eu', 'us', 'eu', 'us']) t.equal(visible(audience, orderEvent({ region })) !== undefined, region === 'eu')
  t.end()
})

test('shows nothing of an event without data', (t) => {
  t.equal(audienceOf([{ show: ['**'] }])?.maskOf({ data: null }), undefined)
  t.end()
})

test('matches records inside arrays', (t) => {
  const audience = audienceOf([{ show: ['id'], when: { items: { $elemMatch: { sku: 'a', price: { $ne: '1.00' } } } } }])
  t.equal(
    visible(
      audience,
      orderEvent({
        items: [
          { sku: 'a', price: '1.00' },
          { sku: 'b', price: '2.00' },
        ],
      }),
    ),
    undefined,
  )
  t.same(visible(audience, orderEvent({ items: [{ sku: 'a', price: '2.00' }] })), { id: 'order-1' })
  t.end()
})

test('keeps deciding rightly when more outcomes occur than it remembers', (t) => {
  const ids = Array.from({ length: 700 }, (_, i) => `${(i * 1237) % 4096}`)
  // 12 conditions, one for each bit of the id: on the way to 700 outcomes there are more than 2048 steps.
  const bits = Array.from({ length: 12 }, (_, bit) => ids.filter((id) => (Number(id) >> bit) % 2 === 1))
  const fields = ['total', 'region', 'owner', 'address', 'items']
  const rules = bits.map((some, bit): ShortRule => ({ show: [fields[bit % fields.length]!], when: { id: { $in: some } } }))
  const audience = audienceOf(rules)!
  for (const id of [...ids, ...ids.slice(0, 10)]) {
    const names = new Set(bits.flatMap((some, bit) => (some.includes(id) ? [fields[bit % fields.length]!] : [])))
    const seen = visible(audience, orderEvent({ id })) ?? {}
    if (Object.keys(seen).sort().join() !== [...names].sort().join()) t.fail(`order ${id}`)
  }
  t.end()
})
