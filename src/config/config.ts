import { ConfigurationError } from '#errors.js'
import { placesOf } from './client-credentials.js'
import { rolesClaimsOf } from '#policy/roles.js'
import { readAdminConfig, type AdminConfig } from './admin-config.js'
import { readControlConfig, type ControlConfig } from './control-config.js'
import { Environment, type ReadFile, type Secret, type SecretsHeard } from './environment.js'
import { readKafkaConfig, type KafkaConfig } from './kafka-config.js'
import { readCertificate, readKey } from './pem-files.js'
import { misspeltVariables } from './misspelt-variables.js'
import { retiredVariables } from './retired-variables.js'

export interface AuthConfig {
  readonly keys: SecretKey | { readonly kind: 'jwks'; readonly url: URL }
  readonly issuer: string | undefined
  readonly audience: string | undefined
  /** Paths of the claims that name roles. */
  readonly rolesClaims: readonly string[]
  /** The path of the claim that says who somebody is. */
  readonly subClaim: string
  /** How far the clocks of issuers may be from this one. */
  readonly clockToleranceSeconds: number
}

/** One secret for all tokens. */
export interface SecretKey {
  readonly kind: 'secret'
  readonly secret: Secret
  /** The file that it is read from, which may change while the process runs. */
  readonly file?: string | undefined
}

/** Paths of PEM files, and when the certificate ends, in milliseconds since the epoch. */
export interface TlsConfig {
  readonly certFile: string
  readonly keyFile: string
  readonly expiresAtMs: number
}

/** The process's configuration, checked and frozen. `variables.ts` says what each part means. */
export interface Config {
  readonly host: string
  readonly port: number
  /** The library that serves clients. */
  readonly server: 'auto' | 'uws' | 'ws'
  readonly portShared: boolean
  readonly adminHost: string
  readonly adminPort: number
  /** Names by which the admin port is asked. */
  readonly adminHosts: readonly string[]
  readonly admin: AdminConfig
  /** Undefined: the embedded default. */
  readonly kafka: KafkaConfig | undefined
  /** The text of the policy file. Undefined where a topic has it, and in the embedded default, which has a policy of its own. */
  readonly policy: string | undefined
  /** The file of that text, which is read again when it changes. */
  readonly policyPath: string | undefined
  readonly control: ControlConfig
  /** Undefined only in the embedded default, which makes its key at the start. */
  readonly auth: AuthConfig | undefined
  /** Undefined: a random one. */
  readonly nodeId: string | undefined
  readonly allowedOrigins: readonly string[]
  readonly tls: TlsConfig | undefined
  readonly longs: 'number' | 'string'
  readonly logLevel: string
  /** Undefined where no traces are sent. */
  readonly tracing: TracingConfig | undefined
  readonly limits: Limits
  /** Undefined where no latest versions are kept. */
  readonly state: StateConfig | undefined
  /** Texts that no line of the log may hold. */
  readonly secrets: readonly string[]
  /** Sentences for the log about variables that are surely misspelt. */
  readonly warnings: readonly string[]
}

export interface Limits {
  readonly connectionsMax: number
  readonly connectionsPerSubMax: number
  readonly subscriptionsMax: number
  readonly subscriptionsTotalMax: number
  readonly collectionsMax: number
  readonly collectionEntitiesMax: number
  readonly scanRowsPerSecondMax: number
  readonly frameBytesMax: number
  readonly framesPerSecondMax: number
  readonly frameOutBytesMax: number
  readonly mailboxBytesMax: number
  readonly mailboxesBytesMax: number
  readonly sourceBufferBytesMax: number
  readonly idleTimeoutSeconds: number
  readonly upgradesPerSecondMax: number
  readonly drainMs: number
  readonly shutdownTimeoutMs: number
}

/** Where spans are sent. */
export interface TracingConfig {
  /** The root of a collector's OTLP over HTTP. */
  readonly endpoint: string
  /** `name=value` with commas between them, percent-encoded. */
  readonly headers: Secret | undefined
}

