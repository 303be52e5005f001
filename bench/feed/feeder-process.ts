import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs'
import { answer } from '../harness/child.js'
import { monotonicMs } from '../harness/monotonic.js'
import { entityIdOf } from '../workload/order.js'
import { OrderVersion, type ExtraFields } from '../workload/order-version.js'
import type { EventLog, Fed, FeedOrder } from './event-log.js'
import { feedTo } from './paced.js'

// A process of its own: puts events into Kafka when they are due, and keeps the account of them.

export interface FeederTarget {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  readonly schemaId: number
  readonly extra: ExtraFields | undefined
}

/** From an event on, records are written by another version of their schema. */
export interface SchemaChange {
  readonly fromSequence: number
  readonly schemaId: number
  readonly extra: ExtraFields
}

export type FeederCommands = typeof commands

let target: FeederTarget
let producer: Producer
/** In the order in which they come into use. */
let versions: { readonly fromSequence: number; readonly schemaId: number; readonly order: OrderVersion }[] = []

const commands = {
  async open(given: FeederTarget): Promise<void> {
    target = given
    versions = [{ fromSequence: 0, schemaId: given.schemaId, order: new OrderVersion(given.extra) }]
    const kafka = new Kafka({ brokers: [...given.brokers], logLevel: logLevel.NOTHING })
    producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } })
    await producer.connect()
  },

  change({ fromSequence, schemaId, extra }: SchemaChange): void {
    versions.push({ fromSequence, schemaId, order: new OrderVersion(extra) })
  },

  /** Resolves when the broker has acknowledged all of it. */
  feed(order: FeedOrder): Promise<Fed> {
    let messages: Message[] = []
    const take = (entity: number, sequence: number) => void messages.push(messageOf(entity, sequence))
    // One request at a time: with several on their way kafkajs may send the later one first, and what comes due meanwhile goes together.
    const send = (dueMs: number, log: EventLog) => {
      const taken = messages
      messages = []
      return sendAll(taken, dueMs, log)
    }
    return feedTo({ take, send }, order)
  },
}

/** Entities are spread over the partitions in turn, so that whoever plans a trial knows which shares a partition with which. */
function messageOf(entity: number, sequence: number): Message {
  const timestampMs = Date.now()
  const { schemaId, order } = versions.findLast(({ fromSequence }) => fromSequence <= sequence)!
  return {
    key: entityIdOf(entity),
    value: order.encode(schemaId, entity, sequence, timestampMs),
    partition: entity % target.partitions,
    timestamp: String(timestampMs),
  }
}

async function sendAll(messages: Message[], dueMs: number, log: EventLog): Promise<void> {
  await producer.send({ topic: target.topic, messages })
  log.noteAcknowledged(monotonicMs() - dueMs)
}

answer(commands)
