import { test } from 'tap'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'
import { selfSignedPems } from '../support/gateway/self-signed-certificate.js'

test('reads what streaming from Kafka needs', async (t) => {
  t.match(configOf(kafkaEnvironment).kafka, {
    brokers: ['broker-1:9092', 'broker-2:9092'],
    clientId: 'sluice',
    rack: undefined,
    requestMsMax: 10_000,
    sasl: undefined,
    tls: undefined,
    registry: {
      ...{ url: ['http://registry:8081'], user: undefined, password: undefined, token: undefined, credentials: undefined },
      ...{ headers: {}, tls: undefined, timeoutMs: 5000 },
    },
    entities: [{ name: 'order' }, { name: 'customer' }],
  })
})

test('takes what brokers are told of the client, and how long they may take', async (t) => {
  const told = { KAFKA_CLIENT_ID: 'sluice-eu', KAFKA_RACK: 'euw1-az2', KAFKA_REQUEST_TIMEOUT_MS: '30000' }
  t.match(configOf({ ...kafkaEnvironment, ...told }).kafka, { clientId: 'sluice-eu', rack: 'euw1-az2', requestMsMax: 30_000 })
})

test('names all that is missing beside KAFKA_BROKERS in one sentence', async (t) => {
  t.equal(
    refusalOf({ KAFKA_BROKERS: 'broker:9092' }),
    'ConfigurationError: With KAFKA_BROKERS set, these must be set too: SCHEMA_REGISTRY_URL, ENTITIES, POLICY_FILE or POLICY_TOPIC, JWT_SECRET or JWT_SECRET_FILE or JWKS_URL.',
  )
  for (const name of ['SCHEMA_REGISTRY_URL', 'ENTITIES', 'POLICY_FILE', 'JWT_SECRET']) {
    t.match(refusalOf({ ...kafkaEnvironment, [name]: '' }), new RegExp(`must be set too: ${name}( or [A-Z_]+)*\\.$`))
  }
})

test('does not fall back to the embedded default when only KAFKA_BROKERS was forgotten', async (t) => {
  const others = { ...kafkaEnvironment, KAFKA_BROKERS: undefined }
  t.equal(
    refusalOf(others),
    'ConfigurationError: Without KAFKA_BROKERS, these mean nothing and must not be set: SCHEMA_REGISTRY_URL, ENTITIES.',
  )
  const { JWT_SECRET, POLICY_FILE } = kafkaEnvironment
  t.ok(configOf({ JWT_SECRET, POLICY_FILE }).auth, 'a key and a policy of your own go well with it')
})

test('says which file cannot be read', async (t) => {
  t.match(
    refusalOf({ ...kafkaEnvironment, POLICY_FILE: 'gone.json' }),
    'POLICY_FILE names the file "gone.json", which cannot be read: ENOENT',
  )
  t.match(
    refusalOf({ ...kafkaEnvironment, ENTITIES: './gone.json' }),
    'ENTITIES names the file "./gone.json", which cannot be read: ENOENT',
  )
})

test('wants the user and the password of the registry together', async (t) => {
  const login = { SCHEMA_REGISTRY_USER: 'sluice', SCHEMA_REGISTRY_PASSWORD: 'open' }
  t.match(configOf({ ...kafkaEnvironment, ...login }).kafka?.registry, { user: 'sluice', password: 'open' })
  t.match(refusalOf({ ...kafkaEnvironment, SCHEMA_REGISTRY_USER: 'sluice' }), /must be set together/)
})

const tls = { KAFKA_TLS_CA_FILE: 'ca.pem', KAFKA_TLS_CERT_FILE: 'c.pem', KAFKA_TLS_KEY_FILE: 'k.pem' }

test('reads certificates, and refuses them where TLS is not on', async (t) => {
  const { cert, key } = selfSignedPems(t.testdir())
  const files = { 'policy.json': '{}', 'ca.pem': cert, 'c.pem': cert, 'k.pem': key }
  t.same(configOf({ ...kafkaEnvironment, ...tls, KAFKA_TLS: 'on' }, files).kafka?.tls?.(), { ca: cert, cert, key })
  t.same(configOf({ ...kafkaEnvironment, KAFKA_TLS: 'on' }).kafka?.tls?.(), { ca: undefined, cert: undefined, key: undefined })
  t.match(refusalOf({ ...kafkaEnvironment, ...tls }, files), 'KAFKA_TLS_CA_FILE is set, but KAFKA_TLS is not "on".')
  t.match(refusalOf({ ...kafkaEnvironment, ...tls, KAFKA_TLS: 'on', KAFKA_TLS_KEY_FILE: '' }, files), /must be set together/)
})

test('reads certificates and keys anew when they are asked for, and checks them as at the start', async (t) => {
  const [one, other] = ['one', 'other'].map((name) => selfSignedPems(t.testdir({ [name]: {} })))
  const files: Record<string, string> = { 'policy.json': '{}', 'ca.pem': one!.cert, 'c.pem': one!.cert, 'k.pem': one!.key }
  const pems = configOf({ ...kafkaEnvironment, ...tls, KAFKA_TLS: 'on' }, files).kafka!.tls!
  Object.assign(files, { 'c.pem': other!.cert, 'k.pem': other!.key })
  t.same(pems(), { ca: one!.cert, cert: other!.cert, key: other!.key })
  files['c.pem'] = one!.cert
  t.throws(pems, /KAFKA_TLS_KEY_FILE is not the key of the certificate in KAFKA_TLS_CERT_FILE/, 'half of them is new')
  delete files['c.pem']
  t.throws(pems, /KAFKA_TLS_CERT_FILE names the file "c.pem", which cannot be read/)
})

test('refuses certificates and keys that no connection could use, by the name of the variable', async (t) => {
  const { own, other } = { own: selfSignedPems(t.testdir({ own: {} })), other: selfSignedPems(t.testdir({ other: {} })) }
  const refused = (files: object) =>
    refusalOf(
      { ...kafkaEnvironment, ...tls, KAFKA_TLS: 'on' },
      { 'policy.json': '{}', 'ca.pem': own.cert, 'c.pem': own.cert, 'k.pem': own.key, ...files },
    )
  t.equal(refused({}), 'not refused')
  t.match(refused({ 'ca.pem': own.key }), 'KAFKA_TLS_CA_FILE names a file that holds no certificate in PEM.')
  t.match(refused({ 'c.pem': '' }), 'KAFKA_TLS_CERT_FILE names a file that holds no certificate in PEM.')
  t.match(refused({ 'k.pem': 'garbage' }), 'KAFKA_TLS_KEY_FILE names a file that holds no private key without a passphrase in PEM.')
  t.match(refused({ 'k.pem': other.key }), 'KAFKA_TLS_KEY_FILE is not the key of the certificate in KAFKA_TLS_CERT_FILE.')
})
