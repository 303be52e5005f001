import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import type { GroundSchemas } from '#console/trial-ground.js'
import { ConfigurationError } from '#errors.js'
import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import { pulledFrom } from '#tools/schema/subjects/pulled-subject.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import type { FoundEntity } from './found-entity.js'

/**
 * The schemas of entities as files would have them, by which cases are written. An entity whose schema no file could say has none, which
 * concerns its cases alone.
 */
export async function entityFilesOf(found: readonly FoundEntity[], registry: ConfluentSubjects): Promise<GroundSchemas> {
  const subjects = await registry.subjects()
  const files = new Map<string, EntityFile>()
  for (const { definition } of found) {
    const file = await unlessUnsayable(() => pulledFrom(registry, subjects, definition))
    if (file === undefined) continue
    const { record: schema } = file
    files.set(definition.name, {
      file: `${definition.name}.avsc`,
      entityType: definition.name,
      text: JSON.stringify(schema),
      schema,
      references: [],
    })
  }
  const fileOf = (entityType: string): EntityFile => {
    const file = files.get(entityType)
    if (file === undefined) throw new ConfigurationError(`The registry has no schema of ${entityType} by which a case could be written.`)
    return file
  }
  return {
    encoderOf: (entityType) => EntityEncoder.of(fileOf(entityType)),
    recordOf: (entityType) => parseAvroSchema(fileOf(entityType).text) as RecordNode,
  }
}

async function unlessUnsayable<T>(pull: () => Promise<T>): Promise<T | undefined> {
  try {
    return await pull()
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined
    throw error
  }
}
