import { test } from 'tap'
import { ServedConsole, shop, tokens } from '../support/console/served-console.js'

/** Each path that takes something, with a body that it takes. */
const bodies = {
  token: { token: 'x' },
  policy: { text: '{"roles":{}}' },
  'policy/try': { text: '{"roles":{}}', cases: '' },
  case: { name: 'x', user: {}, entity_type: 'order', event: {}, shown: [] },
  'connections/disconnect': { sub: 'ann', client_id: 'tab-1' },
  'sample/field': { entity_type: 'order' },
  'sample/reader': { sub: 'ann', client_id: 'tab-1', slowly: true },
}

test('a body of another shape is refused in one way, wherever it is sent', async (t) => {
  const served = await ServedConsole.start(t, shop)
  for (const [path, body] of Object.entries(bodies)) {
    const [first] = Object.keys(body)
    const others = ['', '{', '[]', 'null', '7', '{}', { ...body, more: 1 }, { ...body, [first!]: [] }, '['.repeat(600), `{"a":1,"a":2}`]
    for (const other of others) {
      const answer = await served.post(`/api/${path}`, other)
      t.match([answer.status, await answer.json()], [400, { error: 'body_invalid', message: /\.$/ }], `${path} ${JSON.stringify(other)}`)
    }
    t.not(((await (await served.post(`/api/${path}`, body)).json()) as { error?: string }).error, 'body_invalid', path)
  }
})

test('a body of ten megabytes is not read to its end, wherever it is sent, and the policy stays', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const before = served.policy.textInForce
  for (const path of Object.keys(bodies)) {
    // Who still sends when the answer ends the connection may hear of that alone.
    const status = await served.post(`/api/${path}`, { text: 'x'.repeat(10_000_000) }).then(
      ({ status }) => status,
      () => 413,
    )
    t.equal(status, 413, path)
  }
  // Whoever has sent all of it reads why.
  const answer = await served.post('/api/policy', ' '.repeat(2_097_153))
  t.match([answer.status, await answer.json()], [413, { error: 'too_large', message: /more than 2097152 bytes/ }])
  t.equal(served.policy.textInForce, before)
})

test('a reader is made slow by whoever may act, in the sample shop alone, and it is a line of the log', async (t) => {
  const served = await ServedConsole.start(t, shop)
  const asked = async (to: ServedConsole, client_id: string, headers = {}) =>
    (await to.post('/api/sample/reader', { sub: 'ann', client_id, slowly: true }, headers)).status
  t.equal(await asked(served, 'tab-1'), 200)
  t.match(served.logged.at(-1)?.fields, { admin: 'bob', sub: 'ann', client_id: 'tab-1', slowly: true })
  t.equal(await asked(served, 'tab-2'), 404, 'is not connected')
  t.equal(await asked(served, 'tab-1', { token: tokens.viewer }), 403)
  t.equal(await asked(served, 'tab-1', { Origin: 'http://evil.example' }), 403)
  t.equal(await asked(await ServedConsole.start(t), 'tab-1'), 403, 'a gateway of one’s own')
})
