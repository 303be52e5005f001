/** Where a partition's log begins and ends now: its oldest offset, and the offset that its next record gets. */
export interface LogEnds {
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** A position that had to be moved, as the log no longer has the offset that was to be read next. */
export interface MovedPosition {
  readonly warning: string
  /** Offsets that retention dropped before they were read. */
  readonly dropped: number
}

export interface Unread<B> {
  readonly from: number
  readonly unread: readonly B[]
}

/** By topic. Topics that do not exist are absent. */
export type TopicEnds = ReadonlyMap<string, readonly LogEnds[]>

/** The offset that is read next, for every partition. Kept through every loss of Kafka, so that none is skipped or read twice. */
export class KafkaPositions {
  private readonly topics = new Map<string, Map<number, number>>()

  get(topic: string, partition: number): number | undefined {
    return this.topics.get(topic)?.get(partition)
  }

  /**
   * Moves on behind the batches. Answers those with records that were not read before, and the offset where the unread records begin: when
   * a group was joined anew, kafkajs may fetch batches that it had already handed on.
   */
  advance<B extends { readonly lastOffset: number }>(topic: string, partition: number, batches: readonly B[]): Unread<B> {
    const from = this.get(topic, partition) ?? 0
    const unread = batches.filter(({ lastOffset }) => lastOffset >= from)
    const last = unread[unread.length - 1]
    if (last) this.set(topic, partition, last.lastOffset + 1)
    return { from, unread }
  }

  /** Moves a position back to a batch that could not be read, or behind it. */
  moveTo(topic: string, partition: number, offset: number): void {
    this.set(topic, partition, offset)
  }

  /** Sets every position to the end of its log, before anything was read. */
  startAtEnd(ends: TopicEnds): void {
    for (const [topic, logs] of ends) for (const { partition, high } of logs) this.set(topic, partition, high)
  }

  /**
   * Compares the positions with the logs as they are now, before reading goes on. A new partition is read from its beginning. The
   * positions of a topic that is gone are kept, as it may only be missing from one answer of a broker.
   */
  reconcile(ends: TopicEnds): MovedPosition[] {
    return [...ends].flatMap(([topic, logs]) => logs.flatMap((log) => this.reconcileOne(topic, log)))
  }

  private reconcileOne(topic: string, { partition, low, high }: LogEnds): MovedPosition[] {
    const position = this.get(topic, partition)
    if (position !== undefined && position >= low && position <= high) return []
    this.set(topic, partition, low)
    if (position === undefined) return []
    const what = `${topic}/${partition} was to be read from ${position}, its log has ${low} to ${high}`
    // A log that ends before the position is another log under the same name, as a log never loses records at its end.
    if (position > high) return [{ warning: `${what}: made anew, read from its beginning`, dropped: 0 }]
    return [{ warning: `${what}: retention dropped ${low - position} offsets unread`, dropped: low - position }]
  }

  private set(topic: string, partition: number, offset: number): void {
    const partitions = this.topics.get(topic) ?? new Map<number, number>()
    this.topics.set(topic, partitions)
    partitions.set(partition, offset)
  }
}
