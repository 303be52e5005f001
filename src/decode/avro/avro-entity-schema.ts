import { BadRecordError } from '../../errors.js'
import type { RecordNode } from './avro-schema.js'
import { parseAvroSchema } from './avro-schema-parser.js'
import type { ComparableValues, EntitySchema, Extraction, LeafSet, Projection } from '../entity-schema.js'
import { comparableValuesAt } from './comparable-values.js'
import { compileExtraction } from './extraction.js'
import { type LeafTree, leafTreeOf } from './leaf-tree.js'
import { compileProjection } from './projection.js'
import type { LongsAs } from './scalar-json.js'
import type { RegisteredSchema } from '../registry/schema-registry.js'
import { leadsSomewhere } from './schema-path.js'

export interface EntitySchemaOptions {
  readonly longs?: LongsAs
  /** Overrides the record's own attribute, for schemas that cannot carry it. */
  readonly streamable?: boolean | undefined
}

export class AvroEntitySchema implements EntitySchema {
  readonly name: string
  readonly streamable: boolean
  readonly leaves: readonly string[]
  readonly tags: ReadonlyMap<string, LeafSet>
  private readonly tree: LeafTree
  private readonly longs: LongsAs

  /** @throws BadRecordError `schema_invalid` where the record has too many leaves. */
  constructor(
    readonly entityType: string,
    private readonly record: RecordNode,
    { longs = 'number', streamable = record.streamable }: EntitySchemaOptions = {},
  ) {
    this.tree = leafTreeOf(record)
    this.name = record.name
    this.streamable = streamable
    this.leaves = this.tree.leaves
    this.tags = this.tree.tags
    this.longs = longs
  }

  projectionOf(leaves: LeafSet): Projection {
    return compileProjection(this.record, this.tree.root, leaves, this.longs)
  }

  extractionOf(paths: readonly string[]): Extraction {
    return compileExtraction(this.record, paths)
  }

  hasPath(path: string): boolean {
    return leadsSomewhere(this.record, path)
  }

  comparableValuesAt(path: string): ComparableValues {
    return comparableValuesAt(this.record, path)
  }
}

/** The schema of a bare entity record. @throws BadRecordError `schema_invalid` */
export function parseEntitySchema(
  entityType: string,
  registered: Pick<RegisteredSchema, 'schema' | 'references'>,
  options: EntitySchemaOptions = {},
): EntitySchema {
  const root = parseAvroSchema(registered.schema, registered.references)
  if (root.kind !== 'record') throw new BadRecordError('schema_invalid', 'an entity is a record')
  return new AvroEntitySchema(entityType, root, options)
}
