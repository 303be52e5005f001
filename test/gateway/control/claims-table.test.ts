import { test } from 'tap'
import { ClaimsTable, type ClaimsTableOptions } from '#gateway/control/claims-table.js'
import { claimAt } from '#policy/claim-path.js'
import { parsePolicy } from '#policy/role-policy.js'
import type { Claims } from '#policy/rights.js'
import { fc } from '../../support/running/seeded-properties.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

function tableOf(options: Partial<ClaimsTableOptions> = {}) {
  const lines: LoggedLine[] = []
  const clock = new SimulatedClock()
  const table = new ClaimsTable({ rolesClaims: ['roles'], topicOnly: [], bytesMax: 1_000_000, clock, log: recordingLog(lines), ...options })
  const changed: (string | undefined)[] = []
  table.follow((sub) => changed.push(sub))
  const take = (key: string, value: unknown) => {
    const text = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)
    table.take({ key, value: value === null ? null : Buffer.from(text), timestampMs: 0 })
  }
  const userOf = (sub: string, claims: Claims = {}) => table.userOf({ sub, roles: ['token'], claims })
  /** What a claim is to this user; `no rights` where nothing can be known. */
  const claimOf = (sub: string, path: string, claims: Claims = {}) => {
    const user = userOf(sub, claims)
    return user === undefined ? 'no rights' : claimAt(user.claims, path)
  }
  return { table, take, userOf, claimOf, changed, lines, clock }
}

test('claims are those of the user whose identity is the key, and of nobody else', async (t) => {
  const { take, claimOf, changed } = tableOf()
  take('ann', { region: 'eu' })
  take('ben', { region: 'us' })
  t.same(changed, ['ann', 'ben'])
  t.equal(claimOf('ann', 'region'), 'eu')
  t.equal(claimOf('ben', 'region'), 'us')
  for (const other of ['', 'an', 'ann ', 'Ann', '__proto__', 'constructor']) t.equal(claimOf(other, 'region'), undefined, other)
  take('ann', null)
  t.same(changed, ['ann', 'ben', 'ann'])
  t.equal(claimOf('ann', 'region', { region: 'token' }), 'token')
  t.equal(claimOf('ben', 'region'), 'us')
  take('ben', { region: 'us' })
  t.equal(changed.length, 3, 'the same claims change nothing')
})

test('what tokens alone say never comes from the topic, and some claims never come from tokens', async (t) => {
  const { take, claimOf } = tableOf({ topicOnly: ['groups', 'realm.teams'] })
  take('ann', { sub: 'ben', iss: 'x', aud: 'x', exp: 1, nbf: 1, iat: 1, jti: 'x', groups: ['a'] })
  const token = { sub: 'ann', exp: 7, groups: ['token'], realm: { teams: ['token'], rest: 'r' }, groupsize: 1 }
  t.equal(claimOf('ann', 'sub', token), 'ann')
  t.equal(claimOf('ann', 'exp', token), 7)
  for (const name of ['iss', 'aud', 'nbf', 'iat', 'jti']) t.equal(claimOf('ann', name, token), undefined, name)
  t.same(claimOf('ann', 'groups', token), ['a'])
  t.equal(claimOf('ben', 'groups', token), undefined, 'of a user without a record too')
  t.equal(claimOf('ann', 'realm.teams', token), undefined)
  t.equal(claimOf('ann', 'realm.rest', token), 'r')
  t.equal(claimOf('ann', 'groupsize', token), 1)
})

