import { test } from 'tap'
import type { CaseAnswer, TrialAnswer } from '#console/answers.js'
import type { TrialGround } from '#console/trial-ground.js'
import { ConfigurationError } from '#errors.js'
import { policyText, ServedConsole, shop, tokens } from '../support/console/served-console.js'

test('the policy is changed in the sample shop alone, by who may act, and each change is a line of the log', async (t) => {
  const real = await ServedConsole.start(t)
  t.equal((await real.post('/api/policy', { text: '{"roles":{}}' })).status, 403)
  t.equal(real.policy.textInForce, policyText)
  const served = await ServedConsole.start(t, shop)
  const before = served.logged.length
  const answer = await served.post('/api/policy', { text: '{"roles":{}}' })
  t.match(await answer.json(), { text: '{"roles":{}}', may_change: true })
  t.match(served.logged[before], { fields: { admin: 'bob' }, message: 'The policy is changed at the console.' })
  t.equal((await served.post('/api/policy', { text: policyText }, { token: tokens.viewer })).status, 403)
  t.equal((await served.post('/api/policy', { text: policyText }, { Origin: 'http://evil.example' })).status, 403)
  t.equal(served.policy.textInForce, '{"roles":{}}')
})

test('the policy in force is saved where it is nobody else’s, by whoever may act, and what is in the way is told', async (t) => {
  const saved: string[] = []
  const look: TrialGround = {
    ...{ ids: shop.ids, encoderOf: shop.encoderOf, recordOf: shop.recordOf },
    people: () => shop.people(),
    save(text) {
      if (saved.length > 0) throw new ConfigurationError('/tmp/policy.json is there already.')
      saved.push(text)
      return { files: ['/tmp/policy.json', '/tmp/entities.json'], command: 'npm start' }
    },
  }
  for (const ground of [undefined, shop]) {
    const served = await ServedConsole.start(t, ground)
    t.match(await (await served.post('/api/policy/save', {})).json(), { error: 'not_sample', message: 'Only `sluice look` writes files.' })
  }
  const served = await ServedConsole.start(t, look)
  t.match(await (await served.get('/api/session')).json(), { place: 'look', people: [{ name: 'Sam' }] })
  t.equal((await served.post('/api/policy/save', {}, { token: tokens.viewer })).status, 403)
  t.equal((await served.post('/api/policy/save', {}, { Origin: 'http://evil.example' })).status, 403)
  t.equal((await served.post('/api/policy/save', { folder: '/etc' })).status, 400, 'where to is not for a page to say')
  t.same(saved, [])
  await served.post('/api/policy', { text: '{"roles":{}}' })
  t.same(await (await served.post('/api/policy/save', {})).json(), {
    files: ['/tmp/policy.json', '/tmp/entities.json'],
    command: 'npm start',
  })
  t.same(saved, ['{"roles":{}}'])
  const again = await served.post('/api/policy/save', {})
  t.same([again.status, await again.json()], [400, { error: 'unusable', message: '/tmp/policy.json is there already.' }])
  t.equal((await served.post('/api/sample/field', { entity_type: 'order' })).status, 403, 'a field is added in the shop alone')
})

test('a text that is no policy stays out of force, and why is told', async (t) => {
  const served = await ServedConsole.start(t, shop)
  for (const text of ['', '{', '[]', '{"roles":{"support":[{"action":"read","subject":"order","fields":["id"],"condition":{}}]}}']) {
    const { text: inForce, refused } = (await (await served.post('/api/policy', { text })).json()) as { text: string; refused: string }
    t.equal(inForce, policyText)
    t.match(refused, /\S+ \S+/, text)
  }
  for (const body of ['', 'null', '7', '{', '[]', '{"text":7}', '{"texts":""}'])
    t.equal((await served.post('/api/policy', body)).status, 400, body)
  t.equal((await served.post('/api/policy', { text: 'x'.repeat(10 * 1024 * 1024) }).catch(() => ({ status: 413 }))).status, 413)
  t.equal(served.policy.textInForce, policyText)
  t.equal((await served.get('/api/policy')).status, 200, 'goes on')
})

const tried = async (served: ServedConsole, text: string, cases = '') =>
  (await (await served.post('/api/policy/try', { text, cases })).json()) as TrialAnswer

