import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs'
import { answer } from '../harness/child.js'
import { monotonicMs } from '../harness/monotonic.js'
import { encodeEvent, entityIdOf } from '../workload/order.js'
import type { EventLog, Fed, FeedOrder } from './event-log.js'
import { feedTo } from './paced.js'

// A process of its own: puts events into Kafka when they are due, and keeps the account of them.

export interface FeederTarget {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  readonly schemaId: number
}

export type FeederCommands = typeof commands

let target: FeederTarget
let producer: Producer

const commands = {
  async open(given: FeederTarget): Promise<void> {
    target = given
    const kafka = new Kafka({ brokers: [...given.brokers], logLevel: logLevel.NOTHING })
    producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } })
    await producer.connect()
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
  return {
    key: entityIdOf(entity),
    value: encodeEvent(target.schemaId, entity, sequence, timestampMs),
    partition: entity % target.partitions,
    timestamp: String(timestampMs),
  }
}

async function sendAll(messages: Message[], dueMs: number, log: EventLog): Promise<void> {
  await producer.send({ topic: target.topic, messages })
  log.noteAcknowledged(monotonicMs() - dueMs)
}

answer(commands)
