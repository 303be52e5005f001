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

// Reading by kafkajs, with two of its parts replaced for the whole process. What kafkajs does by itself after a failure skips records,
// so here every failure ends the reader, and whoever started it starts another one at the positions it holds.

export interface KafkaConnectionOptions extends KafkaClientOptions {
  readonly clock: Clock
}

/** What one answer may hold, in bytes: it stays in memory as long as any of its records does. */
const answerBytesMax = 4 * 1024 * 1024
/** How long the broker waits for the first record, in milliseconds. */
const fetchWaitMs = 400
/** The same while some partition is paused: it is not in the request that waits, and is fetched by the next one at the earliest. */
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

  /** The ends of the logs of those topics that exist. @throws Error when Kafka does not answer. */
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

  /** Partitions and settings of those topics that exist. @throws Error when Kafka does not answer. */
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

/** kafkajs offers no other way in; its version is pinned. `kafka-fetch-answer.ts` says why its own decoder will not do. */
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
 * Where no request waits, kafkajs sets a timer for a moment long past, and another one when it has fired: each of its connections wakes
 * the process some 850 times a second, for ever. An idle gateway with 10,000 clients took 4.6 % of a core with it, and 2.7 % without.
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
 * A fetch that comes back empty costs almost a millisecond of CPU, and a partition that was resumed waits for it; kafkajs knows one time for
 * both. An idle gateway with 10,000 clients takes 1.7 % of a core with the longer wait, and took 2.5 % with 100 ms.
 */
function waitLessWhilePaused(): void {
  const { prototype } = require('kafkajs/src/consumer/consumerGroup.js') as { prototype: FetchingGroup }
  const fetch = Object.getOwnPropertyDescriptor(prototype, 'fetch')!.value as FetchingGroup['fetch']
  prototype.fetch = function (nodeId) {
    this.maxWaitTime = this.paused().length === 0 ? fetchWaitMs : fetchWaitMsPaused
    return fetch.call(this, nodeId)
  }
}
