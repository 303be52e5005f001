import { exactText } from '#text/exact-text.js'
import { printable } from '#text/printable.js'
import type { EntityChange } from './tail.js'

/** A change as one line of JSON: the members that the protocol gives an update, and what was left out before it. */
export function changeJson({ entityType, entityId, operation, data = {}, timestamp, cursor, missed }: EntityChange): string {
  const about = { type: 'entity_update', entity_id: entityId, entity_type: entityType }
  return printable(exactText({ ...about, operation, data, timestamp, cursor, missed }))
}
