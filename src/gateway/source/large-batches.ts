import type { Clock } from '#clock.js'

/** A partition with a batch that becomes larger than its share of the buffer. */
export interface LargeBatch {
  /** Called when the batch gets its room. */
  readonly enter: () => void
  /**
   * Called when others wait. Lets go of what was opened, to open it again in the partition's next turn. False where that cannot be done, as
   * it was handed on.
   */
  readonly giveBack: () => boolean
}

/** A batch that has hands nothing on for this time must give its room back if others wait, in milliseconds. */
const idleMsMax = 1000

/**
 * Gives room to batches that become larger than their partition's share, in the order in which they ask: to as many at a time as fit, and
 * to a single one of any size. Without this limit, 24 batches of 31 kB that become 30 MB each took 772 MB where 16 were allowed.
 */
export class LargeBatches {
  private bytes = 0
  private readonly open = new Map<LargeBatch, { readonly bytes: number; usedAtMs: number }>()
  private readonly waiting = new Map<LargeBatch, number>()
  private cancelLook: (() => void) | undefined

  constructor(
    private readonly bytesMax: number,
    private readonly clock: Clock,
  ) {}

  /** The room that is given out now, in bytes. */
  get openBytes(): number {
    return this.bytes
  }

  has(batch: LargeBatch): boolean {
    return this.open.has(batch)
  }

  /** True where there is room at once. Otherwise the batch's `enter` is called when there is. */
  ask(batch: LargeBatch, bytes: number): boolean {
    if (this.has(batch)) return true
    this.waiting.set(batch, bytes)
    if (this.waiting.size === 1 && this.admit(batch, bytes)) return true
    this.lookForIdle()
    return false
  }

  noteUse(batch: LargeBatch): void {
    const open = this.open.get(batch)
    if (open !== undefined) open.usedAtMs = this.clock.monotonicMs()
  }

  leave(batch: LargeBatch): void {
    this.waiting.delete(batch)
    this.bytes -= this.open.get(batch)?.bytes ?? 0
    this.open.delete(batch)
    this.admitWaiting()
  }

  private admitWaiting(): void {
    for (const [next, bytes] of this.waiting) {
      if (!this.admit(next, bytes)) return
      next.enter()
    }
  }

  private admit(batch: LargeBatch, bytes: number): boolean {
    if (this.open.size > 0 && this.bytes + bytes > this.bytesMax) return false
    this.waiting.delete(batch)
    this.open.set(batch, { bytes, usedAtMs: this.clock.monotonicMs() })
    this.bytes += bytes
    return true
  }

  private lookForIdle(): void {
    this.cancelLook ??= this.clock.after(idleMsMax / 2, () => {
      this.cancelLook = undefined
      const idleSinceMs = this.clock.monotonicMs() - idleMsMax
      for (const [batch, { usedAtMs }] of [...this.open]) if (usedAtMs <= idleSinceMs && batch.giveBack()) this.leave(batch)
      if (this.waiting.size > 0) this.lookForIdle()
    })
  }
}
