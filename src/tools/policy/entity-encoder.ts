// The way back from an entity as a client with all rights sees it to the bytes that the gateway judges. Enters: JSON, with integers beyond
// 2^53 as bigints. Leaves: Avro's bytes, which the gateway shows as the same JSON again. Fails: a value that does not fit the schema, with
// its path.
import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { AvroSink } from '#avro/write/avro-sink.js'
import { avroWriterOf } from '#avro/write/avro-writer.js'
import { clientFormOf } from '#avro/write/client-form.js'
import { InvalidEntityError } from '#avro/write/invalid-entity.js'
import type { WriteValue } from '#avro/write/value-form.js'
import { ConfigurationError } from '#errors.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { entitySchemasOf } from './entity-schemas.js'

export class EntityEncoder {
  private constructor(
    readonly schema: EntitySchema,
    private readonly write: WriteValue,
  ) {}

  /** @throws ConfigurationError where the file holds no schema of an entity. */
  static of(file: EntityFile): EntityEncoder {
    const [schema] = entitySchemasOf([file])
    const references = file.references.map(({ text }) => text)
    // It was just checked to be a record.
    const record = parseAvroSchema(file.text, references) as RecordNode
    return new EntityEncoder(schema!, avroWriterOf(record, clientFormOf(record)))
  }

  /** @param name what the JSON is called in sentences: `event`. @throws ConfigurationError with the path of a value that does not fit. */
  encode(json: unknown, name: string): EntityData {
    return { schema: this.schema, bytes: this.encoded(json, name), start: 0 }
  }

  private encoded(json: unknown, name: string): Buffer {
    const sink = new AvroSink()
    try {
      this.write(sink, json, 'any')
    } catch (error) {
      throw error instanceof InvalidEntityError ? misfitError(error, name) : error
    }
    return sink.written()
  }
}

function misfitError({ path, actual, expected }: InvalidEntityError, name: string): ConfigurationError {
  const what = actual === 'missing' ? 'is missing' : `is ${actual} and must be ${expected}`
  return new ConfigurationError(`The ${name}${path === '' ? '' : `'s ${path}`} ${what}.`)
}
