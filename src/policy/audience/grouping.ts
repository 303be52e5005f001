import type { EntityVersion } from '#avro/entity-data.js'
import type { Audience } from '../rights.js'

/**
 * Audiences that differ so little that, for a version of an entity, one can tell which of them it may treat differently from the others.
 */
export interface AudienceGroup {
  newIndex(): CandidateIndex
}

/** The audiences of one group that have subscribed to one entity. */
export interface CandidateIndex {
  /** Adds the audience; where it throws, nothing was added. */
  add(audience: Audience): void
  remove(audience: Audience): void
  /**
   * The audiences to be judged one at a time. All others see the same of this version as each other. Too many candidates cost time; one too
   * few would be a leak. Undefined where the index cannot tell. @throws BadRecordError
   */
  candidatesOf(version: EntityVersion): ReadonlySet<Audience> | undefined
}
