import { test } from 'tap'
import { SubscriptionQuota } from '#gateway/deliver/connection/subscription-quota.js'
import { Meter } from '#gateway/observe/meter.js'

test('refuses what is too much for a connection, for a user and for all', async (t) => {
  const quota = new SubscriptionQuota({ subscriptionsMax: 10, collectionsMax: 10, subscriptionsTotalMax: 3_000 }, new Meter())
  t.equal(quota.limitReached('ann', 9), undefined)
  t.equal(quota.limitReached('ann', 10), 'too_many_subscriptions')
  quota.count('ann', 300)
  t.equal(quota.limitReached('ann', 0), 'too_many_subscriptions_of_user')
  t.equal(quota.limitReached('bob', 0), undefined, 'one user takes no more than a tenth')
  quota.count('ann', -1)
  t.equal(quota.limitReached('ann', 0), undefined)
  for (let user = 0; user < 9; user++) quota.count(`user-${user}`, 300)
  t.equal(quota.limitReached('ann', 0), undefined)
  quota.count('ann', 1)
  t.equal(quota.limitReached('bob', 0), 'too_many_subscriptions_of_all')
  quota.count('user-0', -300)
  t.equal(quota.limitReached('bob', 0), undefined)
})

test('ten connections that are full are allowed to everybody, as far as that is no more than half of all', async (t) => {
  for (const [subscriptionsTotalMax, ofUser] of [
    [300, 100],
    [200, 100],
    [100, 50],
    [3, 1],
  ] as const) {
    const quota = new SubscriptionQuota({ subscriptionsMax: 10, collectionsMax: 10, subscriptionsTotalMax }, new Meter())
    quota.count('ann', ofUser - 1)
    t.equal(quota.limitReached('ann', 0), undefined)
    quota.count('ann', 1)
    t.equal(quota.limitReached('ann', 0), 'too_many_subscriptions_of_user')
    t.equal(quota.limitReached('bob', 0), undefined, 'the others have the rest')
  }
})

test('where there is one for all, somebody may have it', async (t) => {
  const quota = new SubscriptionQuota({ subscriptionsMax: 10, collectionsMax: 10, subscriptionsTotalMax: 1 }, new Meter())
  t.equal(quota.limitReached('ann', 0), undefined)
})

test('a user has as many collections as ten full connections have, whichever connections have them', async (t) => {
  const meter = new Meter()
  const quota = new SubscriptionQuota({ subscriptionsMax: 100, collectionsMax: 3, subscriptionsTotalMax: 10_000 }, meter)
  for (let collection = 0; collection < 29; collection++) quota.addCollection('ann')
  t.equal(quota.collectionLimitReached('ann', 2, 0), undefined)
  t.equal(quota.collectionLimitReached('ann', 3, 0), 'too_many_collections')
  t.equal(quota.collectionLimitReached('ann', 0, 100), 'too_many_subscriptions')
  quota.addCollection('ann')
  t.equal(quota.collectionLimitReached('ann', 0, 0), 'too_many_collections')
  t.equal(quota.collectionLimitReached('bob', 0, 0), undefined)
  quota.removeCollection('ann')
  t.equal(quota.collectionLimitReached('ann', 0, 0), undefined)
  t.same([meter.collections, meter.subscriptions], [29, 29])
  const none = new SubscriptionQuota({ subscriptionsMax: 100, collectionsMax: 0, subscriptionsTotalMax: 10_000 }, meter)
  t.equal(none.collectionLimitReached('ann', 0, 0), 'too_many_collections')
})
