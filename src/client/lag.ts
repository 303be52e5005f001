import type { Missed } from './api.js'
import { missedWith, type AnyChange } from './subscriber.js'

/** What is taken out of an iterator's queue as it is too long: the oldest change. The next one says so. */
export function dropOldest(items: AnyChange[]): void {
  const { missed } = items.shift()!
  const [next] = items
  const lost = missedWith(missed, { because: 'queue_full', count: 1 })
  items[0] = { ...next!, missed: next!.missed ? missedWith(lost, next!.missed) : lost }
}

/** What is taken out of it as it may not be seen any more: what shows more of the entity than the change that comes now. */
export function dropHidden(items: AnyChange[], { entityType, entityId, data }: AnyChange): AnyChange[] {
  const isOfEntity = (item: AnyChange): boolean => item.entityType === entityType && item.entityId === entityId
  const all = items.filter(isOfEntity)
  const last = all.at(-1)
  if (last === undefined || shows(data, last.data)) return []
  items.splice(0, Infinity, ...items.filter((item) => !isOfEntity(item)))
  return all
}

/** What the loss of these is, with all that they would have said of losses before them. */
export function lossOf(lost: readonly AnyChange[], before: Missed | undefined): Missed | undefined {
  const missed = lost.reduce((all, change) => (change.missed ? missedWith(all, change.missed) : all), before)
  return lost.length === 0 ? before : missedWith(missed, { because: 'rights', count: lost.length })
}

/** Whether each member that was shown still is. A value that is none any more, or another one, is no loss; a list may become shorter. */
function shows(now: unknown, before: unknown): boolean {
  if (typeof before !== 'object' || before === null) return true
  if (typeof now !== 'object' || now === null) return now !== undefined
  return Object.entries(before).every(([name, value]) => (name in now ? shows(now[name as keyof typeof now], value) : Array.isArray(now)))
}
