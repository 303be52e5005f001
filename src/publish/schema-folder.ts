import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAvroSchema } from '../decode/avro/avro-schema-parser.js'
import type { RecordNode } from '../decode/avro/avro-schema.js'
import { type EntityDefinition, seedEntity, topicsOf } from '../entities.js'
import { ConfigurationError } from '../errors.js'
import type { RecordSchema } from '../schema/event-schema.js'

/** An entity that a service publishes, by its own schema. */
export interface PublishedEntity {
  readonly definition: EntityDefinition
  /** As it stands in the file. */
  readonly schema: RecordSchema
  readonly record: RecordNode
  readonly isStreamable: boolean
}

const ending = '.avsc'

/** The entities of a folder: those that are defined, or one in the seed's layout for each schema. @throws ConfigurationError */
export function readEntities(folder: string, definitions?: readonly EntityDefinition[]): PublishedEntity[] {
  const names = namesIn(folder)
  const entities = (definitions ?? names.map(seedEntity)).map((definition) => {
    if (!names.includes(definition.name)) throw new ConfigurationError(`${join(folder, definition.name)}${ending} does not exist.`)
    return readEntity(join(folder, definition.name + ending), definition)
  })
  if (entities.length === 0) throw new ConfigurationError(`${folder} holds no ${ending} files.`)
  refuseSharedTopics(entities)
  return entities
}

function namesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(ending))
    return files.map((file) => file.slice(0, -ending.length)).sort()
  } catch (error) {
    throw new ConfigurationError(`The folder ${folder} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}

function readEntity(path: string, definition: EntityDefinition): PublishedEntity {
  const text = readFileSync(path, 'utf8')
  try {
    const record = parseAvroSchema(text)
    if (record.kind !== 'record') throw new Error('it is no record')
    const { streamable = record.streamable } = definition
    return { definition, schema: JSON.parse(text) as RecordSchema, record, isStreamable: streamable }
  } catch (error) {
    throw new ConfigurationError(`${path} is not the schema of an entity: ${(error as Error).message}.`)
  }
}

/** A record of a topic must be of one entity. */
function refuseSharedTopics(entities: readonly PublishedEntity[]): void {
  const topics = entities.flatMap(({ definition }) => topicsOf(definition).map(({ topic }) => topic))
  const shared = topics.find((topic, index) => topics.indexOf(topic) !== index)
  if (shared !== undefined) throw new ConfigurationError(`The topic ${shared} belongs to two entities.`)
}
