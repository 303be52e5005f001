import { test } from 'tap'
import { askingRole, expectedWithOwners, ordersOf, ownedBy } from '../../../bench/workload/collection-policy.js'
import { firstSequence } from '../../../bench/workload/order.js'

test('gives each order to one owner, in turn', async (t) => {
  t.same(ordersOf(1, 4, 10), [1, 5, 9])
  t.same(ordersOf(3, 4, 10), [3, 7])
  t.same(ordersOf(5, 20, 3), [])
})

test('shows an owner what the filter of that owner asks for', async (t) => {
  for (const entity of ordersOf(1, 4, 10)) t.match(expectedWithOwners(4)(askingRole, entity, firstSequence), ownedBy(1))
})
