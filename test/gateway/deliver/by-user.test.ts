import { test } from 'tap'
import { ByUser } from '#gateway/deliver/by-user.js'
import { fc } from '../../support/running/seeded-properties.js'

test('holds the things of each user, as often as they come and go', async (t) => {
  const things = Array.from({ length: 4 }, (_none, name) => ({ name }))
  const step = fc.record({ sub: fc.constantFrom('a', 'b'), thing: fc.constantFrom(...things), comes: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const [byUser, plainly] = [
        new ByUser<object>(),
        new Map([
          ['a', new Set<object>()],
          ['b', new Set<object>()],
        ]),
      ]
      for (const { sub, thing, comes } of steps) {
        if (comes) plainly.get(sub)!.add(thing)
        else plainly.get(sub)!.delete(thing)
        byUser[comes ? 'add' : 'remove'](sub, thing)
        for (const [one, held] of plainly) {
          const now = byUser.of(one)
          if (byUser.count(one) !== held.size || now.length !== held.size || now.some((each) => !held.has(each))) return false
        }
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass()
})
