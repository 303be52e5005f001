import { test } from 'tap'
import { GatewayProcess } from './support/gateway-process.js'
import { orderPolicy } from './support/order-readers.js'
import { secret } from './support/tokens.js'

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

void test('a port in use is an error, and not shared', async (t) => {
  const first = await GatewayProcess.start(t, {})
  const { port } = new URL(first.url!)
  const second = GatewayProcess.spawn(t, { PORT: port })
  t.equal(await second.exited, wrongConfiguration)
  t.match(second.complaint, new RegExp(`^sluice: [^\\n]*${port}[^\\n]*\\n$`))
  t.equal(await first.readiness(), 200, 'the first one goes on')
  t.equal(await first.stop(), 0)
})
