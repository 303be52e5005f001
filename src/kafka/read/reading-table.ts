import { errorCodes } from '../wire/error-codes.js'
import type { MetadataAnswer, TopicMetadata } from '../wire/metadata-question.js'
import { Reading, type StartAt } from './reading.js'

/** How many replaced topics of one name are known again: a broker lags behind by one or two of them. */
const replacedMax = 8

/** All partitions that are read, with what brokers have last said of them and of their topics. */
export class ReadingTable {
  private readonly topics = new Map<string, Map<number, Reading>>()
  /** The topics that were looked for: a partition that is found later is read from its beginning. */
  private readonly begun = new Set<string>()
  /** By topic: the error of the last answer, 0 where there was none. */
  private readonly errors = new Map<string, number>()
  /** By topic: the ids of those that stood under its name before, the last one first. */
  private readonly replaced = new Map<string, readonly string[]>()

  /**
   * @param startAt where a partition is read from that exists when its topic is looked for first.
   * @param madeAnew called with a topic that was deleted and made anew under its name; it is read from its beginning.
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

  /** Undefined where no broker has told it. */
  topicId(topic: string): string | undefined {
    for (const { topicId } of this.topics.get(topic)?.values() ?? []) return topicId
    return undefined
  }

  partitionCount(topic: string): number {
    return this.topics.get(topic)?.size ?? 0
  }

  get hasHeld(): boolean {
    return [...this].some(({ isHeld }) => isHeld)
  }

  /** The topics that do not exist. */
  get missing(): readonly string[] {
    return this.topicsWith(errorCodes.unknownTopic)
  }

  /** The topics that this login may not describe. Kafka does not say whether they exist. */
  get notPermitted(): readonly string[] {
    return this.topicsWith(errorCodes.notPermitted)
  }

  /** The topics that this login may describe and not read. */
  get unreadable(): readonly string[] {
    return [...new Set([...this].filter(({ errorCode }) => errorCode === errorCodes.notPermitted).map(({ topic }) => topic))]
  }

  /** The topics and partitions that exist, and that nobody answers for. */
  get unanswered(): readonly string[] {
    const topics = [...this.errors].filter(([, code]) => !isClear(code)).map(([topic]) => topic)
    const partitions = [...this].filter(
      ({ topic, isAnswered, errorCode }) =>
        !isAnswered && errorCode !== errorCodes.notPermitted && this.errors.get(topic) === errorCodes.none,
    )
    return [...topics, ...partitions.map(({ name }) => name)]
  }

  /**
   * Whether all partitions of these topics have a place. One without a leader may get it later, as nothing can be written to it, unless
   * what it holds is to be read.
   */
  holds(topics: readonly string[]): boolean {
    return topics.every((topic) => {
      const readings = [...(this.topics.get(topic)?.values() ?? [])]
      return (
        isClear(this.errors.get(topic)) &&
        readings.every(({ leader, isPlaced, beginsAt }) => isPlaced || (leader === undefined && beginsAt !== 'beginning'))
      )
    })
  }

  /** Takes over which topics and partitions there are, and who leads them. */
  note({ topics }: MetadataAnswer): void {
    for (const topic of topics) {
      if (this.isReplaced(topic)) continue
      this.errors.set(topic.topic, topic.errorCode)
      if (this.isAnother(topic)) this.replace(topic)
      this.noteTopic(topic)
    }
  }

  private topicsWith(code: number): string[] {
    return [...this.errors].filter(([, error]) => error === code).map(([topic]) => topic)
  }

  /** Whether the topic was deleted and made anew. Where its id is not known, only the answers to fetches can tell. */
  private isAnother({ topic, topicId }: TopicMetadata): boolean {
    const [before] = this.topics.get(topic)?.values() ?? []
    return before?.topicId !== undefined && topicId !== undefined && before.topicId !== topicId
  }

  /** Whether the topic is one that another one has replaced: brokers that lag behind still tell of it. */
  private isReplaced({ topic, topicId }: TopicMetadata): boolean {
    return topicId !== undefined && this.replaced.get(topic)?.includes(topicId) === true
  }

  private replace({ topic }: TopicMetadata): void {
    const [before] = this.topics.get(topic)!.values()
    this.replaced.set(topic, [before!.topicId!, ...(this.replaced.get(topic) ?? [])].slice(0, replacedMax))
    this.topics.delete(topic)
    this.madeAnew(topic)
  }

  private noteTopic({ errorCode, topic, topicId, partitions }: TopicMetadata): void {
    const readings = this.topics.get(topic) ?? new Map<number, Reading>()
    this.topics.set(topic, readings)
    // The partitions of a topic that is gone stay, as a single broker may have answered without it.
    const told = new Set(partitions.map(({ partition }) => partition))
    for (const reading of readings.values()) if (!told.has(reading.partition)) reading.leader = undefined
    for (const { partition, leader, leaderEpoch } of partitions) {
      const startAt = this.begun.has(topic) ? 'beginning' : this.startAt(topic, partition)
      const reading = readings.get(partition) ?? new Reading(topic, topicId, partition, startAt)
      readings.set(partition, reading)
      reading.topicId ??= topicId
      reading.noteLeader(leader, leaderEpoch)
    }
    // Where a topic may not be described, nobody knows whether it existed when it was looked for.
    if (errorCode === errorCodes.none || errorCode === errorCodes.unknownTopic) this.begun.add(topic)
  }
}

/** Whether the answer for a topic is final for now: another question would get the same. */
function isClear(errorCode: number | undefined): boolean {
  return errorCode === errorCodes.none || errorCode === errorCodes.unknownTopic || errorCode === errorCodes.notPermitted
}
