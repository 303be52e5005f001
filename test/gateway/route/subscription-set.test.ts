import { test } from 'tap'
import { SubscriptionSet } from '#gateway/route/subscription-set.js'
import { fc } from '../../support/running/seeded-properties.js'

const members = [{ n: 0 }, { n: 1 }, { n: 2 }]

test('holds what a plain set holds, in the order in which it came', async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('add', 'delete'), fc.nat(2)))
  fc.assert(
    fc.property(steps, (all) => {
      const [set, plain] = [new SubscriptionSet<{ n: number }>(), new Set<{ n: number }>()]
      for (const [step, index] of all) {
        const member = members[index]!
        if (step === 'add') {
          set.add(member)
          plain.add(member)
        } else if (set.delete(member) !== plain.delete(member)) return false
      }
      return set.isEmpty === (plain.size === 0) && JSON.stringify([...set]) === JSON.stringify([...plain])
    }),
  )
})

test('may change while it is gone through', async (t) => {
  for (const some of [members.slice(0, 1), members]) {
    const set = new SubscriptionSet<{ n: number }>()
    for (const member of some) set.add(member)
    const seen: number[] = []
    for (const member of set) {
      seen.push(member.n)
      set.delete(member)
    }
    t.same(
      seen,
      some.map(({ n }) => n),
    )
    t.ok(set.isEmpty)
  }
})
