import type { Clock } from '#clock.js'
import type { Reading } from './reading.js'

interface ShortOf {
  readonly endOffset: number
  readonly sinceMs: number
  /** How many answers in a row have brought nothing. */
  answers: number
}

/** A broker whose disk or remote storage is slow answers nothing, too, but not for so long, in milliseconds. */
const sinceMsMin = 5000

/**
 * Finds the partitions whose logs hold no record before the end that their broker has told: compaction has removed the last ones. Kafka
 * answers nothing from there, so that the position never comes to the end. One such answer does not tell, as others may have filled it; but
 * whoever got nothing is answered before those who did.
 */
export class UnansweredEnds {
  private readonly short = new Map<Reading, ShortOf>()

  constructor(private readonly clock: Clock) {}

  /** Notes an answer for a partition. @param endOffset up to which it may be read. */
  note(reading: Reading, endOffset: number, hasRecords: boolean): void {
    const before = this.short.get(reading)
    if (reading.position >= endOffset) this.short.delete(reading)
    else if (hasRecords || before === undefined) this.short.set(reading, { endOffset, sinceMs: this.clock.monotonicMs(), answers: 0 })
    else this.short.set(reading, { ...before, endOffset })
  }

  forget(reading: Reading): void {
    this.short.delete(reading)
  }

  /**
   * Notes that an answer has come, and returns those that have no record before an end.
   * @param wasAsked whether the answer is one to a request that names the partition.
   * @param answers for how many it counts: for as many as there are partitions where it had no records at all.
   */
  passed(wasAsked: (reading: Reading) => boolean, answers: number, answersMin: number): (readonly [Reading, endOffset: number])[] {
    const found: (readonly [Reading, number])[] = []
    for (const [reading, one] of this.short) {
      if (!wasAsked(reading)) continue
      one.answers += answers
      if (one.answers < answersMin || this.clock.monotonicMs() - one.sinceMs < sinceMsMin) continue
      found.push([reading, one.endOffset])
      this.short.delete(reading)
    }
    return found
  }
}
