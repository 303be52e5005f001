import { BadRecordError } from '#errors.js'
import { type EntityDefinition, type Marks, unavailableValueOf } from '#entities.js'
import { AvroEntitySchema, type TagsOfEntity } from '#avro/avro-entity-schema.js'
import type { AvroReader } from '#avro/read/avro-reader.js'
import type { AvroNode, RecordNode } from '#avro/schema/avro-schema.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { LongsAs } from '#avro/read/scalar-json.js'

/** The tags beside the schema, its own and those of the type's latest versions. */
export type SchemaTags = Omit<TagsOfEntity, 'way'>

/** Makes the entity schemas of one registered schema. The fields `before` and `after` share one where they have the same record. */
export class EntitySchemas {
  private readonly known = new Map<RecordNode, EntitySchema>()

  constructor(
    private readonly root: RecordNode,
    private readonly entity: EntityDefinition,
    private readonly longs: LongsAs,
    private readonly tags: SchemaTags | undefined,
  ) {}

  schemaOf(record: RecordNode): EntitySchema {
    const known = this.known.get(record)
    if (known !== undefined) return known
    const { name, envelope, streamable, marks } = this.entity
    const beside = this.tags && { ...this.tags, way: { rootName: this.root.name, fields: fieldsWith(record, this.root) } }
    const schema = new AvroEntitySchema(name, marks === undefined ? record : withoutMarks(record, marks), {
      longs: this.longs,
      unavailableValue: unavailableValueOf(this.entity),
      ...(envelope !== 'event' && { streamable }),
      ...(beside && { beside }),
    })
    this.known.set(record, schema)
    return schema
  }
}

function withoutMarks(record: RecordNode, marks: Marks): RecordNode {
  const names = Object.values(marks)
  return { ...record, fields: record.fields.map((field) => (names.includes(field.name) ? { ...field, isMark: true } : field)) }
}

/** The fields of the root that hold the record: a tag under one of a row's two images counts for the row. */
function fieldsWith(record: RecordNode, root: RecordNode): (string | undefined)[] {
  if (record === root) return [undefined]
  const holds = (type: AvroNode) => type === record || (type.kind === 'union' && type.branches.includes(record))
  return root.fields.filter(({ type }) => holds(type)).map(({ name }) => name)
}

/** An envelope's field that holds the entity's record, or null, directly or in a union. */
export interface DataField {
  /** Undefined where the field can only be null, as in a topic of deletes. */
  readonly record: RecordNode | undefined
  /** Moves the reader to the beginning of the entity's record. False where null stands in its place. */
  readonly open: (reader: AvroReader) => boolean
}

const textSentence =
  "the data is a text, as Debezium's connector for MongoDB writes documents: its transformation ExtractNewDocumentState makes records of them"

/** @throws BadRecordError `envelope_invalid` */
export function dataFieldOf(node: AvroNode): DataField {
  if (node.kind === 'record') return { record: node, open: () => true }
  if (node.kind === 'null') return { record: undefined, open: () => false }
  const branches = node.kind === 'union' ? node.branches : [node]
  const records = branches.filter((branch) => branch.kind === 'record')
  if (branches.some(({ kind }) => kind === 'string')) throw new BadRecordError('envelope_invalid', textSentence)
  if (records.length !== 1 || branches.some(({ kind }) => kind !== 'record' && kind !== 'null')) {
    throw new BadRecordError('envelope_invalid', 'the data is not a record, null or a union of the two')
  }
  const isRecord = branches.map(({ kind }) => kind === 'record')
  return { record: records[0], open: (reader) => isRecord[reader.index(isRecord.length)]! }
}
