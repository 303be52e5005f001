import { test } from 'tap'
import type { Config } from '#config/config.js'
import type { Secret } from '#config/environment.js'
import type { Variable } from '#config/variable.js'
import { fileOf, type SecretName, variables, type VariableName } from '#config/variables.js'
import { saslOptions, sharedSasl } from '#kafka/login/kafka-sasl.js'
import { systemClock } from '#clock.js'
import { SilentLog } from '../support/running/silent-log.js'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'

/** Under which variables a secret is used, and where it is found then. */
interface Use {
  readonly values: Record<string, string>
  readonly found: (config: Config) => Secret | undefined
}

type Sasl = { readonly password?: Secret; readonly token?: Secret; readonly credentials?: { readonly clientSecret: Secret } }
const saslOf = ({ kafka }: Config) => kafka!.sasl as Sasl
const ofKafka = { ...kafkaEnvironment, KAFKA_TLS: 'on' }
const bearer = { ...ofKafka, KAFKA_SASL_MECHANISM: 'oauthbearer' }
const endpoint = (prefix: string) => ({
  [`${prefix}_TOKEN_ENDPOINT_URL`]: 'https://login.example/token',
  [`${prefix}_CLIENT_ID`]: 'sluice',
})
const withoutKey = { ...kafkaEnvironment, JWT_SECRET: '' }

const uses: Record<SecretName, Use> = {
  JWT_SECRET: {
    values: withoutKey,
    found: ({ auth }) => (auth!.keys.kind === 'secret' ? auth!.keys.secret : undefined),
  },
  KAFKA_SASL_PASSWORD: {
    values: { ...ofKafka, KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'sluice' },
    found: (config) => saslOf(config).password,
  },
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: {
    values: { ...bearer, ...endpoint('KAFKA_SASL_OAUTHBEARER') },
    found: (config) => saslOf(config).credentials!.clientSecret,
  },
  SCHEMA_REGISTRY_PASSWORD: {
    values: { ...kafkaEnvironment, SCHEMA_REGISTRY_USER: 'sluice' },
    found: ({ kafka }) => kafka!.registry.password,
  },
  SCHEMA_REGISTRY_TOKEN: { values: kafkaEnvironment, found: ({ kafka }) => kafka!.registry.token },
  OTEL_EXPORTER_OTLP_HEADERS: {
    values: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
    found: ({ tracing }) => tracing!.headers,
  },
  SCHEMA_REGISTRY_CLIENT_SECRET: {
    values: { ...kafkaEnvironment, ...endpoint('SCHEMA_REGISTRY') },
    found: ({ kafka }) => kafka!.registry.credentials!.clientSecret,
  },
}

/** What stands in files alone. */
const inFilesOnly: Partial<Record<VariableName, Use>> = {
  KAFKA_SASL_OAUTHBEARER_TOKEN_FILE: { values: bearer, found: (config) => saslOf(config).token },
}

const [open, changed] = ['an open secret with some more than 32 bytes', ' a changed one with some more than 32 bytes ']
const policy = { 'policy.json': '{"roles":{}}' }
const both: [file: VariableName, use: Use][] = [
  ...Object.entries(uses).map(([name, use]): [VariableName, Use] => [fileOf(name as SecretName), use]),
  ...(Object.entries(inFilesOnly) as [VariableName, Use][]),
]

/** The secret in that file, what is learned of it, and what is said of files that cannot be used. */
function readingOf([name, { values, found }]: (typeof both)[number], files: Record<string, string>) {
  const [learned, kept]: [string[], string[]] = [[], []]
  const heard = {
    learn: (from: string, [secret]: readonly string[]) => learned.push(`${from} ${secret!}`),
    kept: (reason: string) => kept.push(reason),
  }
  const secret = found(configOf({ ...values, [name]: 'secret' }, files, heard)) as () => string
  return { secret, learned, kept }
}

test('every secret has a file that may hold it, and says when it is read again', async (t) => {
  for (const [name, variable] of Object.entries<Variable>(variables)) {
    if (variable.kind !== 'secret') continue
    t.ok(name in uses, `${name} is in this table`)
    t.match(variables[fileOf(name as SecretName)], { kind: 'file', meaning: new RegExp(`\`${name}\`.*read again ${variable.readAgain!}`) })
  }
})

