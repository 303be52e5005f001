// Finds how the entities of a folder lie on topics. Enters: their files, and the value of ENTITIES. Leaves: the layout of each.
import { type Entities, refuseSharedTopics } from '#config/entities-file.js'
import { type EntityDefinition, seedEntity } from '#entities.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { refuseOtherRecord } from '#schema/files/other-record.js'

export interface EntityLayouts {
  readonly files: readonly EntityFile[]
  /** The entities whose schemas this project registers. */
  readonly registrable: readonly EntityFile[]
  readonly definitionOf: (entityType: string) => EntityDefinition
  /** Sentences that say which entities are not registered, and why. */
  readonly notes: readonly string[]
}

/**
 * Entities that are not named have the seed's layout, as in the gateway.
 * @throws ConfigurationError where a topic would belong to two entities, or a file is none of the records that an entity is said to be.
 */
export function layoutsOf(files: readonly EntityFile[], named?: Entities): EntityLayouts {
  const definitions = new Map((named?.entities ?? []).map((one) => [one.name, one]))
  const definitionOf = (entityType: string) => definitions.get(entityType) ?? seedEntity(entityType)
  const isOurs = ({ entityType }: EntityFile) => definitionOf(entityType).envelope !== 'debezium'
  const types = new Set(files.map(({ entityType }) => entityType))
  refuseSharedTopics([...definitions.values(), ...[...types].filter((one) => !definitions.has(one)).map(seedEntity)])
  for (const file of files) refuseOtherRecord(file, definitionOf(file.entityType))
  return {
    files,
    registrable: files.filter(isOurs),
    definitionOf,
    notes: [
      ...files
        .filter((file) => !isOurs(file))
        .map(({ file }) => `${file} is left out: Debezium registers the schemas of its topics itself.`),
      ...[...definitions.keys()].filter((name) => !types.has(name)).map((name) => `ENTITIES names "${name}", which has no schema here.`),
    ],
  }
}
