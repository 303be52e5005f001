import type { EntitySchema } from '#avro/entity-schema.js'
import type { EntityDefinition } from '#entities.js'
import type { LogRange } from '#kafka/newest-records.js'
import type { RightsSubject } from './made-up-roles.js'

/** An entity type of somebody's own topics. */
export interface FoundEntity extends RightsSubject {
  readonly definition: EntityDefinition
  readonly schema: EntitySchema
  /** The topics that there are. */
  readonly topics: readonly string[]
  /** Of its newest records, the newest first. */
  readonly ids: readonly string[]
  /** Kafka's time of the newest one, in milliseconds since the epoch. */
  readonly newestMs: number
  /** Where the id is from, in words. */
  readonly idFrom: string
  /** What people should know besides, in sentences without their full stop. */
  readonly remarks: readonly string[]
  readonly logs: readonly (LogRange & { readonly topic: string })[]
}

/** Topics of which nothing is shown. */
export interface LeftOut {
  readonly topics: readonly string[]
  /** The rest of a sentence that begins with the topic: `its values ...`. */
  readonly why: string
}

export type Finding = FoundEntity | LeftOut

export function isFound(finding: Finding): finding is FoundEntity {
  return 'definition' in finding
}
