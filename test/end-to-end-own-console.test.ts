import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { WebSocket } from 'ws'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { until } from './support/kafka/source-reader.js'
import { freePort } from './support/real-parts/jvm.js'

// The console of a gateway of one's own, as the process has it. Its ports are open before Kafka answers, so that none is needed here.

const folder = mkdtempSync(join(tmpdir(), 'sluice-console-'))
const policyFile = join(folder, 'policy.json')
const tokenFile = join(folder, 'admins')
writeFileSync(policyFile, '{"roles":{}}')

const environment = {
  KAFKA_BROKERS: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  ENTITIES: 'order',
  POLICY_FILE: policyFile,
  JWT_SECRET: 'a secret of the tests with at least 32 bytes',
}
const paths = ['/', '/main.js', '/api/session', '/api/figures', '/api/policy']

async function listening(gateway: GatewayProcess): Promise<GatewayProcess> {
  await until('it listens', () => gateway.url !== undefined)
  return gateway
}

const statusAt = async (gateway: GatewayProcess, path: string, token = '') =>
  (await fetch(gateway.adminUrl + path, { headers: { Authorization: `Bearer ${token}` } })).status

test('a gateway on Kafka has no console unless somebody may look at it', async (t) => {
  const gateway = await listening(GatewayProcess.spawn(t, environment))
  for (const path of paths) t.equal(await statusAt(gateway, path), 404, path)
  t.equal(await statusAt(gateway, '/metrics'), 200)
})

test('the tokens of the file let in, also when it is changed, and none is ever shown', async (t) => {
  const [ann, bob] = ['annS3cret'.repeat(5), 'bobS3cret'.repeat(5)]
  writeFileSync(tokenFile, `ann view ${ann}\n`)
  const more = { ADMIN_TOKEN_FILE: tokenFile, ALLOWED_ORIGINS: 'https://shop.example', CONSOLE_GATEWAY_URL: 'wss://live.example/at' }
  const gateway = await listening(GatewayProcess.spawn(t, { ...environment, ...more }))
  t.equal(await statusAt(gateway, '/'), 200)
  t.equal(await statusAt(gateway, '/api/session'), 401)
  t.equal(await statusAt(gateway, '/api/session', bob), 401)
  const session = await fetch(`${gateway.adminUrl}/api/session`, { headers: { Authorization: `Bearer ${ann}` } })
  t.match(await session.json(), { rights: ['view'], socket_url: 'wss://live.example/at', people: [], place: 'gateway' })
  const policy = (await fetch(gateway.adminUrl)).headers.get('content-security-policy')
  t.match(policy, "connect-src 'self' wss://live.example;")
  t.ok(gateway.log.some(({ msg }) => String(msg).startsWith('ALLOWED_ORIGINS has no origin of the console')))
  writeFileSync(tokenFile, `bob view,act ${bob}\n`)
  await until('the changed file counts', async () => (await statusAt(gateway, '/api/session', bob)) === 200)
  t.equal(await statusAt(gateway, '/api/session', ann), 401, 'whose line is gone')
  t.notMatch(JSON.stringify(gateway.log) + gateway.printed + gateway.complaint, /S3cret/)
})

test('a file that cannot be used is told at the start', async (t) => {
  writeFileSync(tokenFile, 'ann view S3cret\n')
  const gateway = GatewayProcess.spawn(t, { ...environment, ADMIN_TOKEN_FILE: tokenFile })
  t.equal(await gateway.exited, 78)
  t.match(gateway.complaint, 'ADMIN_TOKEN_FILE, line 1: its token has 6 bytes; it must have at least 32.')
})

test("the shop's console works whatever origins may connect besides", async (t) => {
  const adminPort = await freePort()
  const gateway = GatewayProcess.spawn(t, { ADMIN_PORT: String(adminPort), ALLOWED_ORIGINS: 'https://shop.example' })
  await until('it is ready', () => gateway.printed.includes('--token'))
  const token = /Sam [^]*?--token (\S+)/.exec(gateway.printed)![1]!
  const outcome = async (origin: string) => {
    const socket = new WebSocket(`${gateway.url}/ws/tab`, { headers: { Origin: origin, Authorization: `Bearer ${token}` } })
    t.teardown(() => socket.terminate())
    return await new Promise((resolve) => socket.on('open', () => resolve('open')).on('error', ({ message }) => resolve(message)))
  }
  await until('it lets clients in', async () => (await gateway.readiness()) === 200)
  for (const origin of [`http://127.0.0.1:${adminPort}`, `http://localhost:${adminPort}`, 'https://shop.example'])
    t.equal(await outcome(origin), 'open', origin)
  t.match(await outcome('https://evil.example'), /403/)
  t.notOk(gateway.log.some(({ msg }) => String(msg).startsWith('ALLOWED_ORIGINS has no origin')))
})
