import type { EntityDefinition, EntityTopic } from '#entities.js'
import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { BadRecordError } from '#errors.js'
import { schemaIdOf } from '#registry/wire-format.js'
import type { EntityCatalog } from './catalog/entity-catalog.js'
import type { ChangeEvent } from './change-event.js'
import type { CompiledBranch } from './schemas/compiled-branch.js'
import type { CompiledSchema } from './schemas/compiled-schema.js'
import type { SchemaStore } from './schemas/schema-store.js'

/** A version as it is kept: all of a change event but what its schema says, as that may change. */
export type KeptVersion = Omit<ChangeEvent, 'data' | 'hidden' | 'tombstone' | 'entityType'>

/** Makes change events of versions that are kept, by the schemas, tags and flags of today. */
export class VersionReader {
  constructor(
    private readonly store: Pick<SchemaStore, 'get'>,
    private readonly catalog: Pick<EntityCatalog, 'isStopped' | 'isStreamable'>,
  ) {}

  /** @throws BadRecordError where the version cannot be read. */
  read({ entity }: EntityTopic, kept: KeptVersion): ChangeEvent {
    const { name: entityType } = entity
    if (kept.value === null)
      return eventOf(kept, entityType, { data: null, tombstone: true, hidden: !this.catalog.isStreamable(entityType) })
    const branch = this.schemaOf(schemaIdOf(kept.value)).branchIn(kept.value)
    const envelope = branch.envelope(entity)
    const hidden = this.catalog.isStopped(entityType) || !(envelope.schema?.streamable ?? this.catalog.isStreamable(entityType))
    const data: EntityData | null = hidden ? null : envelope.read(kept.value, branch.start).data
    return eventOf(kept, entityType, { data, tombstone: false, hidden })
  }

  /** The data of a version, also of a type that is stopped for now; null where its schema is not streamable. */
  dataOf(entity: EntityDefinition, value: Buffer): EntityData | null | 'unreadable' {
    try {
      const branch = this.schemaOf(schemaIdOf(value)).branchIn(value)
      const envelope = branch.envelope(entity)
      return envelope.schema?.streamable === true ? envelope.read(value, branch.start).data : null
    } catch (error) {
      if (error instanceof BadRecordError) return 'unreadable'
      throw error
    }
  }

  /** What the data of kept versions of this schema may be. */
  *schemasOf(entity: EntityDefinition, id: number): Generator<EntitySchema> {
    const compiled = this.store.get(id)
    if (compiled === undefined || compiled instanceof BadRecordError) return
    for (const branch of compiled.branches) {
      const schema = schemaIn(branch, entity)
      if (schema?.streamable === true) yield schema
    }
  }

  /** The schemas of kept versions are kept too. */
  private schemaOf(id: number): CompiledSchema {
    const schema = this.store.get(id)
    if (schema === undefined) throw new Error(`The schema ${id} of a kept version is gone.`)
    if (schema instanceof BadRecordError) throw schema
    return schema
  }
}

/** Undefined where records of this branch cannot be read, or have no data. */
function schemaIn(branch: CompiledBranch, entity: EntityDefinition): EntitySchema | undefined {
  return branch.isUsable(entity) ? branch.envelope(entity).schema : undefined
}

/** Member by member, as the decoder makes events: by `...kept` it took 7 µs, more than all else that an event with a table costs. */
function eventOf(
  kept: KeptVersion,
  entityType: string,
  { data, tombstone, hidden }: Pick<ChangeEvent, 'data' | 'tombstone' | 'hidden'>,
): ChangeEvent {
  return {
    operation: kept.operation,
    entityType,
    entityId: kept.entityId,
    timestampMs: kept.timestampMs,
    kafkaTimestampMs: kept.kafkaTimestampMs,
    topic: kept.topic,
    partition: kept.partition,
    offset: kept.offset,
    data,
    tombstone,
    value: kept.value,
    hidden,
  }
}
