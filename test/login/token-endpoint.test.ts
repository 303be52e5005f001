import { test, type Test } from 'tap'
import { TokenEndpoint, type ClientCredentials } from '#login/token-endpoint.js'
import { TokenServer } from '../support/login/token-server.js'
import { SilentLog } from '../support/running/silent-log.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

async function endpointOf(t: Test, given: Partial<ClientCredentials> = {}) {
  const server = await TokenServer.start()
  t.teardown(() => server.stop())
  const [clock, log] = [new SimulatedClock(), new SilentLog()]
  const credentials = { url: server.url, clientId: 'sluice', clientSecret: 'hush-hush', ...given }
  return { server, clock, log, endpoint: new TokenEndpoint('Kafka', credentials, clock, log) }
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`
}

test('asks as RFC 6749 has it, and encodes what would end the name', async (t) => {
  const { server, endpoint } = await endpointOf(t, { clientId: 'a:b', clientSecret: () => 'hush hush/+', scope: 'kafka read' })
  t.equal(await endpoint.token(), 'token-1')
  const form = { grant_type: 'client_credentials', scope: 'kafka read' }
  t.same(server.asked, [{ method: 'POST', authorization: basic('a%3Ab:hush+hush%2F%2B'), form }])
})

test('all who log in at once share one token, until half of its life is over', async (t) => {
  const { server, clock, endpoint } = await endpointOf(t)
  t.same(await Promise.all([1, 2, 3].map(() => endpoint.token())), ['token-1', 'token-1', 'token-1'])
  await clock.advance(29_999)
  t.equal(await endpoint.token(), 'token-1')
  await clock.advance(1)
  t.same(await Promise.all([endpoint.token(), endpoint.token()]), ['token-2', 'token-2'])
  t.equal(server.asked.length, 2)
})

test('a token of which nothing is said lives for a minute, and the shortest is kept for a second', async (t) => {
  for (const [life, keptMs] of [
    [undefined, 30_000],
    ['nonsense', 30_000],
    [0, 30_000],
    ['10', 5_000],
    [1, 1_000],
  ] as const) {
    const { server, clock, endpoint } = await endpointOf(t)
    server.answer = () => ({ body: JSON.stringify({ access_token: `t${server.asked.length}`, token_type: 'bearer', expires_in: life }) })
    await endpoint.token()
    await clock.advance(keptMs - 1)
    t.equal(await endpoint.token(), 't1', String(life))
    await clock.advance(1)
    t.equal(await endpoint.token(), 't2', String(life))
  }
})

test('the secret is read for each token, so that it may change', async (t) => {
  let secret = 'first-secret'
  const { server, clock, endpoint } = await endpointOf(t, { clientSecret: () => secret })
  await endpoint.token()
  secret = 'second-secret'
  await clock.advance(30_000)
  await endpoint.token()
  t.same(
    server.asked.map(({ authorization }) => authorization),
    [basic('sluice:first-secret'), basic('sluice:second-secret')],
  )
})

test('a token is used to its end while there is no other, which is said', async (t) => {
  const { server, clock, log, endpoint } = await endpointOf(t)
  await endpoint.token()
  server.answer = () => ({ status: 503, body: '' })
  await clock.advance(58_250)
  t.equal(await endpoint.token(), 'token-1')
  t.match(log.lines, [/"warn".*503/])
  await clock.advance(2)
  await t.rejects(endpoint.token(), /503/, 'what is left would make no login')
})

test('an endpoint that fails is asked once a second, and then again', async (t) => {
  const { server, clock, endpoint } = await endpointOf(t)
  const { answer } = server
  server.answer = () => ({ status: 500, body: '' })
  for (let i = 0; i < 5; i++) await t.rejects(endpoint.token(), /it answers 500/)
  t.equal(server.asked.length, 1)
  server.answer = answer
  await clock.advance(1_000)
  t.equal(await endpoint.token(), 'token-2')
})

test('says what is wrong, and nothing that is secret', async (t) => {
  const of = (status: number, answer: unknown) => () => ({ status, body: typeof answer === 'string' ? answer : JSON.stringify(answer) })
  const token = { access_token: 'opaque-token', token_type: 'Bearer' }
  const faults: [answer: TokenServer['answer'], reason: RegExp][] = [
    [
      of(401, { error: 'invalid_client', error_description: 'no client has hush-hush' }),
      /it answers 401, invalid_client, no client has \[red/,
    ],
    [of(400, { error: `bad ${basic('sluice:hush-hush')}`, error_description: 5 }), /it answers 400, bad Basic \[redacted\]$/],
    [of(400, { error: 'x'.repeat(1000) }), /it answers 400, x{298}$/],
    [of(403, '<html>hush-hush'), /it answers 403$/],
    [of(500, 'null'), /it answers 500$/],
    [of(200, 'access_token=opaque-token'), /its answer holds no bearer token$/],
    [of(200, 'null'), /its answer holds no bearer token$/],
    [of(200, { ...token, token_type: 'mac' }), /its answer holds no bearer token$/],
    [of(200, { token_type: 'Bearer' }), /its answer holds no bearer token$/],
    [of(200, { ...token, access_token: 5 }), /its answer holds no bearer token$/],
    [of(200, `{"access_token":"${'x'.repeat(300_000)}"}`), /the token endpoint's answer has more than 262144 bytes$/],
    [() => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' }, body: '' }), /fetch failed: unexpected redirect$/],
  ]
  for (const [answer, reason] of faults) {
    const { server, endpoint } = await endpointOf(t)
    server.answer = answer
    const failure = (await endpoint.token().catch((error: unknown) => error)) as Error
    t.match(failure.message, `no token for Kafka from ${server.url}: `)
    t.match(failure.message, reason)
    t.notMatch(failure.message, /hush|opaque-token|c2x1aWNl/)
  }
})

test('an endpoint that is away, or never answers, is an error within its time', async (t) => {
  const { server, clock, endpoint } = await endpointOf(t)
  server.answer = () => undefined
  const waiting = t.rejects(endpoint.token(), /no answer within 5000 ms/)
  while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await clock.advance(5_000)
  await waiting
  server.stop()
  await clock.advance(1_000)
  await t.rejects(endpoint.token(), /fetch failed: connect ECONNREFUSED/)
})

test('a secret that cannot be read is an error, and is read again', async (t) => {
  let secret: () => string = () => {
    throw new Error('the file is away')
  }
  const { endpoint } = await endpointOf(t, { clientSecret: () => secret() })
  await t.rejects(endpoint.token(), /the file is away/)
  secret = () => 'hush-hush'
  t.equal(await endpoint.token(), 'token-1')
})
