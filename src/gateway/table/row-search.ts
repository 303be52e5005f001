import { setMax } from './hash-sets.js'
import type { RowIndex } from './row-index.js'

/** To read what a row has at some paths costs a third of what it costs to send it. */
const takenInStep = 3

interface SearchPart {
  readonly index: RowIndex
  readonly keys: readonly string[]
}

/** Looks for rows by indexes. What these do not have yet they take in before, step by step, for all who look there. */
export class RowSearch {
  constructor(
    private readonly parts: readonly SearchPart[],
    private readonly keepRoom: () => void,
  ) {
    for (const { index } of parts) index.keep()
  }

  get indexes(): RowIndex[] {
    return this.parts.map(({ index }) => index)
  }

  /**
   * The hashes of the ids of all rows that may be meant; undefined where all rows are to be gone through. `later` where an index has not taken in
   * all: it has gone on by a step.
   */
  found(): ReadonlySet<number> | 'later' | undefined {
    for (const { index } of this.parts) {
      if (index.isGone) return undefined
      if (index.takeIn(takenInStep)) continue
      this.keepRoom()
      return 'later'
    }
    return this.union()
  }

  private union(): ReadonlySet<number> | undefined {
    const union = new Set<number>()
    for (const { index, keys } of this.parts) {
      const found = index.found(keys)
      if (found === undefined || union.size + found.size > setMax) return undefined
      for (const hash of found) union.add(hash)
    }
    return union
  }
}
