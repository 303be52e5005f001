import { schemaChangesOf, type SchemaChange } from './schema-changes.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { validModelOf } from '#schema/model/schema-validity.js'

/** How one entity differs between two sets of schemas. */
export interface EntityDiff {
  readonly entityType: string
  readonly presence: 'added' | 'removed' | 'both'
  readonly changes: readonly SchemaChange[]
}

/** The entities that differ, by name. @throws ConfigurationError where a schema is not valid. */
export function diffSchemas(before: readonly EntityFile[], after: readonly EntityFile[]): EntityDiff[] {
  const names = [...new Set([...before, ...after].map(({ entityType }) => entityType))].sort()
  return names.map((name) => diffOf(name, byName(before, name), byName(after, name))).filter(isDifferent)
}

/** Compares two single files with any names. @throws ConfigurationError where a schema is not valid. */
export function diffFiles(before: EntityFile, after: EntityFile): EntityDiff[] {
  return [diffOf(after.entityType, before, after)].filter(isDifferent)
}

function diffOf(entityType: string, before: EntityFile | undefined, after: EntityFile | undefined): EntityDiff {
  if (before !== undefined && after !== undefined)
    return { entityType, presence: 'both', changes: schemaChangesOf(validModelOf(before), validModelOf(after)) }
  return { entityType, presence: before === undefined ? 'added' : 'removed', changes: [] }
}

function isDifferent({ presence, changes }: EntityDiff): boolean {
  return presence !== 'both' || changes.length > 0
}

function byName(files: readonly EntityFile[], name: string): EntityFile | undefined {
  return files.find(({ entityType }) => entityType === name)
}
