import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs'
import { answer } from '../harness/child.js'
import { monotonicMs } from '../harness/monotonic.js'
import { encodeEvent, entityIdOf } from '../workload/order.js'
import { entityChooser } from '../workload/popularity.js'
import { dueMs } from '../workload/schedule.js'
import { EventLog, type Fed, type FeedOrder } from './event-log.js'
import { paced } from './paced.js'

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
  async feed({ schedule, popularity }: FeedOrder): Promise<Fed> {
    const log = new EventLog(popularity.entities)
    const entityOf = entityChooser(popularity)
    // One request at a time: with several on their way kafkajs may send the later one first, and what comes due meanwhile goes together.
    await paced(schedule, (from, to) => {
      log.noteLateness(monotonicMs() - dueMs(schedule, from))
      const messages: Message[] = []
      for (let sequence = from; sequence < to; sequence++) {
        const entity = entityOf(sequence - schedule.firstSequence)
        messages.push(messageOf(entity, sequence))
        log.note(entity, sequence)
      }
      return send(messages, log, dueMs(schedule, from))
    })
    return log.result()
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

async function send(messages: Message[], log: EventLog, due: number): Promise<void> {
  await producer.send({ topic: target.topic, messages })
  log.noteAcknowledged(monotonicMs() - due)
}

answer(commands)
