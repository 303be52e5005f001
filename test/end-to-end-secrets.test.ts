import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { WsClient } from './support/clients/ws-client.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { LoginBroker } from './support/kafka/login-broker.js'
import { until } from './support/kafka/source-reader.js'
import { TokenServer } from './support/login/token-server.js'

// What a process knows of a login is in none of its lines, whatever a broker or a token endpoint says of it, and whichever file it is from.

/** @param file what stands in the file that one of the variables names; where it is, is handed to `environment`. */
function gatewayOn(t: Test, { port }: LoginBroker, environment: (file: string) => Readonly<Record<string, string>>, file = '') {
  const folder = t.testdir({ 'policy.json': '{"roles":{}}', file })
  return GatewayProcess.spawn(t, {
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    ENTITIES: 'order',
    POLICY_FILE: join(folder, 'policy.json'),
    JWT_SECRET: secret,
    LOG_LEVEL: 'debug',
    ...environment(join(folder, 'file')),
  })
}

async function untilSaid({ log }: GatewayProcess, words: string): Promise<void> {
  await until(words, () => log.some((line) => JSON.stringify(line).includes(words)))
}

/** A broker that takes no login, and says of each what it was. */
async function tellTale(t: Test): Promise<LoginBroker> {
  const broker = await LoginBroker.start(t)
  broker.takes = () => false
  broker.refusal = (login) => `no such login: ${login.replaceAll('\0', ' ').replaceAll('\x01', ' ')}`
  return broker
}

void test('a password that stands in a file, also when it is another one', async (t) => {
  const broker = await tellTale(t)
  let path = ''
  const login = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'alice' }
  const environment = (file: string) => ({ ...login, KAFKA_SASL_PASSWORD_FILE: (path = file) })
  const gateway = gatewayOn(t, broker, environment, 'first opaque one\n')
  await untilSaid(gateway, 'no such login:  alice [redacted]')
  writeFileSync(path, 'second opaque one\n')
  await until('the other one', () => broker.logins.some(({ text }) => text.includes('second opaque one')))
  const before = gateway.log.length
  await until('more lines', () => gateway.log.length > before + 5)
  t.notMatch(JSON.stringify(gateway.log), /opaque one/)
})

void test('a token, a secret by which it is fetched, and an error that repeats both', async (t) => {
  const [broker, tokens] = [await tellTale(t), await TokenServer.start()]
  t.teardown(() => tokens.stop())
  const token = { access_token: 'opaque-token-of-the-endpoint', token_type: 'Bearer', expires_in: 1 }
  tokens.answer = ({ authorization }) => {
    if (tokens.asked.length % 2 === 1) return { body: JSON.stringify(token) }
    const told = Buffer.from(authorization!.slice('Basic '.length), 'base64').toString()
    return { status: 400, body: JSON.stringify({ error: `no client ${told}`, error_description: authorization }) }
  }
  const prefix = 'KAFKA_SASL_OAUTHBEARER'
  const environment = (file: string) => ({
    KAFKA_SASL_MECHANISM: 'oauthbearer',
    [`${prefix}_TOKEN_ENDPOINT_URL`]: tokens.url,
    [`${prefix}_CLIENT_ID`]: 'sluice',
    [`${prefix}_CLIENT_SECRET_FILE`]: file,
  })
  const gateway = gatewayOn(t, broker, environment, 'opaque-client-secret')
  await untilSaid(gateway, 'no client [redacted]')
  await untilSaid(gateway, 'no such login: ')
  t.notMatch(JSON.stringify(gateway.log), /opaque|b3BhcXVl|c2x1aWNlOm9wYX/)
})

void test('a token that stands in a file', async (t) => {
  const broker = await tellTale(t)
  const environment = (file: string) => ({ KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTHBEARER_TOKEN_FILE: file })
  const gateway = gatewayOn(t, broker, environment, 'opaque-token')
  await untilSaid(gateway, 'no such login: ')
  t.notMatch(JSON.stringify(gateway.log), /opaque/)
})

void test('what has no meaning any more is warned of, and nothing else is made of it', async (t) => {
  const broker = await tellTale(t)
  const gateway = gatewayOn(t, broker, () => ({ KAFKA_GROUP_PREFIX: 'sluice-' }))
  await untilSaid(gateway, 'KAFKA_GROUP_PREFIX is set and means nothing any more: no consumer group is joined any more.')
  await untilSaid(gateway, 'Sluice listens.')
  t.pass()
})

void test('the secret of tokens changes in its file: new tokens count, those of before do not, and connections that stand go on', async (t) => {
  const path = join(t.testdir({ secret: `${secret}\n` }), 'secret')
  const gateway = await GatewayProcess.start(t, { JWT_SECRET_FILE: path })
  const replaceWith = (text: string) => {
    writeFileSync(`${path}.next`, text)
    renameSync(`${path}.next`, path)
  }
  const connect = async (token: string) => await WsClient.connect(`${gateway.url!}/ws/a`, { headers: bearerHeaders(token) })
  const other = 'opaque words that sign tokens from now on'
  const [before, after] = [await signedToken({ roles: ['support'] }), await signedToken({ roles: ['support'] }, Buffer.from(other))]
  const standing = await connect(before)
  t.teardown(() => standing.socket.terminate())
  await t.rejects(connect(after), /401/)

  replaceWith('')
  await untilSaid(gateway, 'JWT_SECRET_FILE names a file that is empty.')
  replaceWith(`${other}\n`)
  await untilSaid(gateway, 'Tokens are verified by the changed secret')
  await t.rejects(connect(before), /401/)
  standing.ask({ type: 'subscribe', entity_id: 'order-1001' })
  await until('the shop shows the order to the connection of before', () => standing.latestFields() !== '', 10_000)
  t.equal(standing.socket.readyState, standing.socket.OPEN)
  const renewed = await connect(after)
  renewed.socket.terminate()
  t.equal(gateway.log.filter((line) => JSON.stringify(line).includes('the one before stays in force')).length, 1, 'said once')
  t.notMatch(JSON.stringify(gateway.log), /opaque words|secret of the tests/)
  t.equal(await gateway.stop(), 0)
})
