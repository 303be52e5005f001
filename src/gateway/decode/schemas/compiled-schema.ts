import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { parseAvroSchemas } from '#avro/avro-schema-parser.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { LongsAs } from '#avro/read/scalar-json.js'
import type { AvroNode } from '#avro/schema/avro-schema.js'
import { type RootNames, type TagsBeside, tagsBesideOf } from '#avro/schema/tags-beside.js'
import { longBytes } from '#avro/write/avro-sink.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'
import { wireHeaderLength } from '#registry/wire-format.js'
import { compileKey, type KeyReader } from '../id/avro-key.js'
import { CompiledBranch } from './compiled-branch.js'
import { Remembered } from './remembered.js'

/** A schema of the registry. It is compiled once for each entity type with a topic on which it occurs. */
export class CompiledSchema {
  readonly id: number
  /** What its records may be: one thing, or the branches of a union. */
  readonly branches: readonly CompiledBranch[]
  private readonly root: AvroNode
  private readonly names: RootNames
  /** The tags beside the schema's text, by their source: the same schema may stand under several subjects, each with tags of its own. */
  private readonly tags = new Map<string, TagsBeside>()
  private readonly keyReaders = new Remembered<KeyReader>()

  /** @throws BadRecordError `schema_invalid` */
  constructor(
    { id, schema, references, origins }: RegisteredSchema,
    longs: LongsAs,
    latestTags: (entityType: string) => readonly TagsBeside[],
  ) {
    this.id = id
    const parsed = parseAvroSchemas(schema, references, origins)
    this.root = parsed.root
    this.names = { root: recordNameOf(parsed.root), references: parsed.references.map(recordNameOf) }
    const tagsOf = (entityType: string) => ({ own: [...this.tags.values()], latest: latestTags(entityType) })
    this.branches = branchesOf(parsed.root).map(([node, start]) => new CompiledBranch(node, start, longs, tagsOf))
  }

  /** The names of the root's fields; none where it is no record. */
  get fields(): readonly string[] {
    return this.root.kind === 'record' ? this.root.fields.map(({ name }) => name) : []
  }

  /** What a value in wire format is. @throws BadRecordError where it has no branch of the union. */
  branchIn(value: Buffer): CompiledBranch {
    if (this.root.kind !== 'union') return this.branches[0]!
    const reader = new AvroReader(value, wireHeaderLength)
    const branch = this.branches[reader.index(this.branches.length)]!
    if (reader.pos !== branch.start) throw new BadRecordError('value_invalid', 'a union branch in more bytes than it takes')
    return branch
  }

  /** The tags that an answer of the registry has beside this schema. */
  tagsOf(registered: RegisteredSchema): TagsBeside {
    return tagsBesideOf(registered, this.names)
  }

  /** Replaces the tags of the same source. */
  noteTags(source: string, tags: TagsBeside): void {
    if ((this.tags.get(source)?.key ?? '') === tags.key) return
    this.tags.set(source, tags)
    for (const branch of this.branches) branch.forget()
  }

  /** Makes the type's envelopes be compiled anew, as the tags of its latest version have changed. */
  forget(entityType: string): void {
    for (const branch of this.branches) branch.forget(entityType)
  }

  /** The full names of all records that may stand for the entity; undefined where the envelope itself names its entity type. */
  recordsOf(entity: EntityDefinition): readonly string[] | undefined {
    const names = this.branches.map((branch) => branch.recordsOf(entity))
    return names.includes(undefined) ? undefined : [...new Set(names.flatMap((some) => some ?? []))]
  }

  /** Reads the entity id from a key of this schema. @throws BadRecordError where the schema has no place for an id. */
  keyReader(entity: EntityDefinition): KeyReader {
    return this.keyReaders.of(entity, () => compileKey(this.root, entity))
  }
}

/** The types that records may be of, and where each begins in a value: behind the number of its branch. */
function branchesOf(root: AvroNode): (readonly [node: AvroNode, start: number])[] {
  if (root.kind !== 'union') return [[root, wireHeaderLength]]
  return root.branches.map((branch, index) => [branch, wireHeaderLength + longBytes(index).length])
}

function recordNameOf(node: AvroNode): string | undefined {
  return node.kind === 'record' ? node.name : undefined
}