test('a text is tried out without being in force: who would see what otherwise, what is wrong with it, and who may see what then', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const same = await tried(served, policyText)
  t.match(same, { fault: undefined, findings: [], changes: [], cases: { passed: 0, failed: [] } })
  t.same(
    same.views.map(({ entity_type }) => entity_type),
    ['order', 'customer', 'parcel'],
  )
  const [order] = same.views
  t.same(order!.roles, ['support', 'warehouse', 'customer'])
  t.same(order!.leaves.find(({ path }) => path === 'total')!.shown, ['always', 'never', 'if customer_id = ${user.sub}'])
  const next = await tried(served, policyText.replace('"items.sku", "items.quantity"', '"items.sku", "totl", "total"'))
  t.same(
    next.changes.map(({ kind, role, path }) => [kind, role, path]),
    [
      ['wider', 'warehouse', 'total'],
      ['narrower', 'warehouse', 'items.quantity'],
    ],
  )
  t.match(next.findings, [{ severity: 'error', line: 10, what: /"totl" names no field/ }])
  t.match((await tried(served, '{')).fault, /not JSON/)
  t.equal(served.policy.textInForce, policyText)
})

test('what somebody is shown is pinned as a case, which holds until a policy shows something else', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const user = { sub: 'wanda', roles: ['warehouse'], exp: 1, iat: 0 }
  const event = { id: 'order-1', number: 1, status: 'PAID', items: [{ sku: 'CHAIR-3' }, null], labels: { channel: 'web' } }
  const shown = ['items.sku', 'id', 'status', 'deliver_by', 'items.quantity']
  const body = JSON.stringify({ name: 'Wanda sees it', user, entity_type: 'order', event, shown }).replace(
    '"number":1',
    '"number":9007199254740993',
  )
  const { text } = (await (await served.post('/api/case', body)).json()) as CaseAnswer
  t.match(text, /^- name: Wanda sees it\n.*roles:\n.*- warehouse/s)
  t.match(text, /number: 9007199254740993/)
  t.notMatch(text, /exp:|iat:/)
  t.match((await tried(served, policyText, text)).cases, { passed: 1, fault: undefined, failed: [] })
  const { cases } = await tried(served, policyText.replace('"items.sku", "items.quantity"', '"items.sku"'), text)
  t.match(cases, { passed: 0, failed: [{ name: 'Wanda sees it', line: 1, why: /items\.quantity: no rule shows it/ }] })
  t.match((await tried(served, policyText, '- name: 7')).cases.fault, /cases:1/)
})

test('what cannot be a case or a trial is refused in a sentence, and what is too long is not tried', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const body = { name: 'x', user: {}, entity_type: 'order', event: {}, shown: [] }
  const refused = async (change: object) => {
    const answer = await served.post('/api/case', { ...body, ...change })
    return `${answer.status} ${((await answer.json()) as { message: string }).message}`
  }
  t.equal(await refused({ entity_type: 'none' }), '400 There is no none.')
  t.equal(await refused({ shown: ['none'] }), '400 There is no field none of order.')
  t.equal(
    await refused({ event: { number: 'seven' } }),
    '400 The event\'s number is the string "seven" and must be a whole number of 64 bits.',
  )
  t.match(await refused({ more: 1 }), /^400 The body has another shape/)
  t.equal((await served.post('/api/policy/try', { text: 'x'.repeat(100_001), cases: '' })).status, 413)
  t.equal((await served.post('/api/policy/try', { text: '{}', cases: '' }, { Origin: 'http://evil.example' })).status, 403)
  t.equal((await served.post('/api/policy/try', { text: '{}', cases: '' }, { token: tokens.viewer })).status, 200, 'who may look may try')
  const real = await ServedConsole.start(t)
  t.equal((await real.post('/api/case', body)).status, 403, 'without the texts of the schemas')
  t.match((await tried(real, policyText, '- name: x')).cases, { passed: 0, failed: [] })
})

test('of the most rules that are tried, each portion is short, and one text is tried at a time', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const rule = '{"action":"read","subject":"order","fields":["**"],"conditions":{"customer_id":"${user.sub}"}}'
  const textOf = (count: number) => `{"roles":{"support":[${Array(count).fill(rule).join(',')}]}}`
  const [first, second] = [
    served.post('/api/policy/try', { text: textOf(200), cases: '' }),
    served.post('/api/policy/try', { text: policyText, cases: '' }),
  ]
  const statuses = [(await first).status, (await second).status].sort()
  t.same(statuses, [200, 429])
  t.match((await tried(served, textOf(201))).fault, /201 rules/)
})
