import type { Clock } from '#clock.js'
import { LargeBatches } from './large-batches.js'

/**
 * The bytes that all partitions may hold between Kafka and the pipeline. Half of them is divided into equal shares, so that a partition
 * that is stuck never uses up what the others need. The other half is for batches that become larger than their partition's share.
 */
export class BufferRoom {
  readonly large: LargeBatches
  private partitions = 0
  private readonly sharedBytes: number

  constructor(bytesMax: number, clock: Clock) {
    this.sharedBytes = bytesMax / 2
    this.large = new LargeBatches(bytesMax / 2, clock)
  }

  /** Counts one more partition. */
  join(): void {
    this.partitions++
  }

  /** What one partition may hold, in bytes. */
  get share(): number {
    return this.sharedBytes / Math.max(1, this.partitions)
  }
}
