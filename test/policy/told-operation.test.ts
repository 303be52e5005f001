import { test } from 'tap'
import { operations } from '#entities.js'
import { toldOperation } from '#policy/told-operation.js'

test('an event is told as what happened to what somebody sees', async (t) => {
  for (const own of operations) {
    t.same(
      (['none', 'nothing', 'something'] as const).map((before) => toldOperation(own, before, true)),
      [own, 'create', own],
    )
    t.same(
      (['none', 'nothing', 'something'] as const).map((before) => toldOperation(own, before, false)),
      [undefined, undefined, 'delete'],
    )
  }
})
