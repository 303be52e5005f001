import { errorCodes } from '../wire/error-codes.js'
import type { MetadataAnswer, TopicMetadata } from '../wire/metadata-question.js'
import { Reading, type StartAt } from './reading.js'

/** All partitions that are read, with what the brokers have last said of them. */
export class ReadingTable {
  private readonly topics = new Map<string, Map<number, Reading>>()
  /** Those that were looked for: a partition that is found later is read from its beginning. */
  private readonly begun = new Set<string>()
  /** By topic: the error that the brokers have last answered with, 0 where there was none. */
  private readonly errors = new Map<string, number>()

  /**
   * @param startAt where the partitions are read from that exist when their topics are looked for first.
   * @param madeAnew called with a topic that is another one than before, under the same name; it is read from its beginning.
   */
  constructor(
    private readonly startAt: (topic: string, partition: number) => StartAt,
    private readonly madeAnew: (topic: string) => void,
  ) {}

  *[Symbol.iterator](): IterableIterator<Reading> {
    for (const partitions of this.topics.values()) yield* partitions.values()
  }

  get(topic: string, partition: number): Reading | undefined {
    return this.topics.get(topic)?.get(partition)
  }

  get hasHeld(): boolean {
    return [...this].some(({ isHeld }) => isHeld)
  }

  /** Those that do not exist. */
  get missing(): readonly string[] {
    return this.topicsWith(errorCodes.unknownTopic)
  }

  /** Kafka does not say of these whether they exist. */
  get notPermitted(): readonly string[] {
    return this.topicsWith(errorCodes.notPermitted)
  }

  /** They exist, and are not ours to read. */
  get unreadable(): readonly string[] {
    return [...new Set([...this].filter(({ errorCode }) => errorCode === errorCodes.notPermitted).map(({ topic }) => topic))]
  }

  /** Topics and partitions that Kafka has just not answered for, though they exist. */
  get unanswered(): readonly string[] {
    const topics = [...this.errors].filter(([, code]) => !isClear(code)).map(([topic]) => topic)
    const partitions = [...this].filter(
      ({ topic, isAnswered, errorCode }) =>
        !isAnswered && errorCode !== errorCodes.notPermitted && this.errors.get(topic) === errorCodes.none,
    )
    return [...topics, ...partitions.map(({ name }) => name)]
  }

  /** Whether it is known of all of them from where they are read; of what has no leader, as nothing can be written to it, later. */
  holds(topics: readonly string[]): boolean {
    return topics.every((topic) => {
      const readings = [...(this.topics.get(topic)?.values() ?? [])]
      return isClear(this.errors.get(topic)) && readings.every(({ node, isPlaced }) => node === undefined || isPlaced)
    })
  }

  /** Takes over who leads what. */
  note({ topics }: MetadataAnswer): void {
    for (const topic of topics) {
      this.errors.set(topic.topic, topic.errorCode)
      if (this.isAnother(topic)) this.replace(topic)
      this.noteTopic(topic)
    }
  }

  private topicsWith(code: number): string[] {
    return [...this.errors].filter(([, error]) => error === code).map(([topic]) => topic)
  }

  /** It was deleted meanwhile. Where the id is not known, what is fetched says whether the log is another one. */
  private isAnother({ topic, topicId }: TopicMetadata): boolean {
    const [before] = this.topics.get(topic)?.values() ?? []
    return before?.topicId !== undefined && topicId !== undefined && before.topicId !== topicId
  }

  private replace({ topic }: TopicMetadata): void {
    this.topics.delete(topic)
    this.madeAnew(topic)
  }

  private noteTopic({ errorCode, topic, topicId, partitions }: TopicMetadata): void {
    const readings = this.topics.get(topic) ?? new Map<number, Reading>()
    this.topics.set(topic, readings)
    // Those of a topic that is gone stay: it may only be missing from one answer of a broker.
    for (const reading of readings.values()) reading.node = undefined
    for (const { partition, leader, leaderEpoch } of partitions) {
      const startAt = this.begun.has(topic) ? 'beginning' : this.startAt(topic, partition)
      const reading = readings.get(partition) ?? new Reading(topic, topicId, partition, startAt)
      readings.set(partition, reading)
      reading.topicId ??= topicId
      reading.noteLeader(leader, leaderEpoch)
    }
    // Of one that may not be described nobody knows whether it existed when it was looked for.
    if (errorCode === errorCodes.none || errorCode === errorCodes.unknownTopic) this.begun.add(topic)
  }
}

/** Whether that is known of a topic which can be known. */
function isClear(errorCode: number | undefined): boolean {
  return errorCode === errorCodes.none || errorCode === errorCodes.unknownTopic || errorCode === errorCodes.notPermitted
}
