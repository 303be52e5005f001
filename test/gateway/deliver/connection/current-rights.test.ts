import { test } from 'tap'
import type { KnownUsers } from '#gateway/control/known-user.js'
import { CurrentRights } from '#gateway/deliver/connection/current-rights.js'
import { parsePolicy } from '#policy/role-policy.js'
import { throwFault } from '../../../support/gateway/throw-fault.js'

const policy = parsePolicy(
  '{"roles":{"one":[{"action":"read","subject":"order","fields":["**"],"conditions":{"region":"${user.region}"}}]}}',
)

test('what is known of a user counts from when it is read anew, and nothing is shown where nothing can be known', async (t) => {
  let region: string | undefined = 'eu'
  const users: Pick<KnownUsers, 'userOf'> = { userOf: ({ roles }) => (region === undefined ? undefined : { roles, claims: { region } }) }
  const rights = new CurrentRights({ current: policy }, { sub: 'ann', roles: ['one'], claims: {} }, throwFault, users)
  const keys = ['eu', 'us'].map((one) => policy.rightsOf(['one'], { region: one }).audienceOf('order')!.key)
  const key = () => rights.audienceOf('order')?.key
  t.equal(key(), keys[0])
  region = 'us'
  t.equal(key(), keys[0])
  rights.readAnew()
  t.equal(key(), keys[1])
  t.notOk(rights.areAsBefore('order'))
  region = undefined
  rights.readAnew()
  t.equal(key(), undefined)
  t.equal(rights.audienceUnder(rights.lastTold, 'order')?.key, keys[0], 'the rights that the client was told of last')
})
