import { X509Certificate } from 'node:crypto'
import { test } from 'tap'
import type { Variable } from '#config/variable.js'
import { variables, type VariableName } from '#config/variables.js'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'
import { selfSignedPems } from '../support/gateway/self-signed-certificate.js'

test('runs the embedded default on the loopback when nothing is set', async (t) => {
  const config = configOf({})
  t.match(config, { host: '127.0.0.1', port: 8080, adminHost: '127.0.0.1', adminPort: 9090, longs: 'number', logLevel: 'info' })
  t.equal(config.kafka, undefined)
  t.equal(config.policy, undefined)
  t.equal(config.auth, undefined)
  t.equal(config.tls, undefined)
  // Each limit is the variable of its name: FRAME_BYTES_MAX is frameBytesMax.
  const { connectionsPerSubMax, ...limits } = config.limits
  t.equal(connectionsPerSubMax, config.limits.connectionsMax / 10)
  for (const [limit, value] of Object.entries(limits)) {
    const name = limit.replace(/[A-Z]/g, '_$&').toUpperCase() as VariableName
    // That of a message is the mailbox's, where it is not told.
    const { default: usual } = variables[name === 'FRAME_OUT_BYTES_MAX' ? 'MAILBOX_BYTES_MAX' : name] as Variable
    t.equal(value, Number(usual), name)
  }
})

test('leaves one user a tenth of all connections, but at least one, unless it is told another number', async (t) => {
  const shareOf = (environment: Record<string, string>) => configOf(environment).limits.connectionsPerSubMax
  t.equal(shareOf({ CONNECTIONS_MAX: '300' }), 30)
  t.equal(shareOf({ CONNECTIONS_MAX: '1' }), 1)
  t.equal(shareOf({ CONNECTIONS_MAX: '300', CONNECTIONS_PER_SUB_MAX: '' }), 30)
  t.equal(shareOf({ CONNECTIONS_MAX: '300', CONNECTIONS_PER_SUB_MAX: '5' }), 5)
})

test('a message that is sent is at most what a mailbox may hold', async (t) => {
  t.match(configOf({ MAILBOX_BYTES_MAX: '100000' }).limits, { frameOutBytesMax: 100_000 })
  t.match(configOf({ FRAME_OUT_BYTES_MAX: '5000' }).limits, { frameOutBytesMax: 5_000, mailboxBytesMax: 1_048_576 })
  t.match(
    refusalOf({ MAILBOX_BYTES_MAX: '100000', FRAME_OUT_BYTES_MAX: '100001' }),
    /FRAME_OUT_BYTES_MAX is 100001.*at most MAILBOX_BYTES_MAX.*100000/,
  )
})

test('keeps the latest versions unless it is told not to, within the limits of their names', (t) => {
  t.same(configOf({}).state, {
    ...{ bytesMax: 512 * 1024 ** 2, fillSecondsMax: 300, fillBytesPerSecond: 0 },
    window: { bytesMax: 64 * 1024 ** 2, secondsMax: 3600 },
  })
  const told = { STATE_BYTES_MAX: '2000000', STATE_FILL_SECONDS_MAX: '2', STATE_FILL_BYTES_PER_SECOND: '3' }
  t.same(configOf({ ...told, REPLAY_BYTES_MAX: '4000000', REPLAY_SECONDS_MAX: '5' }).state, {
    ...{ bytesMax: 2_000_000, fillSecondsMax: 2, fillBytesPerSecond: 3 },
    window: { bytesMax: 4_000_000, secondsMax: 5 },
  })
  t.equal(configOf({ STATE: 'off' }).state, undefined)
  t.match(refusalOf({ STATE: 'no' }), /STATE is "no"; it must be on or off/)
  t.match(refusalOf({ REPLAY_BYTES_MAX: '1048575' }), /REPLAY_BYTES_MAX is "1048575"; it must be a whole number from 1048576/)
  t.match(refusalOf({ STATE: 'off', STATE_BYTES_MAX: '1' }), /STATE_BYTES_MAX/, 'what is wrong is said, whether it is used or not')
  t.end()
})

test('counts an empty variable as not set', async (t) => {
  t.same(configOf({ PORT: '', HOST: ' ', KAFKA_BROKERS: '', JWT_SECRET: '' }), configOf({}))
})

test('listens on all addresses with a Kafka, and keeps the admin port on the loopback', async (t) => {
  t.match(configOf(kafkaEnvironment), { host: '0.0.0.0', adminHost: '127.0.0.1', policy: '{"roles":{}}' })
  t.match(configOf({ ...kafkaEnvironment, HOST: '10.0.0.1', ADMIN_HOST: '::1' }), { host: '10.0.0.1', adminHost: '::1' })
})

