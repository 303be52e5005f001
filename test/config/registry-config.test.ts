import { test } from 'tap'
import type { RegistryConfig } from '#config/registry-config.js'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'
import { selfSignedPems } from '../support/gateway/self-signed-certificate.js'

const prefix = 'SCHEMA_REGISTRY'
const named = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]))
const files = (texts: Record<string, string>): Record<string, string> => ({ 'policy.json': '{}', ...texts })

const registryOf = (values: Record<string, string>, texts: Record<string, string> = {}): RegistryConfig =>
  configOf({ ...kafkaEnvironment, ...named(values) }, files(texts)).kafka!.registry
const refusal = (values: Record<string, string>, texts: Record<string, string> = {}): string =>
  refusalOf({ ...kafkaEnvironment, ...named(values) }, files(texts))

const endpoint = { TOKEN_ENDPOINT_URL: 'https://login.example/token', CLIENT_ID: 'sluice', CLIENT_SECRET: 'hush' }
const login = { USER: 'sluice', PASSWORD: 'open' }

test('takes several addresses', async (t) => {
  t.same(registryOf({ URL: 'http://one:8081, https://two.example/api' }).url, ['http://one:8081', 'https://two.example/api'])
  t.match(refusal({ URL: 'http://one:8081,two:8082' }), /must be URLs that begin with http:\/\/ or https:\/\/, separated by commas/)
})

test('takes a token as a text, in a file that is read anew, or by client credentials', async (t) => {
  t.match(registryOf({ TOKEN: 'a.b.c' }), { token: 'a.b.c', credentials: undefined })
  const texts: Record<string, string> = files({ token: 'first\n' })
  const { token } = configOf({ ...kafkaEnvironment, ...named({ TOKEN_FILE: 'token' }) }, texts).kafka!.registry
  t.equal((token as () => string)(), 'first')
  texts['token'] = 'second'
  t.equal((token as () => string)(), 'second')
  t.match(registryOf({ ...endpoint, SCOPE: 'registry' }), {
    ...{ token: undefined, credentials: { url: endpoint.TOKEN_ENDPOINT_URL, clientId: 'sluice', clientSecret: 'hush', scope: 'registry' } },
  })
  t.same(registryOf({ TOKEN: 'a', LOGICAL_CLUSTER: 'lsrc-1', IDENTITY_POOL_ID: 'pool-1' }).headers, {
    'target-sr-cluster': 'lsrc-1',
    'Confluent-Identity-Pool-Id': 'pool-1',
  })
})

test('refuses what is half set, or set twice, in one sentence', async (t) => {
  const sentences: [Record<string, string>, string][] = [
    [{ USER: 'sluice' }, 'SCHEMA_REGISTRY_USER and SCHEMA_REGISTRY_PASSWORD must be set together.'],
    [{ ...login, TOKEN: 'a' }, 'SCHEMA_REGISTRY_USER is set, but SCHEMA_REGISTRY_TOKEN is set.'],
    [{ ...login, ...endpoint }, 'SCHEMA_REGISTRY_USER is set, but SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL is set.'],
    [{ TOKEN: 'a', ...endpoint }, 'SCHEMA_REGISTRY_TOKEN is set, but SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL is set.'],
    [{ TOKEN: 'a', SCOPE: 'b' }, 'SCHEMA_REGISTRY_SCOPE is set, but SCHEMA_REGISTRY_TOKEN is set.'],
    [
      { CLIENT_ID: 'sluice' },
      'SCHEMA_REGISTRY_CLIENT_ID is set, but SCHEMA_REGISTRY_TOKEN, SCHEMA_REGISTRY_TOKEN_FILE and SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL are not.',
    ],
    [{ ...endpoint, CLIENT_SECRET: '' }, 'SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL is set, so SCHEMA_REGISTRY_CLIENT_SECRET or'],
    [{ ...endpoint, TOKEN_ENDPOINT_URL: 'http://login.example' }, 'SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL must begin with https://.'],
    [{ URL: 'https://one', CERT_FILE: 'cert' }, 'SCHEMA_REGISTRY_CERT_FILE and SCHEMA_REGISTRY_KEY_FILE must be set together.'],
    [{ CA_FILE: 'cert' }, 'SCHEMA_REGISTRY_CA_FILE is set, but not all of SCHEMA_REGISTRY_URL begin with https://.'],
    [{ URL: 'https://one', CA_FILE: 'gone' }, 'SCHEMA_REGISTRY_CA_FILE names the file "gone", which cannot be read'],
    [{ URL: 'https://one', CA_FILE: 'policy.json' }, 'SCHEMA_REGISTRY_CA_FILE names a file that holds no certificate in PEM.'],
  ]
  for (const [values, sentence] of sentences) t.match(refusal(values), `ConfigurationError: ${sentence}`)
})

test('reads the authority, the certificate and its key, which are read anew', async (t) => {
  const { cert, key } = selfSignedPems(t.testdir())
  const values = { URL: 'https://one', CA_FILE: 'ca', CERT_FILE: 'cert', KEY_FILE: 'key' }
  t.same(registryOf(values, { ca: cert, cert, key }).tls!(), { ca: cert, cert, key })
  t.equal(registryOf({}).tls, undefined)
})
