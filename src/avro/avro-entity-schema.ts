import { BadRecordError } from '#errors.js'
import type { RecordNode } from './schema/avro-schema.js'
import { parseAvroSchema } from './avro-schema-parser.js'
import type { ComparableValues, EntitySchema, Extraction, LeafSet, PathKinds, Projection, ShownExtraction } from './entity-schema.js'
import { comparableValuesAt } from './schema/comparable-values.js'
import { compileExtraction } from './read/extraction.js'
import { compileShownExtraction } from './read/shown-extraction.js'
import { type LeafTree, leafTreeOf, recursionMax } from './schema/leaf-tree.js'
import { compileProjection, type ProjectionOptions } from './read/projection.js'
import type { LongsAs } from './read/scalar-json.js'
import type { SchemaSource } from './schema/schema-source.js'
import { pathKindsOf } from './schema/schema-path.js'
import { TagTrail, type WayToRecord } from './schema/tag-trail.js'
import type { TagsBeside } from './schema/tags-beside.js'
import { UnavailableValue } from './read/unavailable-value.js'

export interface EntitySchemaOptions {
  readonly longs?: LongsAs
  /** Overrides the record's own attribute, for schemas that cannot have it. */
  readonly streamable?: boolean | undefined
  readonly beside?: TagsOfEntity
  /** The text that a connector writes in place of a value that it does not have. */
  readonly unavailableValue?: string | undefined
}

/** The tags beside the schema that concern an entity's record. */
export interface TagsOfEntity {
  /** The tags beside the schema itself. */
  readonly own: readonly TagsBeside[]
  /** The tags beside the latest versions of the type. */
  readonly latest: readonly TagsBeside[]
  readonly way: WayToRecord
}

export class AvroEntitySchema implements EntitySchema {
  readonly name: string
  readonly streamable: boolean
  readonly leaves: readonly string[]
  readonly tags: ReadonlyMap<string, LeafSet>
  readonly doubts: readonly string[]
  private readonly anywhere: readonly TagsBeside['anywhere'][]
  private readonly tree: LeafTree
  private readonly projectionOptions: ProjectionOptions

  /** @throws BadRecordError `schema_invalid` where the record has too many leaves. */
  constructor(
    readonly entityType: string,
    private readonly record: RecordNode,
    { longs = 'number', streamable = record.streamable, beside, unavailableValue }: EntitySchemaOptions = {},
  ) {
    const all = [...(beside?.own ?? []), ...(beside?.latest ?? [])]
    const trail = new TagTrail(all)
    this.tree = leafTreeOf(record, beside && { trail, ...trail.toRecord(beside.way) })
    this.name = record.name
    this.streamable = streamable
    this.leaves = this.tree.leaves
    this.tags = this.tree.tags
    this.projectionOptions = { longs, unavailable: unavailableValue === undefined ? undefined : new UnavailableValue(unavailableValue) }
    this.anywhere = [...all.map(({ anywhere }) => anywhere), ...(trail.isExhausted ? ['every' as const] : [])]
    this.doubts = schemaDoubts(this.tree, beside?.own ?? [], trail)
  }

  mayCarry(tag: string): boolean {
    return this.anywhere.some((tags) => tags === 'every' || tags.has(tag))
  }

  projectionOf(leaves: LeafSet): Projection {
    return compileProjection(this.record, this.tree.root, leaves, this.projectionOptions)
  }

  extractionOf(paths: readonly string[]): Extraction {
    return compileExtraction(this.record, paths, this.projectionOptions.unavailable)
  }

  shownExtractionOf(paths: readonly string[], leaves: LeafSet): ShownExtraction {
    return compileShownExtraction(this.record, this.tree.root, leaves, paths, this.projectionOptions.unavailable)
  }

  kindsAt(path: string): PathKinds | undefined {
    return pathKindsOf(this.record, path)
  }

  comparableValuesAt(path: string): ComparableValues {
    return comparableValuesAt(this.record, path)
  }
}

/** Sentences for people. */
function schemaDoubts({ met, recursion }: LeafTree, own: readonly TagsBeside[], trail: TagTrail): string[] {
  const unmet = own.flatMap(({ entries }) => entries.filter((entry) => !met.has(entry)))
  return [
    ...own.flatMap(({ doubts }) => doubts),
    ...(trail.isExhausted ? ['The tags in its metadata are too many to be followed: every field may carry any tag'] : []),
    ...unmet
      .slice(0, unmetMax)
      .map(({ path }) => `${JSON.stringify(path.slice(0, unmetCharactersMax))} in the tags of its metadata meets none of its fields`),
    ...(recursion < recursionMax
      ? [`It holds itself and is wide: ${recursion} levels of it are followed, instead of ${recursionMax}`]
      : []),
  ]
}

/** The number of sentences in the log of one schema, and the characters of a path in each. */
const unmetMax = 10
const unmetCharactersMax = 100

/** The schema of a bare entity record. @throws BadRecordError `schema_invalid` */
export function parseEntitySchema(
  entityType: string,
  source: Pick<SchemaSource, 'schema' | 'references'>,
  options: EntitySchemaOptions = {},
): EntitySchema {
  const root = parseAvroSchema(source.schema, source.references)
  if (root.kind !== 'record') throw new BadRecordError('schema_invalid', 'an entity is a record')
  return new AvroEntitySchema(entityType, root, options)
}
