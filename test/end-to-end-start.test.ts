import { execFileSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { generateKeyPair } from 'jose'
import { test, type Test } from 'tap'
import { bearerHeaders } from '#protocol/credentials.js'
import { WsClient } from './support/clients/ws-client.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { KeyServer } from './support/gateway/key-server.js'
import { orderPolicy } from './support/gateway/order-readers.js'
import { until } from './support/kafka/source-reader.js'
import { secret } from './support/gateway/tokens.js'

// What keeps the process from starting is said in one sentence, with the exit code for a wrong configuration.

const wrongConfiguration = 78

void test('with KAFKA_BROKERS and nothing else it names what is missing', async (t) => {
  const gateway = GatewayProcess.spawn(t, { KAFKA_BROKERS: '127.0.0.1:9092' })
  t.equal(await gateway.exited, wrongConfiguration)
  t.match(gateway.complaint, /^sluice: [^\n]+\n$/, 'one line')
  for (const name of ['SCHEMA_REGISTRY_URL', 'ENTITIES', 'POLICY_FILE', 'JWT_SECRET', 'JWKS_URL']) t.match(gateway.complaint, name)
})

void test('a policy that breaks a rule is refused with its place', async (t) => {
  const policy = orderPolicy('order').replace('"status":"SHIPPED"', '"status":{"$where":"x"}')
  const dir = t.testdir({ 'policy.json': policy })
  const gateway = GatewayProcess.spawn(t, { POLICY_FILE: `${dir}/policy.json`, JWT_SECRET: secret })
  t.equal(await gateway.exited, wrongConfiguration)
  t.match(gateway.complaint, /^sluice: [^\n]*roles\.owner\[1\]\.conditions\.status[^\n]*\$where[^\n]*\n$/)
})

void test('with SERVER=ws it says so, and clients are served by ws', async (t) => {
  await untilServed(t, await GatewayProcess.start(t, { SERVER: 'ws' }), 'ws')
})

void test('a port in use is an error, and not shared', async (t) => {
  const first = await GatewayProcess.start(t, {})
  await untilServed(t, first, 'uWebSockets.js')
  const { port } = new URL(first.url!)
  const second = GatewayProcess.spawn(t, { PORT: port })
  t.equal(await second.exited, wrongConfiguration)
  t.match(second.complaint, new RegExp(`^sluice: [^\\n]*${port}[^\\n]*\\n$`))
  t.equal(await first.readiness(), 200, 'the first one goes on')
  t.equal(await first.stop(), 0)
})

void test('with a JWKS_URL it is not ready before the keys were there, and says why without the login in it', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  server.answer = { status: 404, body: '' }
  const url = server.url.href.replace('//', '//anton:p%40ssw0rd@')
  const gateway = GatewayProcess.spawn(t, { POLICY_FILE: 'schemas/policy.json', JWKS_URL: url, LOG_LEVEL: 'debug' })
  const said = () => gateway.log.find(({ msg }) => String(msg).includes('keys that verify tokens cannot be fetched'))
  await until('it listens and says it', () => gateway.url !== undefined && said() !== undefined, 10_000)
  t.match(said(), { url: `${server.url.origin}/keys?…`, reason: 'the key server answered 404' })
  t.equal(await gateway.readiness(), 503)
  const keysAre = async (up: number) => (await gateway.metrics()).includes(`sluice_dependency_up{dependency="keys"} ${up}\n`)
  t.ok(await keysAre(0))
  t.match(await gateway.metrics(), /^sluice_ready 0$/m)
  const { publicKey } = await generateKeyPair('ES256')
  await server.publish({ one: publicKey })
  await until('it is ready', async () => (await gateway.readiness()) === 200, 15_000)
  t.ok(await keysAre(1))
  t.match(await gateway.metrics(), /^sluice_keys 1$/m)
  t.equal(await gateway.stop(), 0)
  t.notMatch(JSON.stringify(gateway.log), /anton|p%40ss|p@ssw0rd|of-the-url/)
})

void test('whatever stands where a file should, it leaves with one sentence and waits for nothing', async (t) => {
  const dir = t.testdir({ 'policy.json': '{"roles":{}}' })
  const [folder, pipe, large, binary] = ['folder', 'pipe', 'large', 'binary'].map((name) => `${dir}/${name}.json`) as [
    string,
    string,
    string,
    string,
  ]
  mkdirSync(folder)
  execFileSync('mkfifo', [pipe])
  writeFileSync(large, '')
  truncateSync(large, 10_000_000)
  writeFileSync(binary, Buffer.from([0xff, 0xfe, 0]))
  const kafka = {
    KAFKA_BROKERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    ENTITIES: 'order',
    POLICY_FILE: `${dir}/policy.json`,
    JWT_SECRET: secret,
  }
  const environments: (readonly [string, Record<string, string>])[] = [
    ...[folder, pipe, large, binary, '/dev/zero'].map((path) => ['POLICY_FILE', { POLICY_FILE: path, JWT_SECRET: secret }] as const),
    ['ENTITIES', { ...kafka, ENTITIES: pipe }],
    ['TLS_CERT_FILE', { TLS_CERT_FILE: pipe, TLS_KEY_FILE: pipe }],
    ['KAFKA_TLS_CA_FILE', { ...kafka, KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: pipe }],
  ]
  const check = async ([name, environment]: (typeof environments)[number]) => {
    const gateway = GatewayProcess.spawn(t, environment)
    t.equal(await gateway.exited, wrongConfiguration, JSON.stringify(environment))
    t.match(gateway.complaint, new RegExp(`^sluice: ${name}[ :][^\\n]+\\.\\n$`), JSON.stringify(environment))
  }
  await Promise.all(environments.map(check))
})

/** Waits for an update of the sample shop. */
async function untilServed(t: Test, gateway: GatewayProcess, library: string): Promise<void> {
  t.match(
    gateway.log.find(({ msg }) => msg === 'Sluice listens.'),
    { server: library },
  )
  const token = () => /--token (\S+)/.exec(gateway.printed)?.[1]
  await until('it has printed a token', () => token() !== undefined, 10_000)
  const client = await WsClient.connect(`${gateway.url!}/ws/c`, { headers: bearerHeaders(token()!) })
  client.ask({ type: 'subscribe', entity_id: 'order-1001' })
  await until('an update has come', () => client.updates().length > 0, 30_000)
  client.socket.terminate()
}
