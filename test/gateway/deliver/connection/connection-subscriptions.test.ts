import { deepStrictEqual } from 'node:assert'
import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import type { EntityUpdate } from '#gateway/authorize/entity-update.js'
import { ConnectionSubscriptions } from '#gateway/deliver/connection/connection-subscriptions.js'
import type { Subscription } from '#gateway/deliver/connection/subscription.js'
import { SubscriptionQuota } from '#gateway/deliver/connection/subscription-quota.js'
import { Meter } from '#gateway/observe/meter.js'
import { noWish } from '../../../support/gateway/fake-client.js'
import { fakeRights, lastingRights } from '../../../support/gateway/fake-rights.js'

const anyStep = fc.record({
  act: fc.constantFrom('add', 'remove', 'deliver'),
  entityId: fc.constantFrom('o-1', 'o-2', 'o-3'),
  entityType: fc.constantFrom(undefined, 'order', 'invoice'),
})

test('keeps what a connection has subscribed to, whatever comes and goes in whichever order', async (t) => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 100, size: 'max' }), (steps) => {
      const listed = new Set<Subscription>()
      let staying: string | undefined
      const meter = new Meter()
      const subscriptions = new ConnectionSubscriptions(
        {
          add: (subscription) => listed.add(subscription),
          remove: (subscription) => {
            listed.delete(subscription)
            if (staying !== undefined)
              deepStrictEqual(
                [...listed].some(({ entityId }) => entityId === staying),
                true,
                'listed throughout',
              )
          },
          regroupAmid: (_subscriptions, change) => change(),
          noteCompared: () => undefined,
        },
        {
          identity: { sub: 'a' },
          audienceOf: () => undefined,
          rights: lastingRights(fakeRights([])),
          frameFor: () => undefined as never,
          leavesOut: () => false,
          tell: () => undefined,
          fail: () => undefined,
        },
        new SubscriptionQuota({ subscriptionsMax: 10, collectionsMax: 10, subscriptionsTotalMax: 100 }, meter),
      )
      const wanted = new Set<string>()
      const sent = new Set<string>()
      for (const { act, entityId, entityType } of steps) {
        const name = nameOf(entityId, entityType)
        deepStrictEqual(subscriptions.has(entityId, entityType), wanted.has(name))
        if (act === 'add') {
          const options = { ...noWish }
          subscriptions.put(entityId, entityType, options)
          const holder = [...subscriptions.all()].find((one) => one.entityId === entityId && one.entityType === entityType)
          deepStrictEqual(holder?.options === options, true, 'a further request replaces what was wished')
          wanted.add(name)
        } else if (act === 'remove') {
          const wasWanted = wanted.delete(name)
          const isLast = ![...wanted].some((one) => one.startsWith(`${entityId} `))
          staying = isLast ? undefined : entityId
          deepStrictEqual(subscriptions.remove(entityId, entityType), wasWanted)
          staying = undefined
          if (isLast) sent.delete(entityId)
        } else {
          const subscription = [...listed].find((one) => one.entityId === entityId)
          subscription?.deliver(updateOf('order'))
          if (subscription !== undefined) sent.add(entityId)
        }
        deepStrictEqual(subscriptions.size, wanted.size)
        deepStrictEqual(namesOf(subscriptions.all()), [...wanted].sort())
        deepStrictEqual(namesOf(listed), [...wanted].filter((one) => !isCovered(one, wanted)).sort(), 'no event reaches it twice')
        for (const one of listed)
          deepStrictEqual(one.wasSent('order'), sent.has(one.entityId), 'forgotten with the last subscription to it')
      }
      subscriptions.clear()
      deepStrictEqual([listed.size, subscriptions.size, namesOf(subscriptions.all())], [0, 0, []])
    }),
  )
  t.pass()
})

function nameOf(entityId: string, entityType: string | undefined): string {
  return `${entityId} ${entityType ?? '*'}`
}

function namesOf(subscriptions: Iterable<Subscription>): string[] {
  return [...subscriptions].map(({ entityId, entityType }) => nameOf(entityId, entityType)).sort()
}

/** One without a type stands for those with one. */
function isCovered(name: string, wanted: ReadonlySet<string>): boolean {
  const [entityId, entityType] = name.split(' ')
  return entityType !== '*' && wanted.has(`${entityId} *`)
}

function updateOf(entityType: string): EntityUpdate {
  return { entityType, event: { operation: 'update' } } as unknown as EntityUpdate
}
