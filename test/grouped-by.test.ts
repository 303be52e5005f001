import { test } from 'tap'
import { groupedBy } from '#grouped-by.js'

test('groups by keys in the order of the items, and leaves out those without a key', (t) => {
  const groups = groupedBy([3, 1, 2, 0, 5], (item) => (item === 0 ? undefined : item % 2 === 0))
  t.same(
    [...groups],
    [
      [false, [3, 1, 5]],
      [true, [2]],
    ],
  )
  t.end()
})
