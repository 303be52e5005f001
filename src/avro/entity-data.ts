import type { EntitySchema } from './entity-schema.js'

/** The bytes of an entity's record inside a Kafka record's value. */
export interface EntityData {
  readonly schema: EntitySchema
  readonly bytes: Buffer
  /** Where the entity's record begins in `bytes`. */
  readonly start: number
}

/** A version of an entity, which rights judge: for example a change event. */
export interface EntityVersion {
  /** Null where there is no data: in some deletes, and in every tombstone. */
  readonly data: EntityData | null
}
