import { missingForRealParts } from './artifacts.js'
import { Apicurio } from './apicurio.js'
import type { KafkaBroker } from './kafka-broker.js'
import { KafkaCluster, type KafkaClusterOptions } from './kafka-cluster.js'
import { sharedParts } from './shared.js'

/** Where a real Kafka and a real registry with Confluent's API can be reached. */
export interface RealParts {
  readonly brokers: readonly string[]
  /** The root of Confluent's API. */
  readonly registryUrl: string
}

/** The further listeners of the broker that the tests start themselves; `saslUser` may log in to the first one. */
export interface SecureListeners {
  /** The same broker without TLS or SASL. */
  readonly brokers: readonly string[]
  readonly saslBrokers: readonly string[]
  readonly tlsBrokers: readonly string[]
  /** PEM */
  readonly tlsCertificate: string
}

const { KAFKA_BROKERS: givenBrokers, SCHEMA_REGISTRY_URL: givenRegistry, CI: ci } = process.env
const missing = missingForRealParts()

/** For tap's `skip`: why tests on a broker that is started for them cannot run. Under CI they run all the same, and fail. */
export const skipOwnParts: string | false = missing === undefined || ci === 'true' ? false : `needs a real Kafka: ${missing}`

/** For tap's `skip`: why tests on real parts cannot run. */
export const skipRealParts: string | false = givenBrokers && givenRegistry ? false : skipOwnParts

/** Those of `KAFKA_BROKERS` and `SCHEMA_REGISTRY_URL` where both are set; otherwise one pair for all test files of a run. */
export async function realParts(): Promise<RealParts> {
  if (givenBrokers && givenRegistry) return { brokers: givenBrokers.split(','), registryUrl: givenRegistry }
  if (missing !== undefined) throw new Error(skipOwnParts || missing)
  return await sharedParts()
}

export async function secureListeners(): Promise<SecureListeners> {
  if (missing !== undefined) throw new Error(missing)
  return await sharedParts()
}

/** A broker for one test alone, which may kill it and start it again. The test stops it. */
export async function ownBroker(...proxies: NonNullable<KafkaClusterOptions['proxies']>): Promise<KafkaBroker> {
  const cluster = await ownCluster({ nodes: 1, proxies })
  return cluster.node(1)
}

/** As many nodes for the tests of one file alone. The last of them stops it. */
export async function ownCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  if (missing !== undefined) throw new Error(missing)
  return await KafkaCluster.start(options)
}

/** A registry in which nothing is registered, for one test alone. The test stops it. */
export async function ownRegistry(): Promise<Apicurio> {
  if (missing !== undefined) throw new Error(missing)
  return await Apicurio.start()
}