const unusable: Readonly<Record<string, string | Buffer>> = {
  'no JSON': '{',
  empty: '',
  'a list': '["eu"]',
  'no UTF-8': Buffer.from([0x7b, 0xff, 0x7d]),
  'of 10 MB': `{"region":"${'x'.repeat(10_000_000)}"}`,
}
for (const [what, value] of Object.entries(unusable)) {
  test(`a user whose claims are ${what} has no rights until they can be read again`, async (t) => {
    const { table, take, claimOf, lines, changed } = tableOf({ bytesMax: 100_000_000 })
    take('ann', { region: 'eu' })
    take('ann', value)
    t.equal(claimOf('ann', 'region', { region: 'token' }), 'no rights')
    t.equal(claimOf('ben', 'region', { region: 'token' }), 'token', 'others have theirs')
    t.match(lines, [{ level: 'error', fields: { sub: 'ann' }, message: /cannot be used/ }])
    t.match(table.status(), { ready: true, reason: /the claims of 1 user cannot be used, who has no rights/ })
    take('ann', { region: 'us' })
    t.equal(claimOf('ann', 'region'), 'us')
    t.same(table.status(), { ready: true })
    t.same(changed, ['ann', 'ann', 'ann'])
  })
}

test('who does not fit into the limit has no rights, and the others keep theirs', async (t) => {
  const { table, take, claimOf, lines } = tableOf({ bytesMax: 1_000 })
  const claims = { note: 'x'.repeat(200) }
  for (const sub of ['a', 'b', 'c', 'd']) take(sub, claims)
  t.same(
    ['a', 'b', 'c', 'd'].map((sub) => claimOf(sub, 'note') === 'no rights'),
    [false, false, false, true],
  )
  t.match(lines, [{ fields: { sub: 'd', reason: /^CLAIMS_BYTES_MAX is 1000, and all would take \d+$/ } }])
  take('b', null)
  t.equal(claimOf('d', 'note'), 'no rights', 'until its next record')
  take('d', claims)
  t.equal(claimOf('d', 'note'), claims.note)
  for (let n = 0; n < 1_000; n++) {
    take('a', { note: String(n).repeat(60) })
    take('a', { note: 'x' })
  }
  t.not(claimOf('a', 'note'), 'no rights', 'what is replaced counts no more')
  t.same(table.status(), { ready: true })
})

test('where too many users have claims that cannot be used, nobody has rights whose claims are not held', async (t) => {
  const { table, take, claimOf, changed } = tableOf({ bytesMax: 100_000_000 })
  take('ann', { region: 'eu' })
  take('ben', { region: 'eu' })
  for (let n = 0; n < 100_000; n++) take(`u${n}`, '{')
  t.equal(claimOf('other', 'region', { region: 'token' }), 'token')
  changed.length = 0
  take('ben', '{')
  t.equal(claimOf('ben', 'region', { region: 'token' }), 'no rights')
  t.equal(claimOf('other', 'region', { region: 'token' }), 'no rights')
  t.equal(claimOf('ann', 'region'), 'eu')
  t.same(changed, ['ben', undefined])
  t.match(table.status(), { ready: true, reason: /nobody else/ })
})

test('a topic that is made anew takes away what does not return, once it was read', async (t) => {
  const { table, take, claimOf, changed, clock } = tableOf()
  for (let n = 0; n < 1_000; n++) take(`u${n}`, { n })
  table.caughtUp()
  const hash = table.hash
  changed.length = 0
  table.beginAnew()
  take('u1', { n: 1 })
  take('u2', { n: 'other' })
  t.equal(claimOf('u3', 'n'), 3, 'until it was read')
  table.caughtUp()
  take('u999', { n: 999 })
  await clock.settle()
  t.same([claimOf('u1', 'n'), claimOf('u2', 'n'), claimOf('u999', 'n'), claimOf('u3', 'n')], [1, 'other', 999, undefined])
  t.equal(changed.length, 998, 'whose claims are the same hears of nothing')
  table.beginAnew()
  table.caughtUp()
  table.beginAnew()
  for (let n = 0; n < 1_000; n++) take(`u${n}`, { n })
  await clock.settle()
  table.caughtUp()
  await clock.settle()
  t.equal(table.hash, hash, 'the same content has the same hash')
})

