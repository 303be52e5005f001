import type { Change } from '#client/api.js'
import type { TestEntities } from './client-fixture.js'

type OrderChange = Change<TestEntities, 'order'>

/** Follows a stream of changes of one order, and holds it to what a stream promises. */
export class WatchedChanges {
  readonly faults: string[] = []
  unresumedCount = 0
  /** What the page shows that follows these changes; undefined where that is nothing. */
  shown: unknown
  private last: number | undefined
  private isSure = false

  take(change: OrderChange): void {
    const { operation, data, missed } = change
    if (missed?.because === 'not_resumed') this.unresumedCount++
    this.shown = data
    if (operation === 'delete') return void (this.isSure = false)
    const { n } = data as unknown as { n: number }
    const before = this.last ?? -1
    if (n < before) this.faults.push(`${n} after ${before}`)
    // What is hidden is not told; what is told must follow on, or say what is missing.
    if (this.isSure && missed === undefined && n > before + (operation === 'snapshot' ? 0 : 1))
      this.faults.push(`${operation} ${n} after ${before}, without a word`)
    this.last = n
    this.isSure = true
  }
}
