import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { UndecidedNotices } from '#gateway/authorize/undecided-notices.js'
import { Meter } from '#gateway/observe/meter.js'
import { orderEvent, orderSchema, policyText, type ShortRule, visible } from '../../support/values/order.js'
import { type LoggedLine, recordingLog } from '../../support/running/recording-log.js'

function watched(rules: ShortRule[]) {
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const notices = new UndecidedNotices(meter, recordingLog(lines))
  const policy = parsePolicy(policyText({ some: rules }), notices)
  const see = (claims: object) => visible(policy.rightsOf(['some'], { ...claims }).audienceOf('order'), orderEvent())
  return { policy, notices, meter, see, messages: () => lines.map(({ message }) => message) }
}

test('says once a rule and schema what cannot be decided, and what to write instead', async (t) => {
  const { policy, notices, see, messages } = watched([
    { show: ['id'], when: { $or: [{ region: 'eu' }, { regoin: 'eu' }] } },
    { show: ['total'] },
    { hide: ['total'], when: { total: { $gt: 'many' } } },
  ])
  for (let i = 0; i < 3; i++) notices.noteAll(policy.rules, orderSchema)
  t.equal(see({}), undefined)
  t.same(messages(), [
    `The policy's roles.some[0] cannot be decided for "order": its condition asks for "regoin", which is not there, or lies in an array within an array: write the path of a field, through one array or map a step. The rule shows nothing.`,
    `The policy's roles.some[2] cannot be decided for "order": its condition compares "total" with "many", but there is a number: write a number, such as 10 or "10.50". The rule hides what it names, whatever an event holds.`,
  ])
})

test('counts what claims leave undecided, and keeps what they hold to itself', async (t) => {
  const { notices, policy, meter, see, messages } = watched([{ show: ['id'] }, { hide: ['id'], when: { total: '${user.limit}' } }])
  notices.noteAll(policy.rules, orderSchema)
  t.same(messages(), [])
  t.same([see({ limit: 9 }), see({ limit: 'secret' }), see({})], [{ id: 'order-1' }, undefined, undefined])
  t.same(Object.fromEntries(meter.conditionsUndecided), { claims: 2 })
  t.match(messages(), [/compares "total" with a claim of another kind\. The rule hides/])
  t.notMatch(messages().join(), 'secret')
})

test('counts the events that leave conditions undecided', async (t) => {
  const { policy, meter } = watched([{ show: ['id'], when: { 'items.sku': 'a' } }])
  const items = new Array<{ sku: string; price: string }>(10_001).fill({ sku: 'a', price: '1' })
  const audience = policy.rightsOf(['some'], {}).audienceOf('order')
  t.same([visible(audience, orderEvent({ items })), visible(audience, orderEvent())], [undefined, { id: 'order-1' }])
  t.same(Object.fromEntries(meter.conditionsUndecided), { event: 1 })
})
