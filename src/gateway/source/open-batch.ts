import type { KafkaRecord } from '#kafka/kafka-record.js'
import { recordBytes } from './record-size.js'
import type { RecordSteps, StoredBatch } from './stored-batch.js'

/**
 * The batch of a partition whose records are being handed on: all of them are made at once, or each when its turn has come. In the
 * second way it can be closed amid its records and opened again, and goes on where it was.
 */
export class OpenBatch {
  /** The next record; undefined after the last, and while it is closed. */
  first: KafkaRecord | undefined
  private steps: RecordSteps | undefined
  private handedOn = 0
  private held: number
  private largeness = false

  constructor(private stored: StoredBatch | undefined) {
    this.held = stored!.length
  }

  /** In bytes: what it came in, and what was made of it and is not handed on; without what has room as a large batch. */
  get heldBytes(): number {
    return this.held
  }

  get isOpen(): boolean {
    return this.steps !== undefined
  }

  /** Whether its records come on top of what they are made of. */
  get isInSteps(): boolean {
    return this.isOpen && this.stored !== undefined
  }

  /** It is this one that holds its partition's room among the large batches. */
  get isLarge(): boolean {
    return this.largeness
  }

  needs(): ReturnType<StoredBatch['needs']> {
    return this.stored!.needs()
  }

  /** Whether all its records fit into so many bytes beside what it came in. One that was closed amid its records is opened in steps again. */
  fitsAtOnce(bytes: number): boolean {
    return this.handedOn === 0 && this.needs().records - this.held <= Math.max(0, bytes)
  }

  openAtOnce(): void {
    const records = this.stored!.open()
    this.stored = undefined
    this.held = records.reduce((sum, record) => sum + recordBytes(record), 0)
    let at = 0
    this.steps = { next: () => records[at++] }
    this.first = this.steps.next()
  }

  /** @param isLarge what is decompressed for it has room elsewhere. */
  openInSteps(isLarge: boolean): void {
    if (!isLarge) this.held += this.needs().decompressed
    this.largeness = isLarge
    this.steps = this.stored!.openInSteps()
    for (let i = 0; i < this.handedOn; i++) this.steps.next()
    this.first = this.steps.next()
  }

  /** The first one was handed on. @param bytes of it. */
  shift(bytes: number): void {
    if (!this.isInSteps) this.held -= bytes
    this.handedOn++
    this.first = this.steps!.next()
  }

  /** Lets go of what was made of it. For a large one. */
  close(): void {
    this.steps = this.first = undefined
    this.largeness = false
  }
}
