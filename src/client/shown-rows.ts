import { isSame } from './same.js'
import type { AnyChange } from './subscriber.js'

/** What there is, by the entity's id. What has not changed stays the same object, also where it is told again. */
export interface ShownRows {
  readonly isEmpty: () => boolean
  /** Answers whether it changes anything. */
  readonly take: (change: AnyChange) => boolean
  readonly clear: () => void
  /** A copy for whoever looks, which stays as it is: one for all the changes that come before somebody looks again. */
  readonly shown: () => ReadonlyMap<string, unknown>
}

/** @param rowOf what is kept of an entity that is there */
export function makeShownRows(rowOf: (change: AnyChange) => unknown): ShownRows {
  const rows = new Map<string, unknown>()
  let copy: ReadonlyMap<string, unknown> | undefined
  return {
    isEmpty: () => rows.size === 0,
    take(change) {
      const { entityId, data } = change
      const row = rowOf(change)
      if (isSame(rows.get(entityId), row)) return false
      copy = undefined
      if (data) rows.set(entityId, row)
      else rows.delete(entityId)
      return true
    },
    clear() {
      rows.clear()
      copy = undefined
    },
    shown: () => (copy ??= new Map(rows)),
  }
}
