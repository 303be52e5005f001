import type { ReadFrom } from '../partition-source.js'
import { type LogStart, offsetAfter, PartitionTurns, type TurnOptions } from '../partition-turns.js'
import type { MemoryLog } from './memory-log.js'

export interface MemoryPartitionOptions extends Pick<TurnOptions, 'topic' | 'partition' | 'clock' | 'turnShares'> {
  readonly log: MemoryLog
  readonly from: ReadFrom
}

/** One log in memory, as one source reads it. */
export class MemoryPartition {
  readonly turns: PartitionTurns
  private log: MemoryLog
  /** The offset that is read next; undefined where the log is to be read from its beginning, behind a break. */
  private position: number | undefined

  constructor({ log, from, ...options }: MemoryPartitionOptions) {
    this.log = log
    const position = from === 'end' ? log.endOffset : log.beginOffset
    this.position = position
    this.turns = new PartitionTurns({
      ...options,
      start: { position, endOffset: log.endOffset },
      endOffset: () => this.log.endOffset,
      next: (recordsMax) => this.next(recordsMax),
      passed: () => this.passed(),
    })
  }

  /** Reads this log in the place of the one before, whose records are gone. */
  replace(log: MemoryLog): void {
    this.log = log
    this.readAgain()
  }

  readAgain(): void {
    this.position = undefined
    this.turns.wake()
  }

  skipToEnd(): void {
    this.position = this.log.endOffset
    this.turns.wake()
  }

  private next(recordsMax: number) {
    const { position, log } = this
    if (position === undefined || position < log.beginOffset) return undefined
    const batch = log.read(position, recordsMax)
    if (batch.records.length === 0) return undefined
    this.position = offsetAfter(batch.records)
    return batch
  }

  private passed(): number | LogStart {
    const { position, log } = this
    if (position !== undefined && position >= log.beginOffset) return position
    this.position = log.beginOffset
    return { position: log.beginOffset, endOffset: log.endOffset }
  }
}
