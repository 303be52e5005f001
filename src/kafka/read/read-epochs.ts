import type { EpochEnd } from '../wire/fetch-question.js'

interface EpochStart {
  readonly epoch: number
  /** Records that were read from this offset on are of this epoch or of a later one. */
  readonly fromOffset: number
}

/** With more epochs than this the two oldest become one. A cut that goes back that far begins too early, never too late. */
const epochsMax = 16

/**
 * The epochs of the records that were read from a log (KIP-320). An epoch has one leader, so each of its records has the same offset in all
 * replicas. If an epoch ends before the last record that was read from it, a leader without all records has taken over (an unclean
 * election), and other records may stand at their offsets.
 */
export class ReadEpochs {
  private starts: EpochStart[] = []

  /** The epoch of the record that was read last; -1 where it is not known. */
  get last(): number {
    return this.starts.at(-1)?.epoch ?? -1
  }

  /** Forgets what was read before. @param epoch the least that a record from this offset on can have. */
  beginAt(fromOffset: number, epoch = -1): void {
    this.starts = epoch < 0 ? [] : [{ epoch, fromOffset }]
  }

  /** @param fromOffset the first offset at which a record of this epoch may have been read. */
  note(epoch: number, fromOffset: number): void {
    if (epoch <= this.last) return
    this.starts.push({ epoch, fromOffset })
    if (this.starts.length <= epochsMax) return
    const [oldest, next] = this.starts.splice(0, 2)
    this.starts.unshift({ epoch: next!.epoch, fromOffset: oldest!.fromOffset })
  }

  /**
   * Takes back the records that a new leader's log does not have. The leader answers with its last epoch up to ours, and with its end.
   * @param position the offset that is read next.
   * @returns the offset that reading goes on from, which the leader compares again; undefined where its answer says nothing new.
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
