import type { Question } from './question.js'

export interface ConfigsAsked {
  readonly topics: readonly string[]
  /** The names of settings. */
  readonly names: readonly string[]
}

export interface TopicConfigs {
  readonly errorCode: number
  readonly topic: string
  /** The settings that were asked for, by their names. */
  readonly settings: ReadonlyMap<string, string>
}

/** Kafka's number for topics among the kinds of things that have settings. */
export const topicResource = 2

/** The settings of topics, which any broker knows. */
export const configsQuestion: Question<ConfigsAsked, readonly TopicConfigs[]> = {
  apiKey: 32,
  name: 'DescribeConfigs',
  versionMin: 1,
  versionMax: 1, // Later versions add nothing that we need.
  flexibleFrom: 4,
  write(fields, { topics, names }) {
    fields.array(topics, (topic) => {
      fields.int8(topicResource)
      fields.string(topic)
      fields.array(names, (name) => fields.string(name))
    })
    fields.boolean(false) // Whether the answer says where else a setting stands.
  },
  read(fields) {
    fields.int32() // The pause that the broker asks for: we ask seldom enough.
    return fields.array(() => {
      const errorCode = fields.int16()
      fields.string() // The error in words.
      fields.int8()
      const topic = fields.string()
      const settings = fields.array(() => {
        const setting = [fields.string(), fields.string()] as const
        fields.boolean() // Whether the setting cannot be changed,
        fields.int8() // where it is from,
        fields.boolean() // and whether it is secret.
        fields.array(() => [fields.string(), fields.string(), fields.int8()]) // Where else it stands.
        return setting
      })
      return { errorCode, topic, settings: new Map(settings) }
    })
  },
}
