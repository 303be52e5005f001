import { join } from 'node:path'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { type EntityDefinition, seedEntity, topicsOf } from '#entities.js'
import { BadRecordError, ConfigurationError } from '#errors.js'
import { refuseOtherRecord } from '#schema/files/other-record.js'
import { type EntityFile, readSchemaFolder } from '#schema/files/schema-folder.js'

/** An entity that a service publishes, by its own schema. */
export interface PublishedEntity {
  readonly definition: EntityDefinition
  readonly file: EntityFile
  readonly record: RecordNode
  readonly isStreamable: boolean
}

/** The entities of a folder: those that are defined, or one in the seed's layout for each schema. @throws ConfigurationError */
export function readEntities(folder: string, definitions?: readonly EntityDefinition[]): PublishedEntity[] {
  const files = readSchemaFolder(folder)
  const entities = (definitions ?? files.map(({ entityType }) => seedEntity(entityType))).map((definition) => {
    const file = files.find(({ entityType }) => entityType === definition.name)
    if (file === undefined) throw new ConfigurationError(`${join(folder, definition.name)}.avsc does not exist.`)
    refuseOtherRecord(file, definition)
    return publishedEntity(file, definition)
  })
  refuseSharedTopics(entities)
  return entities
}

function publishedEntity(file: EntityFile, definition: EntityDefinition): PublishedEntity {
  const record = recordOf(file)
  return { definition, file, record, isStreamable: definition.streamable ?? record.streamable }
}

function recordOf({ file, text, references }: EntityFile): RecordNode {
  try {
    return parseAvroSchema(
      text,
      references.map((reference) => reference.text),
    ) as RecordNode
  } catch (error) {
    // The error's own message speaks of a registry's answer, and here the schema came from a file.
    throw error instanceof BadRecordError
      ? new ConfigurationError(`${file} is not the schema of an entity: ${error.detail ?? error.message}.`)
      : error
  }
}

/** A topic may hold records of one entity only. */
function refuseSharedTopics(entities: readonly PublishedEntity[]): void {
  const topics = entities.flatMap(({ definition }) => topicsOf(definition).map(({ topic }) => topic))
  const shared = topics.find((topic, index) => topics.indexOf(topic) !== index)
  if (shared !== undefined) throw new ConfigurationError(`The topic ${shared} belongs to two entities.`)
}
