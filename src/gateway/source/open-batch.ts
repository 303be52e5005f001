import type { KafkaRecord } from '#kafka/kafka-record.js'
import { recordBytes } from './record-size.js'
import type { RecordSteps, StoredBatch } from './stored-batch.js'

/**
 * The batch of a partition whose records are being handed on. They are made all at once, or in steps, each when its turn has come. A batch
 * that is opened in steps can be closed amid its records and opened again, and then goes on where it stopped.
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

  /**
   * The bytes of the batch as it came and of the records that were made of it and not handed on, without what has room as a large batch.
   */
  get heldBytes(): number {
    return this.held
  }

  get isOpen(): boolean {
    return this.steps !== undefined
  }

  /** Whether the batch as it came is still held beside the records that are made of it. */
  get isInSteps(): boolean {
    return this.isOpen && this.stored !== undefined
  }

  /** Whether this batch uses its partition's room among the large batches. */
  get isLarge(): boolean {
    return this.largeness
  }

  needs(): ReturnType<StoredBatch['needs']> {
    return this.stored!.needs()
  }

  /**
   * Whether all its records fit into so many bytes beside the batch itself. A batch that was closed amid its records must go on in steps.
   */
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

  /** @param isLarge its decompressed bytes have room among the large batches. */
  openInSteps(isLarge: boolean): void {
    if (!isLarge) this.held += this.needs().decompressed
    this.largeness = isLarge
    this.steps = this.stored!.openInSteps()
    for (let i = 0; i < this.handedOn; i++) this.steps.next()
    this.first = this.steps.next()
  }

  /** The first record was handed on. @param bytes the record's size. */
  shift(bytes: number): void {
    if (!this.isInSteps) this.held -= bytes
    this.handedOn++
    this.first = this.steps!.next()
  }

  /** Lets go of what was made of a large batch. */
  close(): void {
    this.steps = this.first = undefined
    this.largeness = false
  }
}
