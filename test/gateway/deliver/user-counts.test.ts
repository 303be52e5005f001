import { test } from 'tap'
import { UserCounts } from '#gateway/deliver/user-counts.js'
import { fc } from '../../support/running/seeded-properties.js'

test('counts as a list would, of each user and together', async () => {
  const sub = fc.constantFrom('a', 'b', '__proto__')
  fc.assert(
    fc.property(fc.array(fc.tuple(sub, fc.boolean()), { maxLength: 50 }), (steps) => {
      const [counts, present] = [new UserCounts(), [] as string[]]
      for (const [user, comes] of steps) {
        if (comes) counts.add(user)
        else if (present.includes(user)) counts.remove(user)
        if (comes) present.push(user)
        else if (present.includes(user)) present.splice(present.indexOf(user), 1)
      }
      if (counts.total !== present.length) throw new Error('together')
      for (const user of ['a', 'b', '__proto__', 'never'])
        if (counts.of(user) !== present.filter((one) => one === user).length) throw new Error(user)
    }),
  )
})
