import type { Rights } from '#policy/rights.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'

/** What is known of the entity types that are configured. */
export interface KnownTypes {
  /** The names of those of which some known schema is streamable. */
  streamableTypes(): readonly string[]
  /** The names of those of which no schema is known yet. */
  unknownTypes(): readonly string[]
  streamableSchemasOf(entityType: string): readonly EntitySchema[]
}

/**
 * Why these rights may not subscribe: a subscription needs the right to read some leaf of the type, or of any type where it names
 * none. Of a type without a known schema, a rule that shows anything is enough: a client that comes while the registry is away
 * must not be told, once and for all, that it has no rights. What it is sent is judged by the schema all the same. That no such type is
 * streamed is said to those alone whose rules name it.
 */
export function refusalOf(rights: Rights, types: KnownTypes, entityType: string | undefined): ProtocolErrorCode | undefined {
  // Before it is looked whether there is such a type: the answer must not tell its name to somebody who has no rule for it.
  if (entityType !== undefined && rights.audienceOf(entityType) === undefined) return 'forbidden'
  const isNamed = (type: string) => entityType === undefined || entityType === type
  const streamable = types.streamableTypes().filter(isNamed)
  const unknown = types.unknownTypes().filter(isNamed)
  if (entityType !== undefined && streamable.length + unknown.length === 0) return 'entity_type_unknown'
  const showsSome = (type: string) => types.streamableSchemasOf(type).some((schema) => rights.audienceOf(type)?.canReadSomeOf(schema))
  if (streamable.some(showsSome)) return undefined
  return unknown.some((type) => rights.audienceOf(type) !== undefined) ? undefined : 'forbidden'
}
