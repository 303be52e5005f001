import { test } from 'tap'
import { Memberships } from '../../../bench/workload/memberships.js'
import { orderOf } from '../../../bench/workload/order.js'

const regionIn = ({ value }: { readonly value: string }) => (JSON.parse(value) as { readonly region: string }).region

test('has each user in a region of their own, until they move', async (t) => {
  const memberships = new Memberships()
  t.same(memberships.records([1, 2]).map(regionIn), ['region-1', 'region-2'])
  memberships.move([2, 3])
  t.same(memberships.records([1, 2]).map(regionIn), ['region-1', orderOf(0, 0).region])
  t.equal(memberships.membersAmong([1, 2]), 1)
  memberships.move([2])
  t.same(memberships.records([2]).map(regionIn), ['region-2'])
  t.equal(memberships.membersAmong([1, 2, 3]), 1)
})

test('writes claims of the size that is said', async (t) => {
  for (const { value } of new Memberships().records([0, 99_999])) t.ok(value.length > 200 && value.length < 300, `${value.length} B`)
})
