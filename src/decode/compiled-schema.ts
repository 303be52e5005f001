import type { EntityDefinition } from '../entities.js'
import { BadRecordError } from '../errors.js'
import type { AvroNode } from './avro/avro-schema.js'
import { parseAvroSchema } from './avro/avro-schema-parser.js'
import { compileEnvelope } from './envelope/envelope.js'
import type { EnvelopeReader } from './envelope/envelope-reader.js'
import { compileKey, type KeyReader } from './envelope/record-key.js'
import type { LongsAs } from './avro/scalar-json.js'
import type { RegisteredSchema } from './registry/schema-registry.js'

/** A schema of the registry, compiled once for each entity type on whose topics it occurs. */
export class CompiledSchema {
  readonly id: number
  private readonly root: AvroNode
  private readonly envelopeOf = new Map<EntityDefinition, EnvelopeReader | BadRecordError>()
  private readonly keyOf = new Map<EntityDefinition, KeyReader | BadRecordError>()

  /** @throws BadRecordError `schema_invalid` */
  constructor(
    { id, schema, references }: RegisteredSchema,
    private readonly longs: LongsAs,
  ) {
    this.id = id
    this.root = parseAvroSchema(schema, references)
  }

  /** @throws BadRecordError `envelope_invalid` where records of this schema are not what the entity is configured to be. */
  envelope(entity: EntityDefinition): EnvelopeReader {
    return remembered(this.envelopeOf, entity, () => compileEnvelope(this.root, entity, this.longs))
  }

  /** The schema as that of a record's key. @throws BadRecordError where no id can be in it. */
  key(entity: EntityDefinition): KeyReader {
    return remembered(this.keyOf, entity, () => compileKey(this.root, entity))
  }
}

/** Also a failure is remembered: a topic full of such records must not compile for each of them. */
function remembered<T>(known: Map<EntityDefinition, T | BadRecordError>, entity: EntityDefinition, compile: () => T): T {
  let result = known.get(entity)
  if (result === undefined) known.set(entity, (result = attempt(compile)))
  if (result instanceof BadRecordError) throw result
  return result
}

function attempt<T>(compile: () => T): T | BadRecordError {
  try {
    return compile()
  } catch (error) {
    if (error instanceof BadRecordError) return error
    throw error
  }
}