test('is frozen in all its depth', async (t) => {
  const tls = { KAFKA_TLS: 'on', TLS_CERT_FILE: 'c.pem', TLS_KEY_FILE: 'k.pem', ALLOWED_ORIGINS: 'https://shop.example' }
  const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' }
  const { cert, key } = selfSignedPems(t.testdir())
  t.same(thawed(configOf({ ...kafkaEnvironment, ...tls, ...sasl }, { 'policy.json': '{}', 'c.pem': cert, 'k.pem': key })), [])
  const entities = { ...kafkaEnvironment, ENTITIES: 'entities.json' }
  t.same(thawed(configOf(entities, { 'policy.json': '{}', 'entities.json': '{"order":{}}' })), [])
})

test('takes a secret or a key server, never both', async (t) => {
  const jwks = { JWKS_URL: 'https://login.example/keys', JWT_ISSUER: 'login', JWT_AUDIENCE: 'shop', JWT_ROLES_CLAIM: 'realm_access.roles' }
  t.match(configOf({ JWT_SECRET: 's'.repeat(32) }).auth, {
    keys: { kind: 'secret', secret: 's'.repeat(32) },
    rolesClaims: ['roles'],
    subClaim: 'sub',
    clockToleranceSeconds: 5,
  })
  t.same(configOf(jwks).auth, {
    keys: { kind: 'jwks', url: new URL('https://login.example/keys') },
    issuer: 'login',
    audience: 'shop',
    rolesClaims: ['realm_access.roles'],
    subClaim: 'sub',
    clockToleranceSeconds: 5,
  })
  t.match(refusalOf({ ...jwks, JWT_SECRET: 's'.repeat(32) }), 'JWT_SECRET and JWKS_URL are both set')
  t.same(configOf({ ...jwks, JWT_ROLES_CLAIM: 'realm_access.roles, groups' }).auth?.rolesClaims, ['realm_access.roles', 'groups'])
  t.match(refusalOf({ ...jwks, JWT_ROLES_CLAIM: ' , ' }), 'JWT_ROLES_CLAIM is ","; it must name a claim.')
})

test('refuses a secret below 32 bytes, and does not show it', async (t) => {
  const refusal = refusalOf({ JWT_SECRET: 'x'.repeat(31) })
  t.match(refusal, 'JWT_SECRET has 31 bytes; it must have at least 32.')
  t.notMatch(refusal, /xxx/)
  t.ok(configOf({ JWT_SECRET: 'ö'.repeat(16) }).auth)
})

test('takes a secret with its spaces, as whoever signs with it does', async (t) => {
  t.match(configOf({ JWT_SECRET: `  ${'s'.repeat(28)}  ` }).auth, { keys: { secret: `  ${'s'.repeat(28)}  ` } })
})

test('wants a certificate and its key together', async (t) => {
  const { cert, key } = selfSignedPems(t.testdir())
  const { tls } = configOf({ TLS_CERT_FILE: 'c.pem', TLS_KEY_FILE: 'k.pem' }, { 'c.pem': cert, 'k.pem': key })
  t.match(tls, { certFile: 'c.pem', keyFile: 'k.pem', expiresAtMs: Date.parse(new X509Certificate(cert).validTo) })
  t.match(refusalOf({ TLS_CERT_FILE: 'c.pem' }), 'TLS_CERT_FILE and TLS_KEY_FILE must be set together.')
  t.match(refusalOf({ TLS_KEY_FILE: 'k.pem' }), 'TLS_CERT_FILE and TLS_KEY_FILE must be set together.')
})

test('refuses a certificate that no client could be served with, by the name of the variable', async (t) => {
  const { cert, key } = selfSignedPems(t.testdir())
  const refused = (files: object) => refusalOf({ TLS_CERT_FILE: 'c.pem', TLS_KEY_FILE: 'k.pem' }, { 'c.pem': cert, 'k.pem': key, ...files })
  t.equal(refused({}), 'not refused')
  t.match(refused({ 'c.pem': undefined }), 'TLS_CERT_FILE names the file "c.pem", which cannot be read: ENOENT')
  t.match(refused({ 'c.pem': key }), 'TLS_CERT_FILE names a file that holds no certificate in PEM.')
  t.match(refused({ 'k.pem': '' }), 'TLS_KEY_FILE names a file that holds no private key without a passphrase in PEM.')
})

test('is refused by a ConfigurationError, for which the process exits with 78', async (t) => {
  t.throws(() => configOf({ PORT: 'http' }), { name: 'ConfigurationError' })
})

test('warns of a variable that is surely misspelt', async (t) => {
  t.same(configOf({ LOG_LEVL: 'debug' }).warnings, ['LOG_LEVL is set and means nothing here; is LOG_LEVEL meant?'])
  t.same(configOf({ HOME: '/root' }).warnings, [])
})

/** The paths of objects that could be changed. A URL cannot be frozen; nobody is handed this one but the verifier. */
function thawed(value: unknown, path = 'config'): string[] {
  if (typeof value !== 'object' || value === null || value instanceof URL) return []
  const inside = Object.entries(value).flatMap(([name, member]) => thawed(member, `${path}.${name}`))
  return Object.isFrozen(value) ? inside : [path, ...inside]
}
