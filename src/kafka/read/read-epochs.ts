import type { EpochEnd } from '../wire/fetch-question.js'

interface EpochStart {
  readonly epoch: number
  /** What was read from here on was written in this epoch or in a later one. */
  readonly fromOffset: number
}

/** Beyond so many epochs the two oldest become one. A cut that goes back so far begins too early, never too late. */
const epochsMax = 16

/**
 * The epochs in which the records were written that were read of a log (KIP-320). An epoch has one leader, so its records stand at the same
 * offsets wherever they stand. Where it ended before what was read of it, a leader has taken over that did not have all records (an unclean
 * election), and others may stand in their place.
 */
export class ReadEpochs {
  private starts: EpochStart[] = []

  /** The epoch of what was read last, -1 where it is not known. */
  get last(): number {
    return this.starts.at(-1)?.epoch ?? -1
  }

  /** Nothing is known of what was read before. @param epoch none of what is read from here on is older. */
  beginAt(fromOffset: number, epoch = -1): void {
    this.starts = epoch < 0 ? [] : [{ epoch, fromOffset }]
  }

  /** @param fromOffset from where on records of this epoch may have been read. */
  note(epoch: number, fromOffset: number): void {
    if (epoch <= this.last) return
    this.starts.push({ epoch, fromOffset })
    if (this.starts.length <= epochsMax) return
    const [oldest, next] = this.starts.splice(0, 2)
    this.starts.unshift({ epoch: next!.epoch, fromOffset: oldest!.fromOffset })
  }

  /**
   * Takes back what is not in the log of a new leader. It answers with its last epoch up to ours, and where that ended.
   * @param position of what is read next.
   * @returns from where reading must go on, which the leader is asked to compare again; undefined where the answer says nothing new.
   */
  cut({ epoch, endOffset }: EpochEnd, position: number): number | undefined {
    const isNew = epoch < this.last || (epoch === this.last && endOffset < position)
    if (!isNew || endOffset < 0) return undefined
    const behind = this.starts.find((start) => start.epoch > epoch)?.fromOffset ?? position
    const from = Math.min(position, endOffset, behind)
    this.starts = this.starts.filter((start) => start.epoch <= epoch && start.fromOffset < from)
    if (this.starts.length === 0) this.note(epoch, from)
    return from
  }
}
