import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'tap'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { AudienceGroups, ungroupedMax } from '#gateway/route/audience-groups.js'
import type { AudienceGroup } from '#policy/audience/grouping.js'
import type { Audience } from '#policy/rights.js'
import { BadRecordError } from '#errors.js'
import { fakeAudience, fakeEvent } from '../../support/gateway/fake-rights.js'

function fail(): never {
  throw new Error('as asked')
}

/** The audience that the event's entity id names is a candidate; of `unknown` the index cannot tell. */
class OwnerGroup implements AudienceGroup {
  indexes = 0
  readonly indexed = new Set<Audience>()
  /** The key with which the index cannot do anything. */
  hostile = ''

  newIndex() {
    this.indexes++
    this.indexed.clear()
    const candidatesOf = ({ entityId }: ChangeEvent) =>
      entityId === 'unknown'
        ? undefined
        : entityId === 'failing'
          ? fail()
          : new Set([...this.indexed].filter(({ key }) => key === entityId))
    const usable = (one: Audience) => {
      if (one.key === this.hostile) throw new Error(one.key)
      return one
    }
    const add = (one: Audience) => void this.indexed.add(usable(one))
    return { add, remove: (one: Audience) => void this.indexed.delete(usable(one)), candidatesOf }
  }
}

class Subscribed {
  readonly membersOf = new Map<Audience, { readonly audience: Audience }>()
  readonly noted: unknown[] = []
  readonly groups = new AudienceGroups(this.membersOf, (error) => void this.noted.push(error))

  add(group: AudienceGroup | undefined, ...names: string[]): Audience[] {
    return names.map((name) => {
      const audience = { ...fakeAudience('order'), key: name, group }
      this.membersOf.set(audience, { audience })
      this.groups.add(audience)
      return audience
    })
  }

  remove(audience: Audience): void {
    this.membersOf.delete(audience)
    this.groups.remove(audience)
  }

  /** For how many audiences each speaks that has to be judged. */
  judged(entityId: string): Record<string, number> {
    const alike = Array.from(this.groups.alikeFor(fakeEvent({ entityId })), (members) => [...members].map(({ audience }) => audience))
    const everybody = alike.flat().map(({ key }) => key)
    const expected = [...this.membersOf.keys()].map(({ key }) => key)
    if (everybody.sort().join() !== expected.sort().join()) throw new Error(`${everybody.join()} instead of ${expected.join()}`)
    return Object.fromEntries(alike.map((all) => [all[0]!.key, all.length]))
  }
}

const names = Array.from({ length: ungroupedMax + 1 }, (_, number) => String(number))

test('judges the candidates, and one of the others for all of them', (t) => {
  const subscribed = new Subscribed()
  subscribed.add(new OwnerGroup(), ...names)
  t.same(subscribed.judged('5'), { 5: 1, 0: ungroupedMax })
  t.same(subscribed.judged('0'), { 0: 1, 1: ungroupedMax })
  t.same(subscribed.judged('nobody'), { 0: ungroupedMax + 1 })
  t.end()
})

test('judges each audience where the index cannot tell, and those that have no group or few beside them', (t) => {
  const subscribed = new Subscribed()
  const few = new OwnerGroup()
  subscribed.add(new OwnerGroup(), ...names)
  subscribed.add(undefined, 'single', 'alone')
  subscribed.add(few, 'x', 'y')
  const others = { single: 1, alone: 1, x: 1, y: 1 }
  t.same(subscribed.judged('nobody'), { ...others, 0: ungroupedMax + 1 })
  t.same(subscribed.judged('unknown'), { ...others, ...Object.fromEntries(names.map((name) => [name, 1])) })
  t.equal(few.indexes, 0)
  t.end()
})

test('keeps the index as audiences come and go, while there are many', (t) => {
  const subscribed = new Subscribed()
  const group = new OwnerGroup()
  const [first, second] = subscribed.add(group, ...names)
  subscribed.judged('nobody')
  subscribed.add(group, 'late')
  t.same(subscribed.judged('late'), { late: 1, 0: ungroupedMax + 1 })
  subscribed.remove(first!)
  t.same(subscribed.judged('0'), { 1: ungroupedMax + 1 })
  t.equal(group.indexes, 1)
  t.equal(group.indexed.size, ungroupedMax + 1)
  subscribed.remove(second!)
  t.equal(Object.keys(subscribed.judged('nobody')).length, ungroupedMax, 'few again')
  subscribed.add(group, 'another')
  t.same(subscribed.judged('another'), { another: 1, 2: ungroupedMax })
  t.equal(group.indexes, 2, 'no index was kept of the few')
  t.end()
})

test('forgets a group of which nobody is left', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const subscribed = new Subscribed()
  const come = () => subscribed.add(new OwnerGroup(), ...names)
  const left = new WeakRef(come().map((audience) => (subscribed.remove(audience), audience.group!))[0]!)
  while (left.deref() !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    collect()
  }
  t.same(subscribed.judged('0'), {})
})

test('an audience that cannot be indexed is judged with each event, and the others are found as before', (t) => {
  const subscribed = new Subscribed()
  const group = new OwnerGroup()
  group.hostile = '3'
  const before = subscribed.add(group, ...names)
  t.same(subscribed.judged('5'), { 3: 1, 5: 1, 0: ungroupedMax - 1 })
  const [late] = subscribed.add(group, 'late')
  t.same(subscribed.judged('late'), { 3: 1, late: 1, 0: ungroupedMax })
  subscribed.remove(before[3]!)
  t.same(subscribed.judged('nobody'), { 0: ungroupedMax + 1 })
  t.equal(subscribed.noted.length, 1)
  group.hostile = 'late'
  subscribed.add(group, 'another')
  subscribed.remove(late!)
  t.same(subscribed.judged('another'), { another: 1, 0: ungroupedMax }, 'nor is one found that could not be taken out of the index')
  t.equal(subscribed.noted.length, 2)
  t.end()
})

test('judges each audience where the index fails, but where the event cannot be read', (t) => {
  const subscribed = new Subscribed()
  subscribed.add(new OwnerGroup(), ...names)
  t.same(subscribed.judged('failing'), Object.fromEntries(names.map((name) => [name, 1])))
  t.equal(subscribed.noted.length, 1)
  const unreadable = () => {
    throw new BadRecordError('truncated')
  }
  const none = () => undefined
  subscribed.add({ newIndex: () => ({ add: none, remove: none, candidatesOf: unreadable }) }, ...names)
  t.throws(() => subscribed.judged('nobody'), BadRecordError)
  t.end()
})
