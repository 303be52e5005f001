import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { forgets, retentionSettings, topicFactsOf } from '#kafka/kafka-topic-facts.js'

/**
 * Those of the topics of which Kafka drops old records. One whose settings may not be read is not among them, nor any where Kafka does not
 * answer.
 */
export async function forgetfulTopics(options: KafkaLinkOptions, topics: readonly string[]): Promise<string[]> {
  const facts = await topicFactsOf(options, topics, retentionSettings).catch(() => undefined)
  return topics.filter((topic) => {
    const known = facts?.get(topic)
    return known !== undefined && known !== 'not_permitted' && known.settings !== undefined && forgets(known.settings)
  })
}
