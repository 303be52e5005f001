import type { EntitySchema } from '#avro/entity-schema.js'
import type { Clock } from '#clock.js'
import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { EntityCatalog } from '#gateway/decode/catalog/entity-catalog.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { Decoder } from '#gateway/decode/decode.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import { SchemaStore } from '#gateway/decode/schemas/schema-store.js'
import { Meter } from '#gateway/observe/meter.js'
import { groupedBy } from '#grouped-by.js'
import type { NewestRecords } from '#kafka/newest-records.js'
import type { Log } from '#log.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'

/** What the gateway would make of a few records. */
export interface Trial {
  readonly definition: EntityDefinition
  /** In the order of the records within each log. */
  readonly events: readonly ChangeEvent[]
  readonly faults: readonly BadRecordError[]
  /** The newest one first, as the registry has it; none where nothing of the type would be streamed. */
  readonly schemas: readonly EntitySchema[]
  /** Why nothing would be streamed although the records can be read. */
  readonly closed: string | undefined
}

export interface TrialOptions {
  readonly registry: VersionedRegistry
  readonly clock: Clock
  readonly log: Log
}

/**
 * Reads the newest records of topics by a definition, as the gateway reads them: by its own stage, so that nothing is shown as readable
 * here that is not there.
 */
export async function trialOf(definition: EntityDefinition, newest: readonly NewestRecords[], options: TrialOptions): Promise<Trial> {
  const { clock } = options
  const faults: BadRecordError[] = []
  const entities = [definition]
  const store = new SchemaStore({ ...options, random: () => 0 })
  const catalog = new EntityCatalog({ ...options, entities, store })
  const reportBadRecord = (_position: unknown, error: unknown): void => {
    if (!(error instanceof BadRecordError)) throw error
    faults.push(error)
  }
  const decoder = new Decoder({
    ...{ types: new EntityTypes(entities), store, catalog, clock, meter: new Meter(), reportBadRecord },
    // As where each version counts: also of records that nobody would be shown it is told whether they can be read.
    hasTable: () => true,
  })
  try {
    await catalog.start()
    const events: ChangeEvent[] = []
    for (const batch of newest.flatMap(batchesOf)) events.push(...(await decoder.decode(batch)).events)
    return { definition, events, faults, schemas: catalog.streamableSchemasOf(definition.name), closed: catalog.status().reason }
  } finally {
    catalog.stop()
    store.stop()
  }
}

function batchesOf({ topic, records }: NewestRecords) {
  return [...groupedBy(records, ({ partition }) => partition)].map(([partition, own]) => ({
    ...{ topic, partition, records: own, bytes: 0 },
    release: () => undefined,
  }))
}
