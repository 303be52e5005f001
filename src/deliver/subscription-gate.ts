import type { Rights } from '../authorize/rights.js'
import type { EntitySchema } from '../decode/entity-schema.js'
import type { ProtocolErrorCode } from '../errors.js'

/** What is known of the entity types that are configured. */
export interface StreamableTypes {
  /** The names of those whose newest schema is streamable. */
  streamableTypes(): Iterable<string>
  latest(entityType: string): EntitySchema | undefined
}

/** Why these rights may not subscribe: a subscription needs the right to read some leaf of the type, or of any type where it names none. */
export function refusalOf(rights: Rights, types: StreamableTypes, entityType: string | undefined): ProtocolErrorCode | undefined {
  if (entityType === undefined) {
    for (const type of types.streamableTypes()) if (canReadSomeOf(rights, types, type)) return undefined
    return 'forbidden'
  }
  if (types.latest(entityType)?.streamable !== true) return 'entity_type_unknown'
  return canReadSomeOf(rights, types, entityType) ? undefined : 'forbidden'
}

function canReadSomeOf(rights: Rights, types: StreamableTypes, entityType: string): boolean {
  const schema = types.latest(entityType)
  return schema !== undefined && (rights.audienceOf(entityType)?.canReadSomeOf(schema) ?? false)
}
