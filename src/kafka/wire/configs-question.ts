import type { Question } from './question.js'

export interface ConfigsAsked {
  readonly topics: readonly string[]
  /** The names of settings. */
  readonly names: readonly string[]
}

export interface TopicConfigs {
  readonly errorCode: number
  readonly topic: string
  /** By their names; only those that were asked for. */
  readonly settings: ReadonlyMap<string, string>
}

/** Kafka's number for topics among all that has settings. */
export const topicResource = 2

/** How topics are set, which any node knows. */
export const configsQuestion: Question<ConfigsAsked, readonly TopicConfigs[]> = {
  apiKey: 32,
  name: 'DescribeConfigs',
  versionMin: 1,
  versionMax: 1, // What later ones add is not asked for.
  flexibleFrom: 4,
  write(fields, { topics, names }) {
    fields.array(topics, (topic) => {
      fields.int8(topicResource)
      fields.string(topic)
      fields.array(names, (name) => fields.string(name))
    })
    fields.boolean(false) // Whether it says where else a setting stands.
  },
  read(fields) {
    fields.int32() // How long the broker would like us to wait: we ask seldom.
    return fields.array(() => {
      const errorCode = fields.int16()
      fields.string() // The error in words.
      fields.int8()
      const topic = fields.string()
      const settings = fields.array(() => {
        const setting = [fields.string(), fields.string()] as const
        fields.boolean() // Whether it cannot be changed,
        fields.int8() // where it is from,
        fields.boolean() // and whether it is secret.
        fields.array(() => [fields.string(), fields.string(), fields.int8()]) // Where else it stands.
        return setting
      })
      return { errorCode, topic, settings: new Map(settings) }
    })
  },
}
