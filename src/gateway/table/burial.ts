import type { Clock } from '#clock.js'
import { indexParts } from './address-index.js'
import type { TabledEvent, TypeTable } from './table.js'

/** How many entities are told gone in one tick. */
const sliceMax = 200

/**
 * Makes deletes of the entities that did not return when their log was read again, in slices that do not hold up the event loop.
 * @param tell takes the deletes one after the other, as each can be read until the next one. Resolves when they have left.
 */
export async function bury(table: TypeTable, clock: Clock, tell: (events: Iterable<TabledEvent>) => Promise<void>): Promise<void> {
  const gone = table.goneLogs()
  for (let part = 0; part < indexParts && gone.size > 0; part++) {
    await nextTick(clock)
    const ids = table.idsIn(part, gone)
    while (ids.length > 0) await tell(buried(table, ids.splice(-sliceMax), gone))
  }
}

function* buried(table: TypeTable, ids: readonly string[], gone: ReadonlySet<number>): Generator<TabledEvent> {
  for (const entityId of ids) {
    const event = table.bury(entityId, gone)
    if (event !== undefined) yield event
  }
}

function nextTick(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.nextTick(resolve))
}