for (const use of both) {
  const [name] = use
  test(`reads ${name} whenever the secret is asked for, and keeps the one before where it cannot be used`, async (t) => {
    const files: Record<string, string> = { ...policy, secret: `${open}\n` }
    const { secret, learned, kept } = readingOf(use, files)
    t.equal(secret(), open, 'without the line break that editors put there')
    files['secret'] = `${changed}\r\n`
    t.equal(secret(), changed)
    t.same(new Set(learned), new Set([`${name} ${open}`, `${name} ${changed}`]), 'whoever keeps secrets out of the log knows each')
    delete files['secret']
    for (let time = 0; time < 3; time++) t.equal(secret(), changed, 'the one before')
    t.match(kept, [new RegExp(`^${name} names the file "secret", which cannot be read: ENOENT`)])
    files['secret'] = '\n'
    for (let time = 0; time < 3; time++) t.equal(secret(), changed)
    t.same(kept.slice(1), [`${name} names a file that is empty.`], 'another reason, once')
    files['secret'] = open
    t.equal(secret(), open)
    delete files['secret']
    secret()
    t.equal(kept.length, 3, 'again, after it could be used')
  })

  test(`refuses a start by ${name} without a secret that can be used`, async (t) => {
    const refused = (texts: object) => refusalOf({ ...use[1].values, [name]: 'secret' }, { ...policy, ...texts })
    t.match(refused({}), `ConfigurationError: ${name} names the file "secret", which cannot be read: ENOENT`)
    for (const text of ['', '\n', '\r\n']) t.equal(refused({ secret: text }), `ConfigurationError: ${name} names a file that is empty.`)
    t.equal(
      refused({ secret: 'x'.repeat(65_537) }),
      `ConfigurationError: ${name} names a file of more than 64 KiB, which is all that a secret may have.`,
    )
    t.equal(refused({ secret: `${'x'.repeat(65_536)}\n` }), 'not refused')
  })
}

test('refuses a secret that is set twice, and shows neither', async (t) => {
  for (const [name, { values }] of Object.entries(uses)) {
    const refusal = refusalOf({ ...values, [name]: 'hush'.repeat(9), [`${name}_FILE`]: 'secret' }, { ...policy, secret: open })
    t.equal(refusal, `ConfigurationError: ${name} and ${name}_FILE are both set; one of them is needed.`)
  }
})

test('a secret in a file that is too short to sign tokens is refused, and one that becomes so is not used', async (t) => {
  t.equal(
    refusalOf({ ...withoutKey, JWT_SECRET_FILE: 'secret' }, { ...policy, secret: 'short' }),
    'ConfigurationError: JWT_SECRET_FILE has 5 bytes; it must have at least 32.',
  )
  t.match(
    refusalOf({ ...withoutKey, JWT_SECRET_FILE: 'secret', JWKS_URL: 'https://login.example' }, { ...policy, secret: open }),
    'JWT_SECRET_FILE and JWKS_URL are both set',
  )
  const files: Record<string, string> = { ...policy, secret: open }
  const { secret, kept } = readingOf(['JWT_SECRET_FILE', uses.JWT_SECRET], files)
  files['secret'] = 'short'
  t.equal(secret(), open)
  t.same(kept, ['JWT_SECRET_FILE has 5 bytes; it must have at least 32.'])
})

test('of headers for a collector each value is kept out of the log, as it stands there and as it is sent', async (t) => {
  const { secrets } = configOf({ OTEL_EXPORTER_OTLP_HEADERS: 'api-key=very%20hush,x=quiet', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' })
  for (const secret of ['very%20hush', 'very hush', 'quiet']) t.ok(secrets.includes(secret), secret)
})

test('a password that has changed is the one of the next login to Kafka', async (t) => {
  const files: Record<string, string> = { ...policy, secret: 'first\n' }
  const { values } = uses.KAFKA_SASL_PASSWORD
  const { sasl } = configOf({ ...values, KAFKA_SASL_PASSWORD_FILE: 'secret' }, files).kafka!
  const shared = sharedSasl(sasl, systemClock, new SilentLog())!
  t.match(saslOptions(shared), { username: 'sluice', password: 'first' })
  const options = saslOptions(shared) as { readonly password: string }
  files['secret'] = 'second\n'
  t.equal(options.password, 'second', 'also of a client that was made before')
})
