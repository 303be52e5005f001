import type { Rights } from '#policy/rights.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'

/** What the gateway knows of the configured entity types. */
export interface KnownTypes {
  /** The names of the types with a streamable schema. */
  streamableTypes(): readonly string[]
  /** The names of the types without any known schema. */
  unknownTypes(): readonly string[]
  streamableSchemasOf(entityType: string): readonly EntitySchema[]
}

/** A type that is found while the gateway runs is filled before anybody can subscribe to it. */
export function subscribableTypes(types: KnownTypes, isFilling: (entityType: string) => boolean): KnownTypes {
  return {
    streamableTypes: () => types.streamableTypes().filter((type) => !isFilling(type)),
    unknownTypes: () => types.unknownTypes().filter((type) => !isFilling(type)),
    streamableSchemasOf: (type) => types.streamableSchemasOf(type),
  }
}

/** The types that a subscription asks for: every one that is streamed where it names none. */
export function typesAskedFor(entityType: string | undefined, types: Pick<KnownTypes, 'streamableTypes'>): readonly string[] {
  return entityType === undefined ? types.streamableTypes() : [entityType]
}

/**
 * Why a client with these rights may not subscribe, if so. A subscription needs the right to read some leaf of the type, or of any type
 * where it names none. While no schema of a type is known, a rule that shows anything is enough: a client that comes while the registry is
 * away must not be told for good that it has no rights. Its updates are judged by the schema in any case. Only clients whose rules name a
 * type are told that the type is not streamed.
 */
export function subscriptionRefusal(rights: Rights, types: KnownTypes, entityType: string | undefined): ProtocolErrorCode | undefined {
  // Checked before the type is looked up: the answer must not reveal the type's name to a client without a rule for it.
  if (entityType !== undefined && rights.audienceOf(entityType) === undefined) return 'forbidden'
  const isNamed = (type: string) => entityType === undefined || entityType === type
  const streamable = types.streamableTypes().filter(isNamed)
  const unknown = types.unknownTypes().filter(isNamed)
  if (entityType !== undefined && streamable.length + unknown.length === 0) return 'entity_type_unknown'
  const showsSome = (type: string) => types.streamableSchemasOf(type).some((schema) => rights.audienceOf(type)?.canReadSomeOf(schema))
  if (streamable.some(showsSome)) return undefined
  return unknown.some((type) => rights.audienceOf(type) !== undefined) ? undefined : 'forbidden'
}
