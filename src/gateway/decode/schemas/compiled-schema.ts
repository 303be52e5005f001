import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { AvroNode } from '#avro/schema/avro-schema.js'
import { parseAvroSchemas } from '#avro/avro-schema-parser.js'
import { type RootNames, type TagsBeside, tagsBesideOf } from '#avro/schema/tags-beside.js'
import { compileEnvelope } from '../envelope/envelope.js'
import { recordNamesIn } from '../envelope/entity-record.js'
import type { EnvelopeReader } from '../envelope/envelope-reader.js'
import { compileKey, type KeyReader } from '../id/avro-key.js'
import type { LongsAs } from '#avro/read/scalar-json.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'

/** A schema of the registry. It is compiled once for each entity type with a topic on which it occurs. */
export class CompiledSchema {
  readonly id: number
  private readonly root: AvroNode
  private readonly names: RootNames
  /** The tags beside the schema's text, by their source: the same schema may stand under several subjects, each with tags of its own. */
  private readonly tags = new Map<string, TagsBeside>()
  private readonly envelopes = new Map<EntityDefinition, EnvelopeReader | BadRecordError>()
  private readonly recordNames = new Map<EntityDefinition, readonly string[] | undefined>()
  private readonly keyReaders = new Map<EntityDefinition, KeyReader | BadRecordError>()

  /** @throws BadRecordError `schema_invalid` */
  constructor(
    { id, schema, references, origins }: RegisteredSchema,
    private readonly longs: LongsAs,
    private readonly latestTags: (entityType: string) => readonly TagsBeside[],
  ) {
    this.id = id
    const parsed = parseAvroSchemas(schema, references, origins)
    this.root = parsed.root
    this.names = { root: recordNameOf(parsed.root), references: parsed.references.map(recordNameOf) }
  }

  /** The names of the root's fields; none where it is no record. */
  get fields(): readonly string[] {
    return this.root.kind === 'record' ? this.root.fields.map(({ name }) => name) : []
  }

  /** The tags that an answer of the registry has beside this schema. */
  tagsOf(registered: RegisteredSchema): TagsBeside {
    return tagsBesideOf(registered, this.names)
  }

  /** Replaces the tags of the same source. */
  noteTags(source: string, tags: TagsBeside): void {
    if ((this.tags.get(source)?.key ?? '') === tags.key) return
    this.tags.set(source, tags)
    this.envelopes.clear()
  }

  /** Makes the type's envelopes be compiled anew, as the tags of its latest version have changed. */
  forget(entityType: string): void {
    for (const entity of this.envelopes.keys()) if (entity.name === entityType) this.envelopes.delete(entity)
  }

  /** @throws BadRecordError `envelope_invalid` where the schema does not have the shape that is configured for the entity. */
  envelope(entity: EntityDefinition): EnvelopeReader {
    return remembered(this.envelopes, entity, () => {
      const tags = { own: [...this.tags.values()], latest: this.latestTags(entity.name) }
      return compileEnvelope(this.root, entity, this.longs, tags)
    })
  }

  /** The full names of the records that stand for the entity; undefined where the envelope itself names its entity type. */
  recordsOf(entity: EntityDefinition): readonly string[] | undefined {
    if (!this.recordNames.has(entity)) this.recordNames.set(entity, recordNamesIn(this.root, entity))
    return this.recordNames.get(entity)
  }

  /** Reads the entity id from a key of this schema. @throws BadRecordError where the schema has no place for an id. */
  keyReader(entity: EntityDefinition): KeyReader {
    return remembered(this.keyReaders, entity, () => compileKey(this.root, entity))
  }
}

function recordNameOf(node: AvroNode): string | undefined {
  return node.kind === 'record' ? node.name : undefined
}

/** A failure is remembered too, so that a topic full of such records does not compile the schema for each of them. */
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
