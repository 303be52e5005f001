import { createRequire } from 'node:module'
import type { Clock } from '#clock.js'
import {
  kafkaRetry,
  leaveKafka,
  newKafka,
  topicResource,
  type Admin,
  type Consumer,
  type Kafka,
  type KafkaClientOptions,
} from './kafka-client.js'
import { decodeFetchAnswer, fetchVersions, type FetchAnswer } from './kafka-fetch-answer.js'
import type { LogEnds, TopicEnds } from './kafka-positions.js'
import { KafkaPulse } from './kafka-pulse.js'
import { KafkaReader, type ReadOptions } from './kafka-reader.js'
import { type TopicFacts, topicFactsOf } from './kafka-topic-facts.js'

export type { Admin as KafkaAdmin, Consumer as KafkaConsumer } from './kafka-client.js'

// Reading by kafkajs, with three of its parts replaced for the whole process. What kafkajs does by itself after a failure skips records.
// So every failure ends the reader here, and the source, which holds the positions, starts another one from them.

export interface KafkaConnectionOptions extends KafkaClientOptions {
  readonly clock: Clock
}

/** What one answer may hold, in bytes. The limit is low, as an answer stays in memory as long as any of its records does. */
const answerBytesMax = 4 * 1024 * 1024
/** How long the broker waits for the first record, in milliseconds. */
const fetchWaitMs = 400
/** The same while a partition is paused: the request that waits does not ask for it, so it is fetched by the next one at the earliest. */
const fetchWaitMsPaused = 100
/** Added partitions are found within this time, in milliseconds. */
const metadataAgeMs = 5000

const require = createRequire(import.meta.url)
replaceFetchDecoder()
stopIdleTimer()
waitLessWhilePaused()

export class KafkaConnection {
  readonly pulse: KafkaPulse
  private readonly kafka: Kafka
  private readonly clock: Clock

  constructor(options: KafkaConnectionOptions) {
    this.kafka = newKafka(options)
    this.clock = options.clock
    this.pulse = new KafkaPulse(options.clock)
  }

  /** The ends of the topics' logs, without topics that do not exist. @throws Error when Kafka does not answer. */
  async endsOf(topics: readonly string[]): Promise<TopicEnds> {
    const admin = this.kafka.admin()
    try {
      await admin.connect()
      const existing = new Set(await admin.listTopics())
      this.pulse.heard()
      const ends = topics.filter((topic) => existing.has(topic)).map(async (topic) => [topic, await endsOfOne(admin, topic)] as const)
      return new Map(await Promise.all(ends))
    } finally {
      await leaveKafka(admin, this.clock)
    }
  }

  /** The topics' partitions and settings, without topics that do not exist. @throws Error when Kafka does not answer. */
  async factsOf(topics: readonly string[], settings: readonly string[]): Promise<Map<string, TopicFacts>> {
    const admin = this.kafka.admin()
    try {
      await admin.connect()
      return await topicFactsOf(admin, topics, settings, topicResource)
    } finally {
      await leaveKafka(admin, this.clock)
    }
  }

  /** A reader that has not run yet. */
  reader(options: ReadOptions): KafkaReader {
    const consumer = this.consumer(options)
    this.pulse.begins()
    return new KafkaReader(consumer, options, this.clock, this.pulse, () => leaveKafka(consumer, this.clock))
  }

  private consumer({ groupId, partitionBytesMax }: ReadOptions): Consumer {
    return this.kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      metadataMaxAge: metadataAgeMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytes: answerBytesMax,
      maxBytesPerPartition: partitionBytesMax,
      retry: { ...kafkaRetry, restartOnFailure: () => Promise.resolve(false) },
    })
  }
}

async function endsOfOne(admin: Admin, topic: string): Promise<LogEnds[]> {
  const partitions = await admin.fetchTopicOffsets(topic)
  return partitions.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
}

/** kafkajs offers no other way to replace its decoder, so its version is pinned. `kafka-fetch-answer.ts` says why it is replaced. */
function replaceFetchDecoder(): void {
  for (const version of fetchVersions) {
    const response = require(`kafkajs/src/protocol/requests/fetch/v${version}/response.js`) as {
      decode: (bytes: Buffer) => Promise<FetchAnswer>
    }
    response.decode = (bytes) => new Promise((resolve) => resolve(decodeFetchAnswer(version, bytes)))
  }
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

/**
 * Where no request waits, kafkajs sets a timer for a moment long past, and another one when that has fired. So each of its connections
 * wakes the process some 850 times a second, for ever. An idle gateway with 10,000 clients took 4.6 % of a core with this timer, and 2.7 %
 * without it.
 */
function stopIdleTimer(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue }
  const schedule = Object.getOwnPropertyDescriptor(prototype, 'scheduleCheckPendingRequests')!.value as (this: RequestQueue) => void
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
}

interface FetchingGroup {
  maxWaitTime: number
  paused(): readonly unknown[]
  fetch(nodeId: number): Promise<unknown>
}

/**
 * A fetch should wait long, as one that comes back empty costs almost a millisecond of CPU, but not while a partition is paused, which
 * waits for it when it is resumed. kafkajs knows only one waiting time. An idle gateway with 10,000 clients takes 1.7 % of a core with the
 * longer time, and took 2.5 % with 100 ms.
 */
function waitLessWhilePaused(): void {
  const { prototype } = require('kafkajs/src/consumer/consumerGroup.js') as { prototype: FetchingGroup }
  const fetch = Object.getOwnPropertyDescriptor(prototype, 'fetch')!.value as FetchingGroup['fetch']
  prototype.fetch = function (nodeId) {
    this.maxWaitTime = this.paused().length === 0 ? fetchWaitMs : fetchWaitMsPaused
    return fetch.call(this, nodeId)
  }
}
