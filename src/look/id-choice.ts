import type { EntityDefinition, KeyFormat } from '#entities.js'
import type { NewestRecords } from '#kafka/newest-records.js'
import type { Trial } from './trial-reading.js'

// Where the id of an entity is: in the keys of its records, or in a field. A key may be there only to spread records over partitions, so that
// a field that is called like an id is compared with it. No id is made up: a key of bytes is a number only where a field says the same.

export interface ChosenId {
  readonly trial: Trial
  /** The field that holds it, also where the key is what is read. */
  readonly field: string | undefined
  readonly from: string
  readonly remark: string | undefined
}

/** Reads the newest records by a definition with these members. */
export type Try = (more: Partial<EntityDefinition>) => Promise<Trial>

export async function chosenIdOf(
  tried: Try,
  fields: readonly string[],
  newest: readonly NewestRecords[],
  isRow: boolean,
): Promise<ChosenId | string> {
  const keyed = await tried({})
  const byKey = hasIds(keyed) ? keyed : undefined
  const byField = await firstWithIds(tried, fields)
  // The key of a row that Debezium has read is that of its table.
  if (byKey !== undefined && (isRow || byField === undefined || sameIds(byKey, byField.trial)))
    return {
      trial: byKey,
      field: byField !== undefined && sameIds(byKey, byField.trial) ? byField.field : undefined,
      from: 'its key',
      remark: undefined,
    }
  if (byField === undefined) return whyNone(keyed, newest)
  const { field } = byField
  const format = byKey === undefined ? formatOf(newest) : undefined
  const formatted = format && (await tried({ key: format }))
  if (formatted !== undefined && hasIds(formatted) && sameIds(formatted, byField.trial))
    return { trial: formatted, field, from: `its key (${format})`, remark: undefined }
  const remark = byKey === undefined ? undefined : `its keys say something else than "${field}", so that no tombstone deletes by it`
  return { trial: byField.trial, field, from: `the field "${field}"`, remark }
}

async function firstWithIds(tried: Try, fields: readonly string[]): Promise<{ readonly field: string; readonly trial: Trial } | undefined> {
  for (const field of fields) {
    const trial = await tried({ idFields: [field] })
    if (hasIds(trial)) return { field, trial }
  }
  return undefined
}

const aboutIds: readonly string[] = ['key_invalid', 'entity_id_missing', 'over_limit', 'envelope_invalid', 'internal_error']

/** Tombstones have a key alone: where the id is in a field, theirs may be in another one. */
function hasIds({ events, faults, closed, schemas }: Trial): boolean {
  const isReadable = events.some(({ tombstone }) => !tombstone) && faults.every(({ reason }) => !aboutIds.includes(reason))
  return isReadable && (closed === undefined || schemas.length > 0)
}

function sameIds(one: Trial, other: Trial): boolean {
  const ids = ({ events }: Trial) => events.flatMap(({ tombstone, entityId }) => (tombstone ? [] : entityId)).join('\n')
  return ids(one) === ids(other)
}

/** By how long all keys are. */
function formatOf(newest: readonly NewestRecords[]): KeyFormat | undefined {
  const lengths = new Set(newest.flatMap(({ records }) => records.map(({ key }) => key?.length)))
  const [length, ...others] = lengths
  if (others.length > 0) return undefined
  return ({ 8: 'long', 4: 'int', 16: 'uuid' } as const)[length ?? 0]
}

function whyNone({ faults, events, closed }: Trial, newest: readonly NewestRecords[]): string {
  const isKeyed = newest.some(({ records }) => records.some(({ key }) => key !== null))
  const [fault] = faults
  if (fault === undefined && events.length > 0 && closed !== undefined) return closed
  if (!isKeyed) return 'has no keys, and no field of its records is called like an id: it cannot be told which of them are of one entity'
  return `has records whose id cannot be told: ${fault?.message ?? 'they have none'}`
}
