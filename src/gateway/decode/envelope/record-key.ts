import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { AvroNode } from '#avro/schema/avro-schema.js'
import { idFieldReaderOf, idReaderOf } from './envelope-field.js'
import { wireHeaderLength } from '#registry/wire-format.js'

/** Reads the entity id from a key in wire format. @throws BadRecordError */
export type KeyReader = (key: Buffer) => string

/** A key is the id itself, or a record that holds it in the configured field or in its only field, as Debezium writes keys. */
export function compileKey(root: AvroNode, entity: EntityDefinition): KeyReader {
  const read =
    root.kind === 'record'
      ? idFieldReaderOf(root, idFieldOf(root.fields, entity))
      : idReaderOf({ name: 'key', type: root, tags: [], default: undefined })
  return (key) => {
    const reader = new AvroReader(key, wireHeaderLength)
    return read(reader) ?? ''
  }
}

function idFieldOf(fields: readonly { readonly name: string }[], { idField }: EntityDefinition): string {
  const named = fields.find(({ name }) => name === idField)
  if (named !== undefined) return named.name
  if (fields.length !== 1) throw new BadRecordError('entity_id_missing', 'the key has several fields, none of which is the configured one')
  return fields[0]!.name
}
