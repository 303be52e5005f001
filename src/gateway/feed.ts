import { systemClock as clock } from '#clock.js'
import type { Config } from '#config/config.js'
import type { KafkaConfig } from '#config/kafka-config.js'
import type { EntityDefinition } from '#entities.js'
import { sharedSasl } from '#kafka/login/kafka-sasl.js'
import type { Log } from '#log.js'
import { ConfluentRegistry } from '#registry/confluent-registry.js'
import { withLogin } from '#registry/registry-login.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'
import { Meter } from './observe/meter.js'
import { ObservedRegistry } from './observe/observed-registry.js'
import type { ControlFeed } from './rights-data.js'
import { forgetfulTopics, uncompactedTopics } from './source/kafka/forgetful-topics.js'
import { KafkaSource, type KafkaSourceOptions } from './source/kafka/kafka-source.js'
import type { PartitionSource } from './source/partition-source.js'

/** Where changes come from. */
export interface Feed extends ControlFeed {
  readonly entities: readonly EntityDefinition[]
  readonly discover?: boolean
  readonly source: PartitionSource
  readonly registry: VersionedRegistry
  /** Which of these topics forget entities, as far as it is known. */
  readonly forgetful?: (topics: readonly string[]) => Promise<readonly string[]>
  /** What the source counts in, and all after it. */
  readonly meter: Meter
}

/** Records of control topics are small, and are taken as fast as they come: what waits is a batch or two. */
const controlBufferBytesMax = 8 * 1024 * 1024

/** The feed of one's own Kafka. @param startAt where logs are read from that are there; all of them where tables are kept unless told. */
export async function kafkaFeed(
  kafka: KafkaConfig,
  { limits, state }: Config,
  log: Log,
  startAt?: KafkaSourceOptions['startAt'],
): Promise<Feed> {
  const { registry, entities, discover, ...brokers } = kafka
  const meter = new Meter()
  const bytes = { bufferBytesMax: limits.sourceBufferBytesMax, fillBytesPerSecond: state?.fillBytesPerSecond ?? 0 }
  const link = { ...brokers, sasl: sharedSasl(brokers.sasl, clock, log), clock, log }
  const source = new KafkaSource({ ...link, ...bytes, meter, ...(startAt && { startAt }) })
  const own = { bufferBytesMax: controlBufferBytesMax, dependency: 'control' } as const
  const control: Feed['control'] = (skipped) => new KafkaSource({ ...link, ...own, meter, skipped })
  const observed = new ObservedRegistry(await ConfluentRegistry.create(withLogin(registry, clock, log)), clock)
  meter.dependencies.set('registry', observed)
  return {
    ...{ entities, discover, source, control, registry: observed, meter },
    forgetful: (topics) => forgetfulTopics(link, topics),
    uncompacted: (topics) => uncompactedTopics(link, topics),
  }
}
