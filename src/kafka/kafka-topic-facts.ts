import type { Clock } from '#clock.js'
import { leaveKafka, newKafka, topicResource, type Admin, type KafkaClientOptions } from './kafka-client.js'

/** What a check of topics needs to know of a topic. */
export interface TopicFacts {
  readonly partitions: number
  /** The settings that were asked for, by Kafka's names, for example `cleanup.policy`. */
  readonly settings: ReadonlyMap<string, string>
}

export interface TopicFactsOptions extends KafkaClientOptions {
  readonly clock: Clock
}

/** Topics that do not exist are absent. @throws Error when Kafka does not answer. */
export async function topicFactsOf(
  options: TopicFactsOptions,
  topics: readonly string[],
  settings: readonly string[],
): Promise<Map<string, TopicFacts>> {
  const admin = newKafka(options).admin()
  try {
    await admin.connect()
    return await factsBy(admin, topics, settings)
  } finally {
    await leaveKafka(admin, options.clock)
  }
}

async function factsBy(admin: Admin, topics: readonly string[], settings: readonly string[]): Promise<Map<string, TopicFacts>> {
  const existing = new Set(await admin.listTopics())
  const known = topics.filter((topic) => existing.has(topic))
  if (known.length === 0) return new Map()
  const { topics: described } = await admin.fetchTopicMetadata({ topics: known })
  const resources = known.map((name) => ({ type: topicResource, name, configNames: [...settings] }))
  const configs = await admin.describeConfigs({ resources, includeSynonyms: false })
  const valuesOf = (topic: string) => configs.resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? []
  return new Map(
    described.map(({ name, partitions }) => {
      const values = valuesOf(name).map(({ configName, configValue }) => [configName, configValue] as const)
      return [name, { partitions: partitions.length, settings: new Map(values) }]
    }),
  )
}
