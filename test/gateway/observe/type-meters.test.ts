import { test } from 'tap'
import { TypeMeters } from '#gateway/observe/type-meters.js'

test('each type has figures of its own, and one that is not known has those of others', async (t) => {
  const types = new TypeMeters()
  types.of('order').routed++
  types.of('customer').routed++
  types.of('order').routed++
  types.of().bad++
  t.same(
    Array.from(types.all(), ([type, { routed, bad }]) => [type, routed, bad]),
    [
      ['order', 2, 0],
      ['customer', 1, 0],
      ['other', 0, 1],
    ],
  )
})

test('a hundred types have figures of their own at most, whatever comes', async (t) => {
  const types = new TypeMeters()
  for (let round = 0; round < 3; round++) for (let n = 0; n < 250; n++) types.of(`type-${n}`).deliveries++
  const all = types.all()
  t.equal(all.size, 101)
  t.same(
    ['type-0', 'type-99', 'other'].map((type) => all.get(type)?.deliveries),
    [3, 3, 450],
  )
  types.of('type-7').deliveries++
  t.equal(all.get('type-7')!.deliveries, 4, 'the first ones keep theirs')
})
