import type { KafkaRecordBatch } from './kafka-record-batch.js'

export interface Answer {
  readonly batches: readonly KafkaRecordBatch[]
  /** The offset that the log's next record gets. */
  readonly endOffset: number
}

/**
 * Looks for the end of a damaged batch that was given up, by what the broker answers from offsets further on: with the same batch as long
 * as they are within it. Steps are doubled, and what was stepped over is looked for again, so that nothing sound is passed. Offset by
 * offset, with all fetches for each, a batch of 1,000 took 129 minutes.
 */
export class DamagedEnd {
  /** The offset that is fetched next. */
  probe: number
  private step = 1
  /** The least offset that is known to lie behind it. */
  private behind: number | undefined
  /** Batches follow each other mostly: the last offset before a sound one is tried once, before the middle. */
  private hasTriedBefore = false

  constructor(
    private readonly batch: KafkaRecordBatch,
    /** All offsets before this one are the batch's, or were read. */
    public passedTo: number,
  ) {
    this.probe = passedTo
  }

  /** Takes the answer from `probe` on; false when it is what comes behind the batch, which is taken as any other. */
  goesOnWith({ batches, endOffset }: Answer): boolean {
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
    // What was taken for the next one said a wrong offset, which no checksum covers.
    if (this.probe === this.behind) this.behind = undefined
    this.step *= 2
    const sound = following.find(({ damage, firstOffset }) => damage === undefined && firstOffset > this.probe)
    if (sound !== undefined) this.behind = this.passedTo = sound.firstOffset
  }

  private noteBehind(first: KafkaRecordBatch | undefined): void {
    const from = first === undefined || first.damage !== undefined ? this.probe : first.firstOffset
    this.behind = Math.max(this.passedTo, Math.min(this.probe, from))
  }

  /** Never the log's end before all in front of it was seen: nothing would be answered from there. */
  private next(endOffset: number): number {
    if (this.behind === undefined) return Math.min(this.passedTo - 1 + this.step, endOffset - 1)
    if (this.hasTriedBefore) return Math.floor((this.passedTo + this.behind) / 2)
    this.hasTriedBefore = true
    return this.behind - 1
  }
}