const scalar = fc.constantFrom('eu', 'us', 1, true, '2024-01-01', '7', 'x'.repeat(1_025))
const claim = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant(null), fc.constant({ $ne: null }))
const names = ['region', 'teams', 'level', 'scope', 'a.b']
const claims = fc.record(Object.fromEntries(names.map((name) => [name, claim])), { requiredKeys: [] }) as fc.Arbitrary<Claims>
const condition = fc.oneof(
  fc.constantFrom(...names).map((name) => ({ region: `\${user.${name}}` })),
  fc.constantFrom(...names).map((name) => ({ team: { $in: `\${user.${name}}` } })),
  fc.constantFrom(...names).map((name) => ({ amount: { $gt: `\${user.${name}}` } })),
)
const rule = fc.record({ inverted: fc.boolean(), fields: fc.constantFrom(['**'], ['id']), conditions: condition })
const roles = fc.subarray(['one', 'two', 'three'])

test('claims from the topic and the same claims in a token come to the same audience', async (t) => {
  const met = { shown: 0, nothing: 0 }
  const policies = fc.dictionary(fc.constantFrom('one', 'two', 'three'), fc.array(rule, { minLength: 1, maxLength: 3 }), {
    noNullPrototype: true,
  })
  fc.assert(
    fc.property(policies, claims, claims, fc.subarray(names), roles, roles, (byRole, ofUser, others, onTopic, topicRoles, tokenRoles) => {
      const withRule = (rules: readonly object[]) => rules.map((one) => ({ action: 'read', subject: 'order', ...one }))
      const text = JSON.stringify({ roles: Object.fromEntries(Object.entries(byRole).map(([role, rules]) => [role, withRule(rules)])) })
      const policy = parsePolicy(text)
      const { table, take } = tableOf()
      const part = (keep: boolean) => Object.entries(ofUser).filter(([name]) => onTopic.includes(name) === keep)
      take('ann', { ...Object.fromEntries(part(true)), roles: topicRoles })
      take('ben', others)
      // What the token says besides is overruled.
      const overruled = Object.entries(others).filter(([name]) => onTopic.includes(name) && name in ofUser)
      const token = Object.fromEntries([...overruled, ...part(false)])
      const user = table.userOf({ sub: 'ann', roles: tokenRoles, claims: { ...token, roles: tokenRoles } })!
      const audience = policy.rightsOf(user.roles, user.claims).audienceOf('order')
      const plainly = policy.rightsOf([...topicRoles, ...tokenRoles], ofUser).audienceOf('order')
      met[plainly === undefined ? 'nothing' : 'shown']++
      return audience?.key === plainly?.key && audience === plainly
    }),
    { numRuns: 1_000 },
  )
  t.ok(met.shown > 100 && met.nothing > 100, JSON.stringify(met))
})

test('a list from the topic may be ten times as long as one from a token', async (t) => {
  const policy = parsePolicy(
    '{"roles":{"one":[{"action":"read","subject":"order","fields":["id"],"conditions":{"team":{"$in":"${user.teams}"}}}]}}',
  )
  const isShown = (topic: Claims, token: Claims) => {
    const { table, take } = tableOf()
    take('ann', topic)
    const user = table.userOf({ sub: 'ann', roles: [], claims: token })!
    return policy.rightsOf(['one'], user.claims).audienceOf('order') !== undefined
  }
  const teams = (length: number) => ({ teams: Array.from({ length }, (_none, n) => `team-${n}`) })
  t.same([isShown({}, teams(1_000)), isShown({}, teams(1_001))], [true, false])
  t.same([isShown(teams(1_001), {}), isShown(teams(10_000), teams(1)), isShown(teams(10_001), teams(1))], [true, true, false])
  t.same([isShown({ teams: null }, teams(1)), isShown({ teams: { $ne: null } }, teams(1))], [false, false])
})

test('where records were lost that may be of anybody, nobody has rights until the topic is made anew', async (t) => {
  const { table, take, claimOf, changed } = tableOf()
  take('ann', { region: 'eu' })
  table.caughtUp()
  table.lost()
  t.same([claimOf('ann', 'region'), claimOf('ben', 'region'), changed.at(-1)], ['no rights', 'no rights', undefined])
  t.match(table.status(), { ready: false, reason: /nobody has rights/ })
  table.beginAnew()
  take('ann', { region: 'us' })
  table.caughtUp()
  t.same([claimOf('ann', 'region'), claimOf('ben', 'region'), table.status().ready], ['us', undefined, true])
})
