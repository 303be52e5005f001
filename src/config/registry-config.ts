import { ConfigurationError } from '#errors.js'
import { allOf, type ClientCredentials, type CredentialNames, placesOf, readCredentials, refuse } from './client-credentials.js'
import type { Environment, Secret } from './environment.js'
import { type PemNames, pemReader, type PemTexts, setPem } from './pem-files.js'
import type { VariableName } from './variables.js'

/** How the registry is reached. Of the logins there is one at most. */
export interface RegistryConfig {
  /** The roots of its API, of which one is asked after the other until one answers. */
  readonly url: readonly string[]
  readonly user: string | undefined
  readonly password: Secret | undefined
  readonly token: Secret | undefined
  readonly credentials: ClientCredentials | undefined
  /** Headers that say for which of a cloud's registries, and as whom, a token counts. */
  readonly headers: Readonly<Record<string, string>>
  /** Reads the files anew. @throws ConfigurationError as at the start. */
  readonly tls: (() => PemTexts) | undefined
  readonly timeoutMs: number
}

const user: readonly VariableName[] = ['SCHEMA_REGISTRY_USER', ...placesOf('SCHEMA_REGISTRY_PASSWORD')]
const token = placesOf('SCHEMA_REGISTRY_TOKEN')
const credentials: CredentialNames = {
  url: 'SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL',
  clientId: 'SCHEMA_REGISTRY_CLIENT_ID',
  clientSecret: 'SCHEMA_REGISTRY_CLIENT_SECRET',
  scope: 'SCHEMA_REGISTRY_SCOPE',
}
const pems: PemNames = { ca: 'SCHEMA_REGISTRY_CA_FILE', cert: 'SCHEMA_REGISTRY_CERT_FILE', key: 'SCHEMA_REGISTRY_KEY_FILE' }

/** As Confluent's own clients send them. */
const headerNames = {
  'target-sr-cluster': 'SCHEMA_REGISTRY_LOGICAL_CLUSTER',
  'Confluent-Identity-Pool-Id': 'SCHEMA_REGISTRY_IDENTITY_POOL_ID',
} as const satisfies Record<string, VariableName>

/** @throws ConfigurationError */
export function readRegistryConfig(environment: Environment): RegistryConfig {
  if (environment.isSet('SCHEMA_REGISTRY_USER') !== environment.isSecretSet('SCHEMA_REGISTRY_PASSWORD'))
    throw new ConfigurationError('SCHEMA_REGISTRY_USER and SCHEMA_REGISTRY_PASSWORD must be set together.')
  return Object.freeze({
    url: environment.list('SCHEMA_REGISTRY_URL'),
    user: environment.optional('SCHEMA_REGISTRY_USER'),
    password: environment.secret('SCHEMA_REGISTRY_PASSWORD'),
    ...bearer(environment),
    tls: tls(environment),
    timeoutMs: environment.integer('SCHEMA_REGISTRY_TIMEOUT_MS'),
  })
}

function bearer(environment: Environment): Pick<RegistryConfig, 'token' | 'credentials' | 'headers'> {
  const set = [...token, credentials.url].filter((name) => environment.isSet(name))
  if (set.length === 0) {
    const [file, url] = [token[1], credentials.url]
    refuse(environment, [...allOf(credentials), ...Object.values(headerNames)], `${token[0]}, ${file} and ${url} are not`)
    return { token: undefined, credentials: undefined, headers: Object.freeze({}) }
  }
  refuse(environment, user, `${set[0]!} is set`)
  const hasEndpoint = environment.isSet(credentials.url)
  refuse(environment, hasEndpoint ? token : allOf(credentials), `${hasEndpoint ? credentials.url : set[0]!} is set`)
  return {
    token: environment.secret('SCHEMA_REGISTRY_TOKEN'),
    credentials: hasEndpoint ? readCredentials(environment, credentials) : undefined,
    headers: headers(environment),
  }
}

function headers(environment: Environment): Readonly<Record<string, string>> {
  const set = Object.entries(headerNames).filter(([, name]) => environment.isSet(name))
  return Object.freeze(Object.fromEntries(set.map(([header, name]) => [header, environment.required(name)])))
}

/** Without TLS the files would have no effect, and the operator would believe the connection to be protected. */
function tls(environment: Environment): RegistryConfig['tls'] {
  const set = setPem(environment, pems)
  if (set === undefined) return undefined
  const open = environment.list('SCHEMA_REGISTRY_URL').find((url) => !url.startsWith('https:'))
  if (open !== undefined) throw new ConfigurationError(`${set} is set, but not all of SCHEMA_REGISTRY_URL begin with https://.`)
  return pemReader(environment, pems)
}
