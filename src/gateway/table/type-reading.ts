import { type EntityDefinition, topicsOf } from '#entities.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { EntityLog } from './logs.js'

/**
 * What is done with the logs of a type that are behind: `filling`, where nobody is told of what is read, as it was there before anybody
 * asked; `refilling`, where what is read again is news; `skipping` to their ends, as the table was given up.
 */
export type Phase = 'filling' | 'refilling' | 'skipping' | 'live'

/** All brokers or the registry, for whose schemas batches wait, are away for longer: that time is not a fill's. */
const idleSecondsMax = 10

/** How far the logs of one type with a table are read. */
export class TypeReading {
  phase: Phase = 'filling'
  /** When the logs are read from their ends, where their table was given up before it was full. */
  skipped: Promise<void> | undefined
  /** How many logs were noted, each again where it broke. */
  noted = 0
  private readonly catchUps = new Set<Promise<void>>()
  private endWaiting: () => void = () => undefined
  private readonly skips = new Promise<void>((resolve) => (this.endWaiting = resolve))
  /** By the lag of each log: how many records it had to read when its position was set. */
  private readonly toRead = new Map<() => number, number>()
  private busySeconds = 0
  private idleSeconds = 0
  /** How many batches came and were not written yet. */
  private batchesOut = 0
  private readonly behind = new WeakSet<RecordBatch>()

  private readonly logs: EntityLog[] = []
  /** By the names of logs that are to break, as they are read again: what to call when they do. */
  private readonly awaited = new Map<string, () => void>()

  constructor(readonly entity: EntityDefinition) {}

  get topicNames(): string[] {
    return topicsOf(this.entity).map(({ topic }) => topic)
  }

  noteLog(log: EntityLog): void {
    this.logs.push(log)
  }

  /** Answers the logs that will all break now, as they are read again. The type has not caught up before they have. */
  awaitBreaks(): readonly EntityLog[] {
    for (const name of this.logs.map(nameOf))
      if (!this.awaited.has(name)) this.note(new Promise((resolve) => this.awaited.set(name, resolve)))
    return this.logs
  }

  /** @param caughtUp as of `note`. Answers whether the break was awaited. */
  noteBreak(log: EntityLog, caughtUp: Promise<void>): boolean {
    this.note(caughtUp)
    this.awaited.get(nameOf(log))?.()
    return this.awaited.delete(nameOf(log))
  }

  /** Whether the log is to be read again and has not broken yet: what comes of it until then comes once more. */
  isToBreak(topic: string, partition: number): boolean {
    return this.awaited.size > 0 && this.awaited.has(`${topic}/${partition}`)
  }

  /** @param caughtUp resolves when a log was read as far as it went when its position was set. */
  note(caughtUp: Promise<void>): void {
    this.noted++
    this.catchUps.add(caughtUp)
    void caughtUp.then(() => this.catchUps.delete(caughtUp))
  }

  /** @param lag of a log whose position was just set: the same function each time. */
  noteToRead(lag: () => number): void {
    this.toRead.set(lag, lag())
  }

  /** How many of the records were read that the logs held then, and how many those are; of none once it is live. */
  get progress(): { readonly read: number; readonly of: number } {
    let [read, of] = [0, 0]
    for (const [lag, records] of this.toRead) {
      of += records
      read += records - Math.min(records, lag())
    }
    return { read, of }
  }

  goLive(): void {
    this.phase = 'live'
    this.toRead.clear()
  }

  /** Resolves when all logs have caught up that were noted, or are skipped. */
  async whenCaughtUp(): Promise<void> {
    while (this.catchUps.size > 0) await Promise.race([Promise.all(this.catchUps), this.skips])
  }

  /** Waits for no log any more: where one was made anew, it may never come to where it was to be read. @param skipped as of the field. */
  skip(skipped: Promise<void>): void {
    this.phase = 'skipping'
    this.skipped = skipped
    this.catchUps.clear()
    this.endWaiting()
  }

  /** Notes a batch that has just come. */
  noteBatch(batch: RecordBatch): void {
    this.idleSeconds = 0
    this.batchesOut++
    if (this.phase !== 'live') this.behind.add(batch)
  }

  /** Answers whether it came while the type was not live. */
  noteBatchWritten(batch: RecordBatch): boolean {
    this.batchesOut--
    return this.behind.has(batch)
  }

  /**
   * Called each second of a fill. Answers how many of them are its own: those in which batches came, and those in which a partition had none
   * though all the rest is there.
   * @param isSourceUp whether the source is read from.
   */
  noteSecond(isSourceUp: boolean): number {
    const isHeld = isSourceUp && this.batchesOut === 0
    if (this.idleSeconds++ < idleSecondsMax || isHeld) this.busySeconds++
    return this.busySeconds
  }
}

function nameOf({ topic, partition }: EntityLog): string {
  return `${topic.topic}/${partition}`
}
