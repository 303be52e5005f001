import { ConfigurationError } from '../errors.js'
import type { EntityDefinition } from '../entities.js'
import { parseEntities } from './entities-file.js'
import { Environment } from './environment.js'
import type { VariableName } from './variables.js'

/** Where the changes come from, when they come from outside. */
export interface KafkaConfig {
  readonly brokers: readonly string[]
  readonly groupPrefix: string
  readonly sasl:
    { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string } | undefined
  /** PEM texts. */
  readonly tls: { readonly ca: string | undefined; readonly cert: string | undefined; readonly key: string | undefined } | undefined
  readonly registry: {
    readonly url: string
    readonly user: string | undefined
    readonly password: string | undefined
    readonly timeoutMs: number
  }
  readonly entities: readonly EntityDefinition[]
}

export interface AuthConfig {
  readonly keys: { readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'jwks'; readonly url: URL }
  readonly issuer: string | undefined
  readonly audience: string | undefined
  readonly rolesClaim: string
}

/** What the process is told from outside, checked and frozen. `variables.ts` says what each part means. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly adminHost: string
  readonly adminPort: number
  /** Undefined: the embedded default. */
  readonly kafka: KafkaConfig | undefined
  /** The text of the policy file. Undefined in the embedded default alone, which has one of its own. */
  readonly policy: string | undefined
  /** Undefined in the embedded default alone, whose key is made at the start. */
  readonly auth: AuthConfig | undefined
  readonly allowedOrigins: readonly string[]
  /** Paths of PEM files. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  readonly longs: 'number' | 'string'
  readonly logLevel: string
  readonly limits: Limits
}

export interface Limits {
  readonly connectionsMax: number
  readonly subscriptionsMax: number
  readonly frameBytesMax: number
  readonly framesPerSecondMax: number
  readonly mailboxBytesMax: number
  readonly sourceBufferBytesMax: number
  readonly idleTimeoutSeconds: number
  readonly shutdownTimeoutMs: number
}

/** HS256 is as strong as its key: RFC 7518 (3.2) wants one as long as the hash. */
const secretBytesMin = 32

/** @throws ConfigurationError one sentence that names the variable, what it was and what it may be. */
export function readConfig(values: Readonly<Record<string, string | undefined>>, readFile: (path: string) => string): Config {
  const environment = new Environment(values, readFile)
  const kafka = kafkaConfig(environment)
  return Object.freeze({
    host: environment.optional('HOST') ?? (kafka === undefined ? '127.0.0.1' : '0.0.0.0'),
    port: environment.integer('PORT'),
    adminHost: environment.required('ADMIN_HOST'),
    adminPort: environment.integer('ADMIN_PORT'),
    kafka,
    policy: environment.file('POLICY_FILE'),
    auth: authConfig(environment),
    allowedOrigins: environment.list('ALLOWED_ORIGINS'),
    tls: environment.together('TLS_CERT_FILE', 'TLS_KEY_FILE')
      ? Object.freeze({ certFile: environment.required('TLS_CERT_FILE'), keyFile: environment.required('TLS_KEY_FILE') })
      : undefined,
    longs: environment.required('LONGS') as Config['longs'],
    logLevel: environment.required('LOG_LEVEL'),
    limits: limits(environment),
  })
}

function limits(environment: Environment): Limits {
  return Object.freeze({
    connectionsMax: environment.integer('CONNECTIONS_MAX'),
    subscriptionsMax: environment.integer('SUBSCRIPTIONS_MAX'),
    frameBytesMax: environment.integer('FRAME_BYTES_MAX'),
    framesPerSecondMax: environment.integer('FRAMES_PER_SECOND_MAX'),
    mailboxBytesMax: environment.integer('MAILBOX_BYTES_MAX'),
    sourceBufferBytesMax: environment.integer('SOURCE_BUFFER_BYTES_MAX'),
    idleTimeoutSeconds: environment.integer('IDLE_TIMEOUT_SECONDS'),
    shutdownTimeoutMs: environment.integer('SHUTDOWN_TIMEOUT_MS'),
  })
}

