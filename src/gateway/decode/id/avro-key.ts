import type { EntityDefinition } from '#entities.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { AvroNode } from '#avro/schema/avro-schema.js'
import { wireHeaderLength } from '#registry/wire-format.js'
import { BadRecordError } from '#errors.js'
import { partReaderOf, type ReadId, recordIdReaderOf } from './avro-id.js'
import { idFieldsIn } from './id-fields.js'

/** Reads the entity id from a key; empty where it has none. @throws BadRecordError */
export type KeyReader = (key: Buffer) => string

/** Of a key in wire format: it is the id itself, or a record of the fields that make it up, as Debezium writes keys. */
export function compileKey(root: AvroNode, { idFields }: EntityDefinition): KeyReader {
  const read = readIdOf(root, idFields)
  return (key) => {
    const reader = new AvroReader(key, wireHeaderLength)
    const id = read(reader) ?? ''
    reader.expectEnd()
    return id
  }
}

/** @throws BadRecordError `key_invalid` */
function readIdOf(root: AvroNode, idFields: EntityDefinition['idFields']): ReadId {
  try {
    if (root.kind !== 'record') return partReaderOf('key', root)
    const names = root.fields.map(({ name }) => name)
    return recordIdReaderOf(root, idFieldsIn(names, idFields))
  } catch (error) {
    if (!(error instanceof BadRecordError) || error.reason !== 'envelope_invalid') throw error
    throw new BadRecordError('key_invalid', error.detail)
  }
}
