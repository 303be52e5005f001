import { cursorIn, textIn, type Incoming } from './incoming.js'
import type { AnyChange } from './subscriber.js'

/** What a subscription shows, row by row: the latest change of each, where that shows something. */
export class Rows {
  private readonly latest = new Map<string, AnyChange>()
  /** The rows that the snapshot under way has not named yet. */
  private readonly unnamed = new Set<string>()
  /** Whether all that there is was told. */
  isKnown = false

  /** Answers whether it was told before: the same version once more, which may all the same show less of it. */
  put(name: string, change: AnyChange): boolean {
    const { operation, cursor } = change
    const wasTold = operation === 'snapshot' && cursor !== undefined && cursor === this.latest.get(name)?.cursor
    this.unnamed.delete(name)
    if (operation === 'delete') this.latest.delete(name)
    else this.latest.set(name, change)
    return wasTold
  }

  /** A snapshot begins: what it does not name is gone. */
  expectAll(): void {
    for (const name of this.latest.keys()) this.unnamed.add(name)
  }

  /** What the snapshot did not name. */
  allNamed(): readonly AnyChange[] {
    this.isKnown = true
    return [...this.unnamed].map((name) => this.latest.get(name)!)
  }

  all(): readonly AnyChange[] {
    return [...this.latest.values()]
  }

  clear(): void {
    this.latest.clear()
    this.unnamed.clear()
    this.isKnown = false
  }
}

const operations = ['create', 'update', 'snapshot', 'delete'] as const

/** An operation of a later server brings the whole entity, as all do but one. */
export function changeIn(message: Incoming, entityType: string, entityId: string, data: Incoming): AnyChange {
  const operation = operations.find((known) => known === message['operation']) ?? 'update'
  const about = { entityType, entityId, timestamp: textIn(message['timestamp']), cursor: cursorIn(message), missed: undefined }
  return operation === 'delete' ? { ...about, operation, data: undefined } : { ...about, operation, data }
}

/** What tells that it is gone, or hidden. */
export function goneFrom({ entityType, entityId }: AnyChange): AnyChange {
  return changeIn({ operation: 'delete' }, entityType, entityId, {})
}
