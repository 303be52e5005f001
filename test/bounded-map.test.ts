import { test } from 'tap'
import { BoundedMap } from '#bounded-map.js'

test('forgets the entry that was set longest ago when there are too many', async (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('c', 3)
  t.same([...map], [['b', 2], ['c', 3]]) // prettier-ignore
})

test('a key that is set anew is the newest, and makes nobody leave', async (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('a', 3)
  t.same([...map], [['b', 2], ['a', 3]]) // prettier-ignore
  map.set('c', 4)
  t.same([...map.keys()], ['a', 'c'])
})
