import { setImmediate as turnOfEventLoop } from 'node:timers/promises'
import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks'
import { monotonicMs, monotonicOf } from '../harness/monotonic.js'

/** A time in which a process did nothing of what was asked of it. */
export interface Standstill {
  readonly what: string
  /** On `monotonicMs`. */
  readonly fromMs: number
  readonly ms: number
}

/** Between two looks at the event loop, in milliseconds: what is shorter may go unseen, and more looks would cost what is measured. */
const lookMs = 50
/** Timers are late by a millisecond or two where nothing is amiss. */
const standstillMsMin = 5

const collections: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'scavenge',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'mark-compact',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental marking',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak callbacks',
}

interface Collection extends PerformanceEntry {
  readonly detail: { readonly kind: number }
}

/** Watches the process that it is in: its collections, and its event loop, which stands still for them and for whatever else takes long. */
export class Standstills {
  private found: Standstill[] = []
  private readonly observer = new PerformanceObserver((list) => this.noteCollections(list.getEntries()))
  private timer: NodeJS.Timeout | undefined
  private nextLookMs = 0

  begin(): void {
    this.found = []
    clearInterval(this.timer)
    this.observer.observe({ entryTypes: ['gc'] })
    this.nextLookMs = monotonicMs() + lookMs
    this.timer = setInterval(() => this.look(), lookMs).unref()
  }

  /** Those since `begin`, which are watched no further. */
  async end(): Promise<readonly Standstill[]> {
    clearInterval(this.timer)
    // Node tells of a collection in a later turn of the event loop.
    await turnOfEventLoop()
    this.noteCollections(this.observer.takeRecords())
    this.observer.disconnect()
    return this.found
  }

  private look(): void {
    const nowMs = monotonicMs()
    this.note('event loop', this.nextLookMs, nowMs - this.nextLookMs)
    this.nextLookMs = nowMs + lookMs
  }

  private noteCollections(entries: readonly PerformanceEntry[]): void {
    for (const { detail, startTime, duration } of entries as readonly Collection[])
      this.note(collections[detail.kind] ?? 'collection', monotonicOf(startTime), duration)
  }

  private note(what: string, fromMs: number, ms: number): void {
    if (ms >= standstillMsMin) this.found.push({ what, fromMs, ms })
  }
}
