import type { EntitySchema } from './entity-schema.js'

/** The entity's record inside a Kafka record's value, not yet read. */
export interface EntityData {
  readonly schema: EntitySchema
  readonly bytes: Buffer
  /** Where the entity's record begins in `bytes`. */
  readonly start: number
}

/** What rights are asked of: a change event is one. */
export interface EntityVersion {
  /** Null where there is none: of some deletes, and of every tombstone. */
  readonly data: EntityData | null
}
