/** Where a partition's log begins and ends now: the oldest offset it still has, and the one that its next record gets. */
export interface LogEnds {
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** A position that had to be moved, as the log no longer has what was to be read there. */
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
   * Those of the batches that hold what has not been read before, and the offset that it begins at; moves on behind them. After a
   * group was joined anew, kafkajs may fetch once more what it had already handed on.
   */
  advance<B extends { readonly lastOffset: number }>(topic: string, partition: number, batches: readonly B[]): Unread<B> {
    const from = this.get(topic, partition) ?? 0
    const unread = batches.filter(({ lastOffset }) => lastOffset >= from)
    const last = unread[unread.length - 1]
    if (last) this.set(topic, partition, last.lastOffset + 1)
    return { from, unread }
  }

  /** To what could not be read, or behind it. */
  moveTo(topic: string, partition: number, offset: number): void {
    this.set(topic, partition, offset)
  }

  /** Before anything was read: the end of every log. */
  startAtEnd(ends: TopicEnds): void {
    for (const [topic, logs] of ends) for (const { partition, high } of logs) this.set(topic, partition, high)
  }

  /**
   * Before reading goes on: compares the positions with the logs as they are now. A partition that is new is read from
   * its beginning. The positions of a topic that is gone are kept: it may only be missing from one answer of a broker.
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
    // A log that ends before the position is another log under the same name: what was read never becomes unwritten.
    if (position > high) return [{ warning: `${what}: made anew, read from its beginning`, dropped: 0 }]
    return [{ warning: `${what}: retention dropped ${low - position} offsets unread`, dropped: low - position }]
  }

  private set(topic: string, partition: number, offset: number): void {
    const partitions = this.topics.get(topic) ?? new Map<number, number>()
    this.topics.set(topic, partitions)
    partitions.set(partition, offset)
  }
}
