import type { EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { parseEntities } from './entities-file.js'
import type { Environment } from './environment.js'
import { readCertificate, readKey } from './pem-files.js'
import type { VariableName } from './variables.js'

/** How brokers are reached. */
export interface BrokerConfig {
  readonly brokers: readonly string[]
  readonly sasl:
    { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string } | undefined
  /** PEM texts. */
  readonly tls: { readonly ca: string | undefined; readonly cert: string | undefined; readonly key: string | undefined } | undefined
}

/** Kafka and the registry as the source of all changes. */
export interface KafkaConfig extends BrokerConfig {
  readonly registry: {
    readonly url: string
    readonly user: string | undefined
    readonly password: string | undefined
    readonly timeoutMs: number
  }
  readonly entities: readonly EntityDefinition[]
  /** Whether entities that are found in the registry count too. */
  readonly discover: boolean
}

/** Variables that `KAFKA_BROKERS` requires. None has a default, so that nothing is open because nobody configured it. */
const neededWithKafka: readonly VariableName[] = ['SCHEMA_REGISTRY_URL', 'ENTITIES', 'POLICY_FILE']

/** Undefined without `KAFKA_BROKERS`. @throws ConfigurationError that names all variables that are missing beside it. */
export function readKafkaConfig(environment: Environment): KafkaConfig | undefined {
  if (!environment.isSet('KAFKA_BROKERS')) {
    refuseLeftovers(environment)
    return undefined
  }
  refuseGaps(environment)
  return Object.freeze({
    ...readBrokerConfig(environment),
    registry: registryConfig(environment),
    ...parseEntities(environment.required('ENTITIES'), (path) => environment.content('ENTITIES', path)),
  })
}

/** Checks SASL and TLS even where `KAFKA_BROKERS` is not set. @throws ConfigurationError */
export function readBrokerConfig(environment: Environment): BrokerConfig {
  return { brokers: environment.list('KAFKA_BROKERS'), sasl: saslConfig(environment), tls: kafkaTls(environment) }
}

function refuseGaps(environment: Environment): void {
  const missing: string[] = neededWithKafka.filter((name) => !environment.isSet(name))
  if (!environment.isSet('JWT_SECRET') && !environment.isSet('JWKS_URL')) missing.push('JWT_SECRET or JWKS_URL')
  if (missing.length > 0) throw new ConfigurationError(`With KAFKA_BROKERS set, these must be set too: ${missing.join(', ')}.`)
}

/** A user who sets one of these wants a Kafka, and should not get the sample shop because of a slip in `KAFKA_BROKERS`. */
const uselessWithoutKafka: readonly VariableName[] = [
  'SCHEMA_REGISTRY_URL',
  'ENTITIES',
  'SCHEMA_REGISTRY_USER',
  'SCHEMA_REGISTRY_PASSWORD',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_TLS',
  'KAFKA_TLS_CA_FILE',
  'KAFKA_TLS_CERT_FILE',
  'KAFKA_TLS_KEY_FILE',
]

function refuseLeftovers(environment: Environment): void {
  const useless = uselessWithoutKafka.filter((name) => environment.isSet(name))
  if (useless.length > 0)
    throw new ConfigurationError(`Without KAFKA_BROKERS, these mean nothing and must not be set: ${useless.join(', ')}.`)
}

function registryConfig(environment: Environment): KafkaConfig['registry'] {
  environment.together('SCHEMA_REGISTRY_USER', 'SCHEMA_REGISTRY_PASSWORD')
  return Object.freeze({
    url: environment.required('SCHEMA_REGISTRY_URL'),
    user: environment.optional('SCHEMA_REGISTRY_USER'),
    password: environment.optional('SCHEMA_REGISTRY_PASSWORD'),
    timeoutMs: environment.integer('SCHEMA_REGISTRY_TIMEOUT_MS'),
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
    const [ca, cert] = [readCertificate(environment, 'KAFKA_TLS_CA_FILE'), readCertificate(environment, 'KAFKA_TLS_CERT_FILE')]
    return Object.freeze({ ca: ca?.pem, cert: cert?.pem, key: readKey(environment, 'KAFKA_TLS_KEY_FILE', 'KAFKA_TLS_CERT_FILE') })
  }
  // Without an error the connection would be unprotected, and the operator would believe it to be protected.
  const useless = files.find((name) => environment.isSet(name))
  if (useless !== undefined) throw new ConfigurationError(`${useless} is set, but KAFKA_TLS is not "on".`)
  return undefined
}
