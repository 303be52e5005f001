import type { EntityTopic } from '#entities.js'
import { logHash } from './cursor.js'
import { logsMax } from './row.js'

/** One log of an entity type: a partition of one of its topics. */
export interface EntityLog {
  readonly topic: EntityTopic
  readonly partition: number
}

/** How many records lie behind the last one that was read. */
type Lag = () => number

/** By the number of a log: the next offset to be read of it then. */
export type LogMark = readonly number[]

/** Where a row's record stands. */
export interface RowPlace {
  /** The number of its log. */
  readonly log: number
  readonly offset: number
}

/** Whether the record was read after the mark was made. */
export function isBehind(mark: LogMark, { log, offset }: RowPlace): boolean {
  return offset >= (mark[log] ?? 0)
}

/** How the versions of two logs are ordered. */
export interface LogOrder {
  /** By topic, then by partition: the same on every node. */
  compare(one: number, other: number): number
  /** Whether the log does not go on, so that whatever is read now is newer. */
  isGone(log: number): boolean
}

/** The logs of one entity type, each with a number by which its rows know it. One that is made anew gets another number. */
export class Logs implements LogOrder {
  private readonly byNumber: EntityLog[] = []
  /** By number: the next offset to be read. */
  private readonly read: number[] = []
  private readonly numbers = new Map<string, (number | undefined)[]>()
  /** By the hash by which cursors know a log: the number of the one that goes on. */
  private readonly byHash = new Map<number, number>()
  /** By topic and partition. */
  private readonly lags = new Map<string, Lag>()
  private readonly goneNumbers = new Set<number>()

  /** The log's number, which is a new one where it has none yet. @throws RangeError where there are too many. */
  numberOf(topic: EntityTopic, partition: number): number {
    const partitions = this.numbers.get(topic.topic) ?? []
    const known = partitions[partition]
    if (known !== undefined) return known
    if (this.byNumber.length === logsMax) throw new RangeError(`its topics have had more than ${logsMax} partitions`)
    const number = this.byNumber.push({ topic, partition }) - 1
    partitions[partition] = number
    this.numbers.set(topic.topic, partitions)
    this.byHash.set(logHash(topic.topic, partition), number)
    return number
  }

  /** What is read of this partition from now on does not go on from what was read before. @throws RangeError where there are too many. */
  renew(topic: EntityTopic, partition: number): void {
    this.goneNumbers.add(this.numberOf(topic, partition))
    this.numbers.get(topic.topic)![partition] = undefined
    this.numberOf(topic, partition)
  }

  /** The numbers of those that do not go on, as of now. */
  gone(): ReadonlySet<number> {
    return new Set(this.goneNumbers)
  }

  isGone(number: number): boolean {
    return this.goneNumbers.has(number)
  }

  /** Makes a log known before its first record is read. @throws RangeError where there are too many. */
  noteFound(topic: EntityTopic, partition: number, lag: Lag): void {
    this.lags.set(`${topic.topic}/${partition}`, lag)
    this.numberOf(topic, partition)
  }

  noteRead(topic: EntityTopic, partition: number, offset: number): void {
    this.read[this.numberOf(topic, partition)] = offset
  }

  /** Not while a batch is written: its records count as read behind its end. */
  mark(): LogMark {
    return [...this.read]
  }

  /**
   * Whether the record at this offset will be read: it is not behind the end of the log, as far as that is known.
   * @param hash by which cursors know the log.
   * @param isNew whether the record is so new that the end may not be known yet.
   */
  isUnread(hash: number, offset: number, isNew: boolean): boolean {
    const number = this.byHash.get(hash)
    if (number === undefined) return false
    const { topic, partition } = this.get(number)
    const behind = this.lags.get(`${topic.topic}/${partition}`)?.() ?? 0
    const read = this.read[number]
    if (read === undefined) return behind > 0 || isNew
    return offset >= read && (offset < read + behind || isNew)
  }

  /** Whether cursors know a log of this topic by the hash. */
  isOneOf(topic: string, hash: number): boolean {
    const number = this.byHash.get(hash)
    return number !== undefined && this.get(number).topic.topic === topic
  }

  get topics(): Iterable<string> {
    return this.numbers.keys()
  }

  get(number: number): EntityLog {
    return this.byNumber[number]!
  }

  readonly compare = (one: number, other: number): number => {
    const [a, b] = [this.get(one), this.get(other)]
    if (a.topic === b.topic) return a.partition - b.partition
    return a.topic.topic < b.topic.topic ? -1 : 1
  }
}
