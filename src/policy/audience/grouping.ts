import type { EntityVersion } from '#avro/entity-data.js'
import type { Audience } from '../rights.js'

/** Audiences that differ so little that a version of an entity says which of them it may treat differently from the others. */
export interface AudienceGroup {
  newIndex(): CandidateIndex
}

/** Those of one group that have subscribed to one entity. */
export interface CandidateIndex {
  /** Wholly, or not at all where it throws. */
  add(audience: Audience): void
  remove(audience: Audience): void
  /**
   * Those to be judged one at a time. What the version shows to one of the others it shows to all of them: too many candidates cost
   * time, too few would be a leak. Undefined where the index cannot tell. @throws BadRecordError
   */
  candidatesOf(version: EntityVersion): ReadonlySet<Audience> | undefined
}