export interface StateConfig {
  readonly bytesMax: number
  readonly fillSecondsMax: number
  /** 0 where there is no limit. */
  readonly fillBytesPerSecond: number
  readonly window: { readonly bytesMax: number; readonly secondsMax: number }
}

/** HS256 is as strong as its key: RFC 7518 (3.2) requires a key as long as the hash. */
export const secretBytesMin = 32

/**
 * @param heard is told of secrets in files, at the start and whenever they are read anew.
 * @throws ConfigurationError whose one sentence names the variable, its value and its allowed values.
 */
export function readConfig(values: Readonly<Record<string, string | undefined>>, readFile: ReadFile, heard?: SecretsHeard): Config {
  const environment = new Environment(values, readFile, heard)
  const kafka = readKafkaConfig(environment)
  const admin = readAdminConfig(environment)
  return Object.freeze({
    host: environment.optional('HOST') ?? (kafka === undefined ? '127.0.0.1' : '0.0.0.0'),
    port: environment.integer('PORT'),
    server: environment.required('SERVER') as Config['server'],
    portShared: environment.isOn('PORT_SHARED'),
    adminHost: environment.required('ADMIN_HOST'),
    adminPort: environment.integer('ADMIN_PORT'),
    adminHosts: environment.list('ADMIN_HOSTS'),
    admin,
    kafka,
    policy: environment.file('POLICY_FILE'),
    policyPath: environment.optional('POLICY_FILE'),
    control: readControlConfig(environment),
    auth: authConfig(environment),
    nodeId: environment.optional('NODE_ID'),
    allowedOrigins: environment.list('ALLOWED_ORIGINS'),
    tls: tlsConfig(environment),
    longs: environment.required('LONGS') as Config['longs'],
    logLevel: environment.required('LOG_LEVEL'),
    tracing: tracingConfig(environment),
    limits: limits(environment),
    state: state(environment),
    secrets: Object.freeze([...environment.secrets(), ...(admin.tokenFile?.tokens ?? []).map(({ token }) => token)]),
    warnings: Object.freeze([...misspeltVariables(values), ...retiredVariables(values)]),
  })
}

/** A user may have a tenth of all connections, so that it takes at least ten users to use them up. */
const subsAtLeast = 10

function limits(environment: Environment): Limits {
  const connectionsMax = environment.integer('CONNECTIONS_MAX')
  return Object.freeze({
    connectionsMax,
    connectionsPerSubMax: environment.isSet('CONNECTIONS_PER_SUB_MAX')
      ? environment.integer('CONNECTIONS_PER_SUB_MAX')
      : Math.ceil(connectionsMax / subsAtLeast),
    subscriptionsMax: environment.integer('SUBSCRIPTIONS_MAX'),
    subscriptionsTotalMax: environment.integer('SUBSCRIPTIONS_TOTAL_MAX'),
    collectionsMax: environment.integer('COLLECTIONS_MAX'),
    collectionEntitiesMax: environment.integer('COLLECTION_ENTITIES_MAX'),
    scanRowsPerSecondMax: environment.integer('SCAN_ROWS_PER_SECOND_MAX'),
    frameBytesMax: environment.integer('FRAME_BYTES_MAX'),
    framesPerSecondMax: environment.integer('FRAMES_PER_SECOND_MAX'),
    frameOutBytesMax: frameOutBytesMax(environment),
    mailboxBytesMax: environment.integer('MAILBOX_BYTES_MAX'),
    mailboxesBytesMax: environment.integer('MAILBOXES_BYTES_MAX'),
    sourceBufferBytesMax: environment.integer('SOURCE_BUFFER_BYTES_MAX'),
    idleTimeoutSeconds: environment.integer('IDLE_TIMEOUT_SECONDS'),
    upgradesPerSecondMax: environment.integer('UPGRADES_PER_SECOND_MAX'),
    drainMs: environment.integer('DRAIN_MS'),
    shutdownTimeoutMs: environment.integer('SHUTDOWN_TIMEOUT_MS'),
  })
}

