import type { EntityTopic } from '#entities.js'
import { logHash } from './cursor.js'
import { logsMax } from './row.js'

/** One log of an entity type: a partition of one of its topics. */
export interface Log {
  readonly topic: EntityTopic
  readonly partition: number
}

/** The logs of one entity type, each with a number by which its rows know it. */
export class Logs {
  private readonly byNumber: Log[] = []
  /** By number: the next offset to be read. */
  private readonly read: number[] = []
  private readonly numbers = new Map<string, number[]>()

  /** The log's number, which is a new one where it has none yet. @throws RangeError where there are too many. */
  numberOf(topic: EntityTopic, partition: number): number {
    const partitions = this.numbers.get(topic.topic) ?? []
    const known = partitions[partition]
    if (known !== undefined) return known
    const number = this.byNumber.push({ topic, partition }) - 1
    if (number >= logsMax) throw new RangeError(`the entity type ${topic.entity.name} has more than ${logsMax} partitions`)
    partitions[partition] = number
    this.numbers.set(topic.topic, partitions)
    return number
  }

  noteRead(number: number, offset: number): void {
    this.read[number] = offset
  }

  /** Whether the record at this offset was not read yet. @param hash by which cursors know the log. */
  isUnread(hash: number, offset: number): boolean {
    const number = this.byNumber.findIndex(({ topic, partition }) => logHash(topic.topic, partition) === hash)
    return number >= 0 && offset >= (this.read[number] ?? 0)
  }

  get(number: number): Log {
    return this.byNumber[number]!
  }

  /** By topic, then by partition: the same on every node. */
  readonly compare = (one: number, other: number): number => {
    const [a, b] = [this.get(one), this.get(other)]
    if (a.topic === b.topic) return a.partition - b.partition
    return a.topic.topic < b.topic.topic ? -1 : 1
  }
}
