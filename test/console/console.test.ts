import { test } from 'tap'
import type { RightsAnswer, TypesAnswer } from '#console/answers.js'
import { ServedConsole, shop, tokens } from '../support/console/served-console.js'

const answers = [
  ...['session', 'types', 'figures', 'rights?type=order&role=support', 'policy'],
  ...['pipeline', 'pipeline?since=3', 'connections', 'slow', 'bad-records'],
]

test('the page comes without a token, with a policy by which it runs and asks nothing of others', async (t) => {
  const { url } = await ServedConsole.start(t)
  const page = await fetch(url)
  t.equal(page.status, 200)
  const policy = page.headers.get('content-security-policy')!
  for (const part of [
    "default-src 'none'",
    "script-src 'self';",
    "connect-src 'self' ws://127.0.0.1:8080;",
    "frame-ancestors 'none'",
    "form-action 'none'",
    "trusted-types 'none'",
  ])
    t.ok(policy.includes(part), part)
  t.notMatch(policy, /unsafe|\*/)
  t.match(Object.fromEntries(page.headers), {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  })
  const tag = page.headers.get('etag')!
  t.equal((await fetch(url, { headers: { 'If-None-Match': tag } })).status, 304)
  for (const path of ['/main.js', '/main.css', '/licences.txt']) t.equal((await fetch(url + path)).status, 200, path)
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/main.js/', '/index.html'])
    t.equal((await fetch(url + path)).status, 404, path)
})

test('no answer is given without a token, and none may be kept', async (t) => {
  const served = await ServedConsole.start(t, shop)
  t.equal((await served.get('/api/session', 'x'.repeat(43))).status, 401, 'a wrong one')
  for (const path of answers) {
    t.equal((await served.get(`/api/${path}`, '')).status, 401, path)
    const answer = await served.get(`/api/${path}`)
    t.equal(answer.status, 200, path)
    t.equal(answer.headers.get('cache-control'), 'no-store')
    t.notOk(answer.headers.has('access-control-allow-origin'))
  }
})

test('what there is not is said in a sentence', async (t) => {
  const { url } = await ServedConsole.start(t)
  for (const [path, message] of [
    ['/api/none', 'The console answers nothing at this path.'],
    ['/none', 'There are /metrics, /healthz, /readyz, and the console at /.'],
  ] as const)
    t.same(await (await fetch(url + path)).json(), { error: 'not_found', message })
})

test('types are told by the leaves of their schemas, with the lists on the way', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const { types } = (await (await served.get('/api/types')).json()) as TypesAnswer
  t.same(
    types.map(({ entity_type, examples }) => [entity_type, examples.length]),
    [
      ['order', 1],
      ['customer', 0],
      ['parcel', 0],
    ],
  )
  const [order] = types
  const leaf = (path: string) => order!.leaves.find((one) => one.path === path)
  t.same(leaf('items.cost_price'), {
    path: 'items.cost_price',
    steps: [
      { name: 'items', list: true },
      { name: 'cost_price', list: false },
    ],
    has_leaves_under: false,
    tags: ['INTERNAL'],
  })
  t.same(leaf('labels')?.steps, [{ name: 'labels', list: true }])
  t.same(
    leaf('shipping_address.city')?.steps.map(({ list }) => list),
    [false, false],
  )
})

test('rights are told by the rules alone, with the last one that names a field at the end', async (t) => {
  const served = await ServedConsole.start(t)
  const asked = async (query: string) => (await (await served.get(`/api/rights?${query}`)).json()) as RightsAnswer
  const of = (answer: RightsAnswer, path: string) => answer.leaves.find((leaf) => leaf.path === path)
  const support = await asked('type=customer&role=support')
  t.match(of(support, 'email'), {
    shown: 'sometimes',
    when: 'region = ${user.region}',
    rules: [{ rule: 'roles.support[3]', line: 7, shows: true, asks: ['region'] }],
  })
  t.match(of(support, 'tier'), { shown: 'always', rules: [{ line: 5 }] })
  t.same(of(support, 'born_on'), { path: 'born_on', shown: 'never', rules: [] })
  const both = await asked('type=order&role=support&role=warehouse')
  t.match(of(both, 'margin'), { shown: 'never', rules: [{ shows: true }, { shows: false, line: 6 }] })
  t.match(of(await asked('type=order&role=nobody'), 'id'), { shown: 'never', rules: [] })
  t.equal((await served.get('/api/rights?type=none&role=support')).status, 404)
})

test('whose a token is is told to whoever may view, on a page of this port alone, and nothing of it is kept', async (t) => {
  const served = await ServedConsole.start(t)
  const before = served.logged.length
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'none' })}.${part({ sub: 'ann', roles: ['support'], exp: 9_999_999_999 })}.S3cret`
  const asked = (body: unknown, headers: Record<string, string> = {}) =>
    served.post('/api/token', body, { token: tokens.viewer, ...headers })
  const answer = await asked({ token })
  t.same([answer.status, await answer.json()], [200, { sub: 'ann', roles: ['support'] }])
  t.equal((await asked({ token }, { Origin: 'http://evil.example' })).status, 403)
  t.equal((await asked({ token }, { 'Content-Type': 'application/x-www-form-urlencoded' })).status, 415)
  t.equal((await served.get(`/api/token?token=${token}`)).status, 405)
  for (const body of ['', '{', '[]', '{"token":7}']) t.equal((await asked(body)).status, 400, body)
  const refused = await asked({ token: 'S3cret'.repeat(20_000) })
  t.match([refused.status, await refused.json()], [400, { error: 'unusable', message: /^This token has 120000 characters/ }])
  t.same(served.logged.slice(before), [], 'and no line of the log')
})