function state(environment: Environment): StateConfig | undefined {
  const window = {
    bytesMax: environment.integer('REPLAY_BYTES_MAX'),
    secondsMax: environment.integer('REPLAY_SECONDS_MAX'),
  }
  const config = {
    bytesMax: environment.integer('STATE_BYTES_MAX'),
    fillSecondsMax: environment.integer('STATE_FILL_SECONDS_MAX'),
    fillBytesPerSecond: environment.integer('STATE_FILL_BYTES_PER_SECOND'),
    window: Object.freeze(window),
  }
  return environment.isOn('STATE') ? Object.freeze(config) : undefined
}

function tracingConfig(environment: Environment): TracingConfig | undefined {
  const endpoint = environment.optional('OTEL_EXPORTER_OTLP_ENDPOINT')
  const headers = environment.secret('OTEL_EXPORTER_OTLP_HEADERS')
  return endpoint === undefined ? undefined : Object.freeze({ endpoint, headers })
}

/** Reads the files before the server library does, which would wait for a pipe and does not say what is wrong with a file. */
function tlsConfig(environment: Environment): TlsConfig | undefined {
  if (!environment.together('TLS_CERT_FILE', 'TLS_KEY_FILE')) return undefined
  const { expiresAtMs } = readCertificate(environment, 'TLS_CERT_FILE')!
  readKey(environment, 'TLS_KEY_FILE', 'TLS_CERT_FILE')
  return Object.freeze({ certFile: environment.required('TLS_CERT_FILE'), keyFile: environment.required('TLS_KEY_FILE'), expiresAtMs })
}

/** A frame that is longer than a mailbox would close every connection that has anything else waiting. */
function frameOutBytesMax(environment: Environment): number {
  const mailboxBytesMax = environment.integer('MAILBOX_BYTES_MAX')
  const bytesMax = Number(environment.optional('FRAME_OUT_BYTES_MAX') ?? mailboxBytesMax)
  if (bytesMax > mailboxBytesMax)
    throw new ConfigurationError(`FRAME_OUT_BYTES_MAX is ${bytesMax}; it must be at most MAILBOX_BYTES_MAX, which is ${mailboxBytesMax}.`)
  return bytesMax
}

function authConfig(environment: Environment): AuthConfig | undefined {
  const url = environment.optional('JWKS_URL')
  const both = placesOf('JWT_SECRET').find((name) => environment.isSet(name))
  if (both !== undefined && url !== undefined)
    throw new ConfigurationError(`${both} and JWKS_URL are both set; tokens are verified by one of them.`)
  const secret = environment.secret('JWT_SECRET', refuseShort)
  const common = {
    issuer: environment.optional('JWT_ISSUER'),
    audience: environment.optional('JWT_AUDIENCE'),
    rolesClaims: rolesClaims(environment.required('JWT_ROLES_CLAIM')),
    subClaim: environment.required('JWT_SUB_CLAIM'),
    clockToleranceSeconds: environment.integer('JWT_CLOCK_TOLERANCE_SECONDS'),
  }
  if (url !== undefined) return Object.freeze({ keys: Object.freeze({ kind: 'jwks' as const, url: new URL(url) }), ...common })
  if (secret === undefined) return undefined
  return Object.freeze({
    keys: Object.freeze({ kind: 'secret' as const, secret, file: environment.optional('JWT_SECRET_FILE') }),
    ...common,
  })
}

function refuseShort(secret: string, from: string): void {
  const bytes = Buffer.byteLength(secret)
  if (bytes < secretBytesMin) throw new ConfigurationError(`${from} has ${bytes} bytes; it must have at least ${secretBytesMin}.`)
}

function rolesClaims(text: string): readonly string[] {
  const names = rolesClaimsOf(text)
  if (names.length === 0) throw new ConfigurationError(`JWT_ROLES_CLAIM is ${JSON.stringify(text)}; it must name a claim.`)
  return Object.freeze(names)
}
