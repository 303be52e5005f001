import type { EntityChange } from '#tools/cli/tail/tail.js'

/** A change of an order, given by the members in which it differs. */
export function changeOf(members: Partial<Record<keyof EntityChange, unknown>>): EntityChange {
  const timestamp = '2026-01-01T12:00:00.000Z'
  const usual = {
    entityType: 'order',
    entityId: 'order-1001',
    operation: 'update',
    data: {},
    timestamp,
    cursor: undefined,
    missed: undefined,
  }
  return { ...usual, ...members } as EntityChange
}
