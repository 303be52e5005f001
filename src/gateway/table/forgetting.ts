import type { Clock } from '#clock.js'
import { indexParts } from './address-index.js'
import type { Tables } from './tables.js'

/** How long it is known at least that an entity was deleted, in milliseconds: an older version of it may still come from another log. */
const deletedKnownMs = 3_600_000
const roundMs = Math.ceil(deletedKnownMs / indexParts)

export interface ForgettingOptions {
  readonly tables: Pick<Tables, 'all' | 'window'>
  /** Whether no table is filled now: versions that come then may be of any age. */
  readonly isQuiet: () => boolean
  readonly clock: Clock
}

/** Forgets what was deleted long ago, and what is older than the window allows, also where nothing is written. */
export class Forgetting {
  private part = 0
  private cancel: () => void

  constructor(private readonly options: ForgettingOptions) {
    this.cancel = options.clock.after(roundMs, () => this.round())
  }

  stop(): void {
    this.cancel()
  }

  /** Looks at one part of each table: all of it at once would hold up the event loop for seconds. */
  private round(): void {
    const { tables, isQuiet, clock } = this.options
    if (isQuiet()) {
      for (const table of tables.all()) table.forgetDeleted(this.part)
      this.part = (this.part + 1) % indexParts
    }
    this.forgetOld()
    this.cancel = clock.after(roundMs, () => this.round())
  }

  private forgetOld(): void {
    const { tables, clock } = this.options
    if (!tables.window.forgetOld()) clock.nextTick(() => this.forgetOld())
  }
}
