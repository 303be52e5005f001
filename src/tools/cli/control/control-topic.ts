import type { Command } from 'commander'
import type { VariableName } from '#config/variables.js'
import { ConfigurationError } from '#errors.js'
import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { OutgoingRecord } from '#kafka/record-producer.js'
import { addBrokerOption, brokerLink, environmentOf, type BrokerOptions, type Variables } from '../broker-options.js'
import type { Terminal } from '../terminal.js'
import { UnavailableError } from '../unavailable-error.js'
import { WrongUseError } from '../wrong-use-error.js'

export type ControlVariable = Extract<VariableName, 'POLICY_TOPIC' | 'CLAIMS_TOPIC' | 'REVOCATIONS_TOPIC'>

export interface ControlTopicOptions extends BrokerOptions {
  readonly topic?: string
}

export function addTopicOptions(command: Command, variable: ControlVariable): Command {
  return addBrokerOption(command).option('--topic <name>', `the topic, instead of ${variable}`)
}

/** A control topic as commands read and write it. */
export class ControlTopicClient {
  private constructor(
    readonly name: string,
    private readonly link: KafkaLinkOptions,
  ) {}

  /** @throws WrongUseError where the brokers or the topic are not said, ConfigurationError where a login cannot be used. */
  static of(options: ControlTopicOptions, variable: ControlVariable, values: Variables, terminal: Terminal): ControlTopicClient {
    const environment = environmentOf(options, values)
    const name = options.topic ?? environment.optional(variable)
    if (name === undefined) throw new WrongUseError(`The topic (--topic or ${variable}) is not set.`)
    return new ControlTopicClient(name, brokerLink(environment, terminal))
  }

  /** Hands over each record, up to the end that the topic has now. @throws UnavailableError, ConfigurationError */
  async read(take: (record: KafkaRecord) => void): Promise<void> {
    // Loaded only here, as other commands need no kafkajs.
    const { readTopic } = await import('#kafka/topic-content.js')
    await reached(readTopic(this.link, this.name, take))
  }

  /** Resolves with the record's offset. @throws UnavailableError, ConfigurationError */
  async write(record: Omit<OutgoingRecord, 'timestampMs'>): Promise<number> {
    const { writeRecord } = await import('#kafka/write-record.js')
    return await reached(writeRecord(this.link, this.name, { ...record, timestampMs: undefined }))
  }

  /** The latest record of a key; undefined where there is none, or it is a tombstone. */
  async latestOf(key: string): Promise<KafkaRecord | undefined> {
    let latest: KafkaRecord | undefined
    await this.read((record) => {
      if (record.key?.toString() === key) latest = record
    })
    return latest?.value === null ? undefined : latest
  }
}

async function reached<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    throw new UnavailableError(`Kafka: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
