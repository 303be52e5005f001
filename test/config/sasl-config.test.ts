import { test } from 'tap'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'

const tls = { ...kafkaEnvironment, KAFKA_TLS: 'on' }
const scram = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'sluice', KAFKA_SASL_PASSWORD: 'open' }
const bearer = { KAFKA_SASL_MECHANISM: 'oauthbearer' }
const prefix = 'KAFKA_SASL_OAUTHBEARER'
const endpoint = {
  [`${prefix}_TOKEN_ENDPOINT_URL`]: 'https://login.example/token',
  [`${prefix}_CLIENT_ID`]: 'sluice',
  [`${prefix}_CLIENT_SECRET`]: 'hush',
}
const policy = { 'policy.json': '{}' }

test('takes a name and a password', async (t) => {
  t.same(configOf({ ...kafkaEnvironment, ...scram }).kafka?.sasl, { mechanism: 'scram-sha-512', username: 'sluice', password: 'open' })
  t.same(configOf({ ...tls, ...scram, KAFKA_SASL_MECHANISM: 'plain' }).kafka?.sasl, {
    mechanism: 'plain',
    username: 'sluice',
    password: 'open',
  })
  t.equal(configOf(kafkaEnvironment).kafka?.sasl, undefined)
})

test('takes client credentials for a token endpoint', async (t) => {
  const credentials = { url: 'https://login.example/token', clientId: 'sluice', clientSecret: 'hush', scope: undefined }
  t.same(configOf({ ...tls, ...bearer, ...endpoint }).kafka?.sasl, { mechanism: 'oauthbearer', credentials })
  const scope = { [`${prefix}_SCOPE`]: 'kafka read' }
  t.match(configOf({ ...tls, ...bearer, ...endpoint, ...scope }).kafka?.sasl, { credentials: { scope: 'kafka read' } })
  const near = { [`${prefix}_TOKEN_ENDPOINT_URL`]: 'http://127.0.0.1:8080/token' }
  t.match(configOf({ ...tls, ...bearer, ...endpoint, ...near }).kafka?.sasl, { credentials: { url: 'http://127.0.0.1:8080/token' } })
})

const tokenFile = { [`${prefix}_TOKEN_FILE`]: 'secret' }

const refusals: [values: Record<string, string>, sentence: string][] = [
  [{ KAFKA_SASL_USERNAME: 'sluice' }, 'KAFKA_SASL_USERNAME is set, but KAFKA_SASL_MECHANISM is not.'],
  [{ KAFKA_SASL_PASSWORD_FILE: 'secret' }, 'KAFKA_SASL_PASSWORD_FILE is set, but KAFKA_SASL_MECHANISM is not.'],
  [endpoint, `${prefix}_TOKEN_ENDPOINT_URL is set, but KAFKA_SASL_MECHANISM is not.`],
  [{ ...scram, KAFKA_SASL_MECHANISM: 'gssapi' }, 'must be one of plain, scram-sha-256, scram-sha-512, oauthbearer.'],
  [{ ...scram, KAFKA_SASL_USERNAME: '' }, 'KAFKA_SASL_MECHANISM is "scram-sha-512", so KAFKA_SASL_USERNAME must be set.'],
  [
    { ...scram, KAFKA_SASL_PASSWORD: '' },
    'KAFKA_SASL_MECHANISM is "scram-sha-512", so KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE must be set.',
  ],
  [
    { ...scram, KAFKA_SASL_PASSWORD_FILE: 'secret' },
    'KAFKA_SASL_PASSWORD and KAFKA_SASL_PASSWORD_FILE are both set; one of them is needed.',
  ],
  [{ ...scram, ...tokenFile }, `${prefix}_TOKEN_FILE is set, but KAFKA_SASL_MECHANISM is "scram-sha-512".`],
  [{ ...scram, [`${prefix}_SCOPE`]: 'a' }, `${prefix}_SCOPE is set, but KAFKA_SASL_MECHANISM is "scram-sha-512".`],
  [{ ...bearer, ...scram, ...bearer }, 'KAFKA_SASL_USERNAME is set, but KAFKA_SASL_MECHANISM is "oauthbearer".'],
  [bearer, `KAFKA_SASL_MECHANISM is "oauthbearer", so ${prefix}_TOKEN_FILE or ${prefix}_TOKEN_ENDPOINT_URL must be set.`],
  [{ ...bearer, ...tokenFile, ...endpoint }, `${prefix}_TOKEN_ENDPOINT_URL is set, but ${prefix}_TOKEN_FILE is set.`],
  [{ ...bearer, ...endpoint, [`${prefix}_CLIENT_ID`]: '' }, `${prefix}_TOKEN_ENDPOINT_URL is set, so ${prefix}_CLIENT_ID must be set.`],
  [
    { ...bearer, ...endpoint, [`${prefix}_CLIENT_SECRET`]: '' },
    `${prefix}_TOKEN_ENDPOINT_URL is set, so ${prefix}_CLIENT_SECRET or ${prefix}_CLIENT_SECRET_FILE must be set.`,
  ],
  [
    { ...bearer, ...endpoint, [`${prefix}_TOKEN_ENDPOINT_URL`]: 'http://login.example/token' },
    `${prefix}_TOKEN_ENDPOINT_URL must begin with https://.`,
  ],
  [
    { ...bearer, ...endpoint, [`${prefix}_TOKEN_ENDPOINT_URL`]: 'https://sluice:hush@login.example/token' },
    `${prefix}_TOKEN_ENDPOINT_URL holds a login; the client's name and secret are ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET.`,
  ],
]
for (const [values, sentence] of refusals) {
  test(`refuses at the start: ${sentence}`, async (t) => {
    const refusal = refusalOf({ ...tls, ...values }, { ...policy, secret: 'open' })
    t.match(refusal, sentence)
    t.notMatch(refusal, /hush|open/)
  })
}

test('sends no password and no token to a broker that is elsewhere unless it is sealed, or said that it need not be', async (t) => {
  for (const login of [
    { ...scram, KAFKA_SASL_MECHANISM: 'plain' },
    { ...bearer, ...endpoint },
  ]) {
    const mechanism = login.KAFKA_SASL_MECHANISM
    const brokers = (list: string) => ({ ...kafkaEnvironment, ...login, KAFKA_BROKERS: list })
    for (const [list, open] of [
      ['localhost:1,kafka.example:9092', 'kafka.example:9092'],
      ['127.example:9092', '127.example:9092'],
      ['[fe80::1]:9092', '[fe80::1]:9092'],
    ] as const)
      t.equal(
        refusalOf(brokers(list)),
        `ConfigurationError: KAFKA_SASL_MECHANISM is "${mechanism}", which sends a secret to ${open} that anybody between can read without TLS; set KAFKA_TLS to "on", or to "off" where that is meant.`,
      )
    for (const list of ['localhost:9092', '127.0.0.1:9092,127.1.2.3:1', '[::1]:9092'])
      t.equal(refusalOf(brokers(list)), 'not refused', list)
    for (const said of ['on', 'off']) t.equal(refusalOf({ ...brokers('kafka.example:9092'), KAFKA_TLS: said }), 'not refused')
  }
  t.equal(refusalOf({ ...kafkaEnvironment, ...scram }), 'not refused', 'SCRAM proves that it knows the password, and does not send it')
})

test('knows the secrets that a log must not show', async (t) => {
  const { secrets } = configOf({ ...tls, ...bearer, ...endpoint })
  for (const secret of ['hush', 'sluice:hush']) t.ok(secrets.includes(secret), secret)
})
