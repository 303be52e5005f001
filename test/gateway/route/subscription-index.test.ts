import { deepStrictEqual } from 'node:assert'
import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import type { Routable } from '#gateway/route/entity-audiences.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import { fakeAudience } from '../../support/gateway/fake-rights.js'
import { throwFault } from '../../support/gateway/throw-fault.js'

interface TestSubscription extends Routable {
  readonly number: number
}

const audiencesByName = new Map(['all', 'support', 'finance', 'x', 'y'].map((name) => [name, { ...fakeAudience('order'), key: name }]))

function subscription(
  number: number,
  entityId: string,
  entityType?: string,
  audiences: Record<string, string> = { order: 'all', parcel: 'all' },
): TestSubscription {
  return {
    number,
    owner: String(number),
    sentTimes: new SentTimes(),
    entityId,
    entityType,
    audienceOf: (type) => audiencesByName.get(audiences[type] ?? ''),
  }
}

function numbersOf(index: SubscriptionIndex<TestSubscription>, entityType: string, entityId: string): Record<string, number[]> {
  const found = index.audiencesOf(entityType, entityId)?.all() ?? []
  return Object.fromEntries([...found].map((members) => [members.audience.key, [...members].map(({ number }) => number).sort()]))
}

test('groups the subscriptions to an entity by audience', async (t) => {
  const index = new SubscriptionIndex<TestSubscription>(throwFault)
  index.add(subscription(1, 'a', 'order', { order: 'support' }))
  index.add(subscription(2, 'a', undefined, { order: 'finance' }))
  index.add(subscription(3, 'a', undefined, { order: 'support' }))
  t.same(numbersOf(index, 'order', 'a'), { support: [1, 3], finance: [2] })
})

test('knows nobody for an entity that nobody subscribed to', async (t) => {
  const index = new SubscriptionIndex<TestSubscription>(throwFault)
  index.add(subscription(1, 'a'))
  t.equal(index.audiencesOf('order', 'b'), undefined)
})

test('leaves out a subscription whose rights show nothing of the type', async (t) => {
  const index = new SubscriptionIndex<TestSubscription>(throwFault)
  index.add(subscription(1, 'a', undefined, { parcel: 'all' }))
  t.equal(index.audiencesOf('order', 'a'), undefined)
  t.same(numbersOf(index, 'parcel', 'a'), { all: [1] })
})

type Step = readonly [adds: boolean, number: number, look: string]

/** What a plain list of subscriptions would find. */
function expectedIn(listed: Iterable<TestSubscription>, entityType: string, entityId: string): Record<string, number[]> {
  const expected: Record<string, number[]> = {}
  for (const one of listed) {
    const audience = one.audienceOf(entityType)?.key
    const matches = one.entityId === entityId && (one.entityType ?? entityType) === entityType
    if (matches && audience !== undefined) (expected[audience] ??= []).push(one.number)
  }
  for (const numbers of Object.values(expected)) numbers.sort()
  return expected
}

test('finds what a plain list of subscriptions would find, after any additions and removals', async (t) => {
  const step: fc.Arbitrary<Step> = fc.tuple(fc.boolean(), fc.nat(7), fc.constantFrom('order', 'parcel'))
  const audiencesOf = [{ order: 'x', parcel: 'x' }, { order: 'y', parcel: 'x' }, { parcel: 'y' }]
  const all = Array.from({ length: 8 }, (_, n) => {
    return subscription(n, n % 2 ? 'a' : 'b', [undefined, 'order', 'parcel'][n % 3], audiencesOf[(n >> 1) % 3])
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = new SubscriptionIndex<TestSubscription>(throwFault)
      const listed = new Set<TestSubscription>()
      for (const [adds, number, look] of steps) {
        const one = all[number]!
        if (!adds) index.remove(one)
        else if (!listed.has(one)) index.add(one)
        if (adds) listed.add(one)
        else listed.delete(one)
        for (const id of ['a', 'b']) deepStrictEqual(numbersOf(index, look, id), expectedIn(listed, look, id))
      }
    }),
  )
  t.pass()
})

test('a subscription whose rights cannot be worked out gets nothing, and keeps nobody else from theirs', async (t) => {
  const noted: string[] = []
  const index = new SubscriptionIndex<TestSubscription>((at, type) => void noted.push(`${at} ${type}`))
  let fails = true
  const hostile: TestSubscription = {
    ...subscription(0, 'a'),
    audienceOf: (type) => {
      if (fails) throw new Error('as asked')
      return audiencesByName.get(type === 'order' ? 'x' : 'y')
    },
  }
  index.add(hostile)
  index.add(subscription(1, 'a'))
  t.same(numbersOf(index, 'order', 'a'), { all: [1] })
  t.same(noted, ['rights order'])
  fails = false
  index.regroup()
  t.same(numbersOf(index, 'order', 'a'), { x: [0], all: [1] })
  fails = true
  index.remove(hostile)
  t.same(numbersOf(index, 'order', 'a'), { all: [1] }, 'and is found when it leaves')
})

test('says once whose page has yet to be compared, and of nobody who was compared or has left', (t) => {
  const index = new SubscriptionIndex<TestSubscription>(throwFault)
  const [first, compared, left, other] = [1, 2, 3, 4].map((number) => subscription(number, 'a'))
  const all = [first!, compared!, left!, other!]
  for (const one of all) index.add(one)
  const taken = () => [...index.takePerhapsChanged('a')].map(({ number }) => number)
  index.regroupAmid(all.slice(0, 3), () => undefined)
  index.noteCompared([compared!])
  index.remove(left!)
  t.same([taken(), taken()], [[1], []])
  index.regroupAmid([first!], () => undefined)
  index.regroup()
  t.same([taken(), taken()], [[1, 2, 4], []], 'everybody where everybody has other rights')
  t.end()
})
