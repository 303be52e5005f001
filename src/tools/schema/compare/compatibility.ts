// Says whether other readers can go on. Enters: a schema and its earlier versions. Leaves: what breaks, explained by the changes.
import { resolutionFailure } from './avro-resolution.js'
import { type SchemaChange, schemaChangesOf } from './schema-changes.js'
import type { WholeSchema } from '#schema/files/schema-folder.js'
import { validModelOf } from '#schema/model/schema-validity.js'
import type { Direction } from './type-change.js'

/** The levels of Confluent's registry: https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html */
export const compatibilityLevels = [
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
  'NONE',
] as const
export type CompatibilityLevel = (typeof compatibilityLevels)[number]

/** A version of the schema that readers or writers may still use. */
export interface EarlierVersion {
  /** As people call it: `main`, `version 3`. */
  readonly name: string
  readonly entity: WholeSchema
}

export interface Incompatibility {
  readonly direction: Direction
  readonly earlier: string
  /** The changes that break it; empty where only the resolver knows why. */
  readonly changes: readonly SchemaChange[]
  /** In the resolver's words. */
  readonly reason: string
}

/**
 * @param earlier the newest first. A level that is not transitive looks at that one only.
 * @throws ConfigurationError where a schema is not valid.
 */
export function incompatibilitiesOf(entity: WholeSchema, earlier: readonly EarlierVersion[], level: CompatibilityLevel): Incompatibility[] {
  const asked = level.endsWith('_TRANSITIVE') ? earlier : earlier.slice(0, 1)
  return asked.flatMap((version) => directionsOf(level).flatMap((direction) => incompatibilityOf(entity, version, direction)))
}

function incompatibilityOf(entity: WholeSchema, { name, entity: before }: EarlierVersion, direction: Direction): Incompatibility[] {
  const reason = direction === 'backward' ? resolutionFailure(entity, before) : resolutionFailure(before, entity)
  if (reason === undefined) return []
  const changes = schemaChangesOf(validModelOf(before), validModelOf(entity)).filter(({ breaks }) => breaks.includes(direction))
  return [{ direction, earlier: name, changes, reason }]
}

function directionsOf(level: CompatibilityLevel): Direction[] {
  if (level === 'NONE') return []
  if (level.startsWith('FULL')) return ['backward', 'forward']
  return [level.startsWith('BACKWARD') ? 'backward' : 'forward']
}
