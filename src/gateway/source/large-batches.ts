import type { Clock } from '#clock.js'

/** A partition with a batch that becomes larger than its share of the buffer. */
export interface LargeBatch {
  /** Called when it has its room. */
  readonly enter: () => void
  /** Others wait: lets go of what it has opened, to open it again in its next turn. False where it cannot, as it was handed on. */
  readonly giveBack: () => boolean
}

/** From so long on, in milliseconds, who has room and hands nothing on has to give it back to those who wait. */
const idleMsMax = 1000

/**
 * Room for batches that become larger than their partition's share, in the order of their asking: as many at a time as fit, and one alone
 * whatever its size. Without it, 24 batches of 31 kB that become 30 MB each took 772 MB where 16 were allowed.
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

  /** What they may hold now, in bytes. */
  get openBytes(): number {
    return this.bytes
  }

  has(batch: LargeBatch): boolean {
    return this.open.has(batch)
  }

  /** Whether there is room at once; where not, it is called when there is. */
  ask(batch: LargeBatch, bytes: number): boolean {
    if (this.has(batch)) return true
    this.waiting.set(batch, bytes)
    if (this.waiting.size === 1 && this.admit(batch, bytes)) return true
    this.look()
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

  private look(): void {
    this.cancelLook ??= this.clock.after(idleMsMax / 2, () => {
      this.cancelLook = undefined
      const idleSinceMs = this.clock.monotonicMs() - idleMsMax
      for (const [batch, { usedAtMs }] of [...this.open]) if (usedAtMs <= idleSinceMs && batch.giveBack()) this.leave(batch)
      if (this.waiting.size > 0) this.look()
    })
  }
}
