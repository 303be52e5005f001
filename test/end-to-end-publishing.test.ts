import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'tap'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { filesIn } from './support/conventions/readme-blocks.js'
import { realParts, skipRealParts } from './support/real-parts/real-parts.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'

const page = 'src/publisher/README.md'
const { 'topics.mjs': topics } = filesIn('schemas/README.md')
const policy = { roles: { agent: [{ action: 'read', subject: 'invoice', fields: ['status', 'total', 'due_on'] }] } }

void test('what the service of src/publisher/README.md does to an invoice, a client sees', { skip: skipRealParts }, async (t) => {
  const { 'schemas/invoice.avsc': schema, ...files } = filesIn(page)
  const project = { ...files, 'topics.mjs': topics!, schemas: { 'invoice.avsc': schema! }, 'policy.json': JSON.stringify(policy) }
  const folder = `${t.testdir({ 'a service': project })}/a service` // People have such folders.
  const { brokers, registryUrl } = await realParts()
  const parts = { KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registryUrl }
  let printed = ''
  const run = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...parts, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const output of [child.stdout, child.stderr]) output.on('data', (text: Buffer) => (printed += text.toString()))
    t.teardown(() => child.kill('SIGKILL'))
    return child
  }
  t.same(await once(run(`${folder}/topics.mjs`, 'invoice'), 'exit'), [0, null], printed)
  const environment = { ...parts, ENTITIES: 'invoice', POLICY_FILE: `${folder}/policy.json`, JWT_SECRET: secret }
  const gateway = await GatewayProcess.start(t, environment)
  const service = run(`${folder}/invoice-service.mjs`)
  await until('the service', () => printed.includes('Server listening'), 60_000)
  const url = /Server listening at (http:[^"]+)/.exec(printed)![1]!

  const token = await signedToken({ roles: ['agent'] })
  run('dist/src/sluice.js', 'tail', 'invoice-1', '--json', '--url', gateway.url!, '--token', token)
  await until('the subscription', () => printed.includes('subscription_success') || printed.includes('Following invoice-1'))
  const request = (method: string, path: string, body?: object) =>
    fetch(`${url}/invoices/invoice-1${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  const seen = (...parts: string[]) =>
    until(parts.join(), () => printed.split('\n').some((line) => parts.every((part) => line.includes(part))))

  const invoice = { status: 'OPEN', total: '10.50', due_on: '2026-01-31', email: 'ann@example.com' }
  t.equal((await request('PUT', '', invoice)).status, 200)
  await seen('"operation":"create"', '"data":{"status":"OPEN","total":"10.50","due_on":"2026-01-31"}')
  const refused = await request('PUT', '', { ...invoice, total: 10.505 })
  t.equal(refused.status, 400)
  t.match(await refused.json(), { path: 'total' })
  t.equal((await request('POST', '/payment')).status, 202)
  await seen('"operation":"update"', '"status":"PAID"')
  t.equal((await request('DELETE', '')).status, 204)
  await seen('"operation":"delete"')

  service.kill('SIGTERM')
  t.same(await once(service, 'exit'), [0, null], 'the service leaves when it is told to')
  t.notMatch(printed, 'ann@example.com')
})
