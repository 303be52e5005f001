import type { Missed } from '#client/api.js'

interface WatchedChange {
  readonly operation: string
  readonly data: unknown
  readonly missed: Missed | undefined
}

/** Follows a stream of changes of one order, and holds it to what a stream promises. */
export class WatchedChanges {
  readonly faults: string[] = []
  unresumedCount = 0
  /** What the page shows that follows these changes; undefined where that is nothing. */
  shown: unknown
  private last: number | undefined
  private isSure = false

  /** @param isDue whether a version of the order has to be told, or replaced by a later one of which it is said */
  constructor(private readonly isDue: (n: number) => boolean = () => true) {}

  /** @param n which version of the order it tells; undefined of a delete. */
  take({ operation, data, missed }: WatchedChange, n: number | undefined): void {
    if (missed?.because === 'not_resumed') this.unresumedCount++
    this.shown = data
    if (n === undefined) return void (this.isSure = false)
    const before = this.last ?? -1
    if (n < before) this.faults.push(`${n} after ${before}`)
    // What is hidden is not told; what is told must follow on, or say what is missing.
    const end = operation === 'snapshot' ? n + 1 : n
    for (let between = before + 1; this.isSure && missed === undefined && between < end; between++)
      if (this.isDue(between)) this.faults.push(`${operation} ${n} after ${before}, without a word of ${between}`)
    this.last = n
    this.isSure = true
  }
}
