import type { EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { readBrokerConfig, type BrokerConfig } from './broker-config.js'
import { parseEntities } from './entities-file.js'
import type { Environment } from './environment.js'
import { readRegistryConfig, type RegistryConfig } from './registry-config.js'
import { variables, type VariableName } from './variables.js'

/** Kafka and the registry as the source of all changes. */
export interface KafkaConfig extends BrokerConfig {
  readonly registry: RegistryConfig
  readonly entities: readonly EntityDefinition[]
  /** Whether entities that are found in the registry count too. */
  readonly discover: boolean
}

/** Variables that `KAFKA_BROKERS` requires. None has a default, so that nothing is open because nobody configured it. */
const neededWithKafka: readonly VariableName[] = ['SCHEMA_REGISTRY_URL', 'ENTITIES']
/** Likewise one of each line. */
const eitherWithKafka: readonly (readonly VariableName[])[] = [
  ['POLICY_FILE', 'POLICY_TOPIC'],
  ['JWT_SECRET', 'JWT_SECRET_FILE', 'JWKS_URL'],
]

/** Undefined without `KAFKA_BROKERS`. @throws ConfigurationError that names all variables that are missing beside it. */
export function readKafkaConfig(environment: Environment): KafkaConfig | undefined {
  if (!environment.isSet('KAFKA_BROKERS')) {
    refuseLeftovers(environment)
    return undefined
  }
  refuseGaps(environment)
  return Object.freeze({
    ...readBrokerConfig(environment),
    registry: readRegistryConfig(environment),
    ...parseEntities(environment.required('ENTITIES'), (path) => environment.content('ENTITIES', path)),
  })
}

function refuseGaps(environment: Environment): void {
  const missing: string[] = neededWithKafka.filter((name) => !environment.isSet(name))
  for (const names of eitherWithKafka) if (!names.some((name) => environment.isSet(name))) missing.push(names.join(' or '))
  if (missing.length > 0) throw new ConfigurationError(`With KAFKA_BROKERS set, these must be set too: ${missing.join(', ')}.`)
}

/** A user who sets one of these wants a Kafka, and should not get the sample shop because of a slip in `KAFKA_BROKERS`. */
const uselessWithoutKafka = (Object.keys(variables) as VariableName[]).filter((name) => /^(KAFKA_|SCHEMA_REGISTRY_|ENTITIES$)/.test(name))

function refuseLeftovers(environment: Environment): void {
  const useless = uselessWithoutKafka.filter((name) => environment.isSet(name))
  if (useless.length > 0)
    throw new ConfigurationError(`Without KAFKA_BROKERS, these mean nothing and must not be set: ${useless.join(', ')}.`)
}
