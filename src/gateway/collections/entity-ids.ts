import { indexParts } from '../table/address-index.js'
import type { TypeTable } from '../table/table.js'

/** A table of so many entities is gone through as a whole: its parts hold a few each. */
const smallCountMax = 4_096
/** So many of those that were found are looked up at a time. */
const foundInPortion = 100

/** The entities that a scan goes through, in portions. */
export interface EntityIds {
  /** Undefined where there is no further one. */
  next(): readonly string[] | undefined
  /** The same from here on. */
  fork(): EntityIds
}

export const noIds: EntityIds = { next: () => undefined, fork: () => noIds }

/** All of a table. */
export function allIds(table: Pick<TypeTable, 'count' | 'ids' | 'idsInPart'>): EntityIds {
  if (table.count > smallCountMax) return new Portions(indexParts, (part) => table.idsInPart(part))
  const ids = table.ids()
  return new Portions(1, () => ids)
}

/** Those whose ids have one of these hashes. */
export function idsWith(table: Pick<TypeTable, 'idsWith'>, hashes: readonly number[]): EntityIds {
  const portions = Math.ceil(hashes.length / foundInPortion)
  return new Portions(portions, (nth) => table.idsWith(hashes.slice(nth * foundInPortion, (nth + 1) * foundInPortion)))
}

class Portions implements EntityIds {
  constructor(
    private readonly count: number,
    private readonly portion: (nth: number) => readonly string[],
    private nth = 0,
  ) {}

  next(): readonly string[] | undefined {
    return this.nth === this.count ? undefined : this.portion(this.nth++)
  }

  fork(): EntityIds {
    return new Portions(this.count, this.portion, this.nth)
  }
}
