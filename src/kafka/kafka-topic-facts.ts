import type { KafkaLinkOptions } from './kafka-link.js'
import { KafkaBrokers } from './kafka-brokers.js'
import { configsQuestion, type TopicConfigs } from './wire/configs-question.js'
import { errorCodes } from './wire/error-codes.js'

/** What a check of topics needs to know of a topic. */
export interface TopicFacts {
  readonly partitions: number
  /** The settings that were asked for, by Kafka's names, for example `cleanup.policy`; undefined where this login may not read them. */
  readonly settings: ReadonlyMap<string, string> | undefined
}

/** The settings by which `forgets` says it. */
export const retentionSettings = ['cleanup.policy', 'retention.ms', 'retention.bytes'] as const

/** Whether Kafka drops records for their age or for their bytes: then also the latest one of a key that is written seldom. */
export function forgets(settings: ReadonlyMap<string, string>): boolean {
  const [cleanup, ...limits] = retentionSettings.map((setting) => settings.get(setting) ?? '')
  return cleanup!.includes('delete') && limits.some((limit) => limit !== '' && Number(limit) >= 0)
}

/**
 * Topics that do not exist are absent. Where this login may not describe a topic, Kafka does not say whether it exists.
 * @throws Error when Kafka does not answer.
 */
export async function topicFactsOf(
  options: KafkaLinkOptions,
  topics: readonly string[],
  settings: readonly string[],
): Promise<Map<string, TopicFacts | 'not_permitted'>> {
  const brokers = new KafkaBrokers(options)
  try {
    const { brokers: known, topics: described } = await brokers.metadata(topics)
    const existing = described.filter(({ errorCode }) => errorCode === errorCodes.none)
    const asked = { topics: existing.map(({ topic }) => topic), names: settings }
    const configs = existing.length === 0 ? [] : await brokers.ask(known[0]!.id, configsQuestion, asked)
    const facts = new Map<string, TopicFacts | 'not_permitted'>()
    for (const { topic, partitions } of existing) facts.set(topic, { partitions: partitions.length, settings: settingsOf(topic, configs) })
    for (const { topic, errorCode } of described) if (errorCode === errorCodes.notPermitted) facts.set(topic, 'not_permitted')
    return facts
  } finally {
    brokers.close()
  }
}

function settingsOf(topic: string, configs: readonly TopicConfigs[]): ReadonlyMap<string, string> | undefined {
  const found = configs.find((one) => one.topic === topic)
  return found?.errorCode === errorCodes.none ? found.settings : undefined
}
