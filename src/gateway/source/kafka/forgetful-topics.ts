import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { forgets, retentionSettings, topicFactsOf } from '#kafka/kafka-topic-facts.js'

/**
 * Those of the topics of which Kafka drops old records. One whose settings may not be read is not among them, nor any where Kafka does not
 * answer.
 */
export function forgetfulTopics(options: KafkaLinkOptions, topics: readonly string[]): Promise<string[]> {
  return topicsWith(options, topics, forgets)
}

/** Likewise those of which Kafka keeps more than the latest record of each key, or less. */
export function uncompactedTopics(options: KafkaLinkOptions, topics: readonly string[]): Promise<string[]> {
  return topicsWith(options, topics, (settings) => settings.get('cleanup.policy')?.includes('compact') !== true || forgets(settings))
}

async function topicsWith(
  options: KafkaLinkOptions,
  topics: readonly string[],
  isSo: (settings: ReadonlyMap<string, string>) => boolean,
): Promise<string[]> {
  const facts = await topicFactsOf(options, topics, retentionSettings).catch(() => undefined)
  return topics.filter((topic) => {
    const known = facts?.get(topic)
    return known !== undefined && known !== 'not_permitted' && known.settings !== undefined && isSo(known.settings)
  })
}
