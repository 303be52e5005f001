import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { ConfluentRegistry } from '#registry/confluent-registry.js'
import { withLogin } from '#registry/registry-login.js'
import { selfSignedPems } from '../support/gateway/self-signed-certificate.js'
import { TokenServer } from '../support/login/token-server.js'
import { SilentLog } from '../support/running/silent-log.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'
import { answering, served } from '../support/schemas/fake-registry.js'

const timeoutMs = 5000

const order = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] }
const known = JSON.stringify({ schema: JSON.stringify(order) })
const unknown = JSON.stringify({ error_code: 40403, message: 'Schema not found' })

void test('asks the next address where one does not answer, and stays with the one that does', async (t) => {
  const asked: string[] = []
  const noting =
    (name: string, listener: RequestListener): RequestListener =>
    (request, response) => {
      asked.push(name)
      listener(request, response)
    }
  const answers: Record<string, RequestListener> = { broken: answering(500, ''), good: answering(200, known), silent: () => undefined }
  const at = async (name: string) =>
    served(
      t,
      noting(name, (request, response) => answers[name]!(request, response)),
    )
  const url = ['http://127.0.0.1:1', await at('broken'), await at('silent'), await at('good')]
  const registry = await ConfluentRegistry.create({ url, timeoutMs: 300 })
  for (let times = 0; times < 2; times++) t.match(await registry.schemaById(1), { schema: JSON.stringify(order) })
  t.same(asked, ['broken', 'silent', 'good', 'good'])
  answers['good'] = answering(404, unknown)
  await t.rejects(registry.schemaById(2), { name: 'RegistryError', kind: 'not_found' })
  t.equal(asked.at(-1), 'good', 'that it knows nothing of it is an answer')
  answers['good'] = answering(503, '')
  const all = /HTTP status 503.*127\.0\.0\.1:1\/\).*HTTP status 500.*no answer within 300 ms/
  await t.rejects(registry.schemaById(3), { kind: 'unavailable', message: all })
  const contexts = ['http://one/contexts/.a', 'http://user:hush@two/contexts/.b']
  await t.rejects(ConfluentRegistry.create({ url: contexts, timeoutMs }), { name: 'ConfigurationError', message: /^(?!.*hush)/ })
})

void test('shows a bearer token, which is asked for with each call', async (t) => {
  const seen: unknown[] = []
  const url = await served(t, ({ headers }, response) => {
    seen.push([headers.authorization, headers['target-sr-cluster']])
    response.writeHead(200, { 'content-type': 'application/json' }).end(known)
  })
  const tokens = ['first', 'second']
  const registry = await ConfluentRegistry.create({
    url,
    timeoutMs,
    token: () => tokens.shift()!,
    headers: { 'target-sr-cluster': 'lsrc-1' },
  })
  for (const id of [1, 2]) await registry.schemaById(id)
  t.same(seen, [
    ['Bearer first', 'lsrc-1'],
    ['Bearer second', 'lsrc-1'],
  ])
  const wrong = await ConfluentRegistry.create({ url, timeoutMs, token: () => 'no token\r\nX: y' })
  await t.rejects(wrong.schemaById(1), { kind: 'unavailable', message: /is none/ })
  const gone = await ConfluentRegistry.create({
    url,
    timeoutMs,
    token: () => Promise.reject(new Error('no token for the registry from there')),
  })
  await t.rejects(gone.schemaById(1), { kind: 'unavailable', message: /no token for the registry from there/ })
  t.equal(seen.length, 2)
})

void test('fetches its tokens by client credentials', async (t) => {
  const tokens = await TokenServer.start()
  t.teardown(() => tokens.stop())
  const seen: unknown[] = []
  const url = await served(t, ({ headers }, response) => {
    seen.push(headers.authorization)
    response.writeHead(200, { 'content-type': 'application/json' }).end(known)
  })
  const credentials = { url: tokens.url, clientId: 'sluice', clientSecret: 'hush' }
  const registry = await ConfluentRegistry.create(withLogin({ url, timeoutMs, credentials }, new SimulatedClock(), new SilentLog()))
  for (const id of [1, 2]) await registry.schemaById(id)
  t.same(seen, ['Bearer token-1', 'Bearer token-1'])
  tokens.answer = () => ({ status: 401, body: '{"error":"invalid_client"}' })
  const refused = await ConfluentRegistry.create(withLogin({ url, timeoutMs, credentials }, new SimulatedClock(), new SilentLog()))
  await t.rejects(refused.schemaById(1), { kind: 'unavailable', message: /no token for the registry from .*invalid_client/ })
})

void test('trusts an authority of its own, and shows the certificate that a registry asks for', async (t) => {
  const { cert, key } = selfSignedPems(t.testdir())
  const server = createTlsServer({ cert, key, ca: cert, requestCert: true }, answering(200, known)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  let pems: { ca?: string; cert?: string; key?: string } = {}
  const registry = await ConfluentRegistry.create({ url, timeoutMs, tls: () => pems })
  await t.rejects(registry.schemaById(1), { kind: 'unavailable', message: /SELF_SIGNED/ })
  pems = { ca: cert }
  await t.rejects(registry.schemaById(1), { name: 'RegistryError', kind: 'unavailable' })
  pems = { ca: cert, cert, key }
  t.match(await registry.schemaById(1), { schema: JSON.stringify(order) }, 'the files are those of now')
})
