import { BadRecordError } from '../../errors.js'
import type { EntityDefinition } from '../../entities.js'
import { AvroEntitySchema } from '../avro/avro-entity-schema.js'
import type { AvroReader } from '../avro/avro-reader.js'
import type { AvroNode, RecordNode } from '../avro/avro-schema.js'
import type { EntitySchema } from '../entity-schema.js'
import type { LongsAs } from '../avro/scalar-json.js'

/** Makes the entity schemas of one registered schema; the fields `before` and `after` share theirs. */
export class EntitySchemas {
  private readonly known = new Map<RecordNode, EntitySchema>()

  constructor(
    private readonly entity: EntityDefinition,
    private readonly longs: LongsAs,
  ) {}

  of(record: RecordNode): EntitySchema {
    const known = this.known.get(record)
    if (known !== undefined) return known
    const { name, envelope, streamable } = this.entity
    const schema = new AvroEntitySchema(name, record, { longs: this.longs, ...(envelope !== 'event' && { streamable }) })
    this.known.set(record, schema)
    return schema
  }
}

/** An envelope's field that holds the entity's record, or null, directly or in a union. */
export interface DataField {
  /** Undefined where the field can only be null, as in a topic of deletes. */
  readonly record: RecordNode | undefined
  /** Goes up to where the entity's record begins; false where there is null in its place. */
  readonly open: (reader: AvroReader) => boolean
}

/** @throws BadRecordError `envelope_invalid` */
export function dataFieldOf(node: AvroNode): DataField {
  if (node.kind === 'record') return { record: node, open: () => true }
  if (node.kind === 'null') return { record: undefined, open: () => false }
  const branches = node.kind === 'union' ? node.branches : []
  const records = branches.filter((branch) => branch.kind === 'record')
  if (records.length !== 1 || branches.some(({ kind }) => kind !== 'record' && kind !== 'null')) {
    throw new BadRecordError('envelope_invalid', 'the data is not a record, null or a union of the two')
  }
  const isRecord = branches.map(({ kind }) => kind === 'record')
  return { record: records[0], open: (reader) => isRecord[reader.index(isRecord.length)]! }
}
