import type { KafkaRecordBatch } from './kafka-record-batch.js'

export interface ProbeAnswer {
  readonly batches: readonly KafkaRecordBatch[]
  /** The offset that the log's next record gets. */
  readonly endOffset: number
}

/**
 * Looks for the end of a damaged batch that was given up, by fetching from offsets further on: the broker answers with the same batch as
 * long as the offset is within it. Each step is twice the last one, and the offsets that a step passed over are searched again, so that no
 * sound record is passed. Trying offset by offset, with all fetches for each, took 129 minutes for a batch of 1,000.
 */
export class DamagedEnd {
  /** The offset that is fetched next. */
  probe: number
  private step = 1
  /** The least offset that is known to lie behind the batch. */
  private behind: number | undefined
  /** Batches mostly follow each other without a gap, so the last offset before a sound batch is tried once before the search halves. */
  private hasTriedBefore = false

  constructor(
    private readonly batch: KafkaRecordBatch,
    /** All offsets before this one are the batch's, or were read. */
    public passedTo: number,
  ) {
    this.probe = passedTo
  }

  /** Takes the answer to a fetch from `probe`. Returns false for an answer from behind the batch, which is read as any other. */
  goesOnWith({ batches, endOffset }: ProbeAnswer): boolean {
    const [first, ...following] = batches
    if (first !== undefined && this.isSame(first)) this.noteWithin(following)
    else if (this.probe === this.passedTo) return false
    else this.noteBehind(first)
    this.probe = Math.max(this.passedTo, this.next(endOffset))
    return true
  }

  private isSame({ damage, firstOffset, length }: KafkaRecordBatch): boolean {
    return damage !== undefined && firstOffset === this.batch.firstOffset && length === this.batch.length
  }

  private noteWithin(following: readonly KafkaRecordBatch[]): void {
    this.passedTo = this.probe + 1
    // The batch that seemed to be the next one stated a wrong offset, which no checksum covers.
    if (this.probe === this.behind) this.behind = undefined
    this.step *= 2
    const sound = following.find(({ damage, firstOffset }) => damage === undefined && firstOffset > this.probe)
    if (sound !== undefined) this.behind = this.passedTo = sound.firstOffset
  }

  private noteBehind(first: KafkaRecordBatch | undefined): void {
    const from = first === undefined || first.damage !== undefined ? this.probe : first.firstOffset
    this.behind = Math.max(this.passedTo, Math.min(this.probe, from))
  }

  /** The log's end comes last, after all offsets before it: a broker answers nothing from there. */
  private next(endOffset: number): number {
    if (this.behind === undefined) return Math.min(this.passedTo - 1 + this.step, endOffset - 1)
    if (this.hasTriedBefore) return Math.floor((this.passedTo + this.behind) / 2)
    this.hasTriedBefore = true
    return this.behind - 1
  }
}
