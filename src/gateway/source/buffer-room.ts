import type { Clock } from '#clock.js'
import { LargeBatches } from './large-batches.js'

/**
 * The bytes that all partitions may hold between Kafka and the pipeline: half of them in equal shares, so that a partition that is stuck
 * never uses up what the others need, and half for batches that become larger than their partition's share.
 */
export class BufferRoom {
  readonly large: LargeBatches
  private partitions = 0
  private readonly sharedBytes: number

  constructor(bytesMax: number, clock: Clock) {
    this.sharedBytes = bytesMax / 2
    this.large = new LargeBatches(bytesMax / 2, clock)
  }

  /** There is one partition more. */
  join(): void {
    this.partitions++
  }

  /** What one partition may hold, in bytes. */
  get share(): number {
    return this.sharedBytes / Math.max(1, this.partitions)
  }
}