function authConfig(environment: Environment): AuthConfig | undefined {
  const secret = environment.optional('JWT_SECRET')
  const url = environment.optional('JWKS_URL')
  if (secret !== undefined && url !== undefined)
    throw new ConfigurationError('JWT_SECRET and JWKS_URL are both set; tokens are verified by one of them.')
  const common = {
    issuer: environment.optional('JWT_ISSUER'),
    audience: environment.optional('JWT_AUDIENCE'),
    rolesClaim: environment.required('JWT_ROLES_CLAIM'),
  }
  if (url !== undefined) return Object.freeze({ keys: { kind: 'jwks' as const, url: new URL(url) }, ...common })
  if (secret === undefined) return undefined
  const bytes = Buffer.byteLength(secret)
  if (bytes < secretBytesMin) throw new ConfigurationError(`JWT_SECRET has ${bytes} bytes; it must have at least ${secretBytesMin}.`)
  return Object.freeze({ keys: { kind: 'secret' as const, secret }, ...common })
}

/** What must be there as soon as `KAFKA_BROKERS` is: nothing is open because nobody configured it. */
const neededWithKafka: readonly VariableName[] = ['SCHEMA_REGISTRY_URL', 'ENTITIES', 'POLICY_FILE']

function kafkaConfig(environment: Environment): KafkaConfig | undefined {
  const brokers = environment.list('KAFKA_BROKERS')
  if (brokers.length === 0) {
    // Whoever sets one of these means a Kafka: the sample shop instead, because of a slip in one name, would be a surprise.
    const lonely = neededWithKafka.find((name) => name !== 'POLICY_FILE' && environment.isSet(name))
    if (lonely !== undefined) throw new ConfigurationError(`${lonely} is set, but KAFKA_BROKERS is not.`)
    return undefined
  }
  const missing: string[] = neededWithKafka.filter((name) => !environment.isSet(name))
  if (!environment.isSet('JWT_SECRET') && !environment.isSet('JWKS_URL')) missing.push('JWT_SECRET or JWKS_URL')
  if (missing.length > 0) throw new ConfigurationError(`With KAFKA_BROKERS set, these must be set too: ${missing.join(', ')}.`)
  return Object.freeze({
    brokers,
    groupPrefix: environment.required('KAFKA_GROUP_PREFIX'),
    sasl: saslConfig(environment),
    tls: kafkaTls(environment),
    registry: Object.freeze({
      url: environment.required('SCHEMA_REGISTRY_URL'),
      user: environment.optional('SCHEMA_REGISTRY_USER'),
      password: environment.optional('SCHEMA_REGISTRY_PASSWORD'),
      timeoutMs: environment.integer('SCHEMA_REGISTRY_TIMEOUT_MS'),
    }),
    entities: parseEntities(environment.required('ENTITIES'), (path) => environment.content('ENTITIES', path)),
  })
}

function saslConfig(environment: Environment): KafkaConfig['sasl'] {
  const mechanism = environment.optional('KAFKA_SASL_MECHANISM') as NonNullable<KafkaConfig['sasl']>['mechanism'] | undefined
  const hasUser = environment.together('KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD')
  if (mechanism === undefined && !hasUser) return undefined
  if (mechanism === undefined || !hasUser) {
    throw new ConfigurationError('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set together.')
  }
  return Object.freeze({
    mechanism,
    username: environment.required('KAFKA_SASL_USERNAME'),
    password: environment.required('KAFKA_SASL_PASSWORD'),
  })
}

function kafkaTls(environment: Environment): KafkaConfig['tls'] {
  const files = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const
  environment.together('KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE')
  if (environment.isOn('KAFKA_TLS')) {
    const [ca, cert, key] = files.map((name) => environment.file(name))
    return Object.freeze({ ca, cert, key })
  }
  // Silence here would mean an unprotected connection that somebody believes to be protected.
  const useless = files.find((name) => environment.isSet(name))
  if (useless !== undefined) throw new ConfigurationError(`${useless} is set, but KAFKA_TLS is not "on".`)
  return undefined
}
