import { isUtf8 } from 'node:buffer'
import type { EntityDefinition, KeyFormat } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { isWireFormat, wireHeaderLength } from '#registry/wire-format.js'
import { binaryKeyId } from './binary-key.js'
import { jsonKeyFields, jsonKeyId } from './json-key.js'
import { otherFieldsText } from './id-fields.js'
import { looksLikeStruct, structKeyFields, StructKeys } from './struct-key.js'

/** Reads the ids in the keys of an entity's records, except those that a schema is needed for. */
export class KeyIds {
  private readonly structs = new StructKeys()

  constructor(private readonly entity: EntityDefinition) {}

  /** Empty where the key has none. @throws BadRecordError `key_invalid` */
  idIn(key: Buffer, format: Exclude<KeyFormat, 'avro'>): string {
    const { idFields } = this.entity
    switch (format) {
      case 'text':
        return textOf(key)
      case 'json':
        return jsonKeyId(textOf(withoutPrefix(key)), idFields)
      case 'struct':
        return this.structs.idOf(textOf(key), idFields)
      default:
        return binaryKeyId(key, format)
    }
  }
}

const [openBrace, letterS] = [0x7b, 0x53]

/**
 * Refuses a record whose value holds the id, and whose key says by its fields that the id is a part of it only: all rows with that part would share it.
 * Looks at keys that name their fields and need no schema. @throws BadRecordError `key_invalid`
 */
export function refusePartOfKey(key: Buffer, idFields: readonly string[]): void {
  if (key[0] !== openBrace && key[0] !== letterS) return
  const text = key.toString()
  const fields = key[0] === openBrace ? jsonKeyFields(text) : looksLikeStruct(text) ? structKeyFields(text) : []
  if (fields.length > idFields.length) throw new BadRecordError('key_invalid', otherFieldsText(fields, idFields))
}

/** Serializers of JSON Schema write the schema's id in front. */
function withoutPrefix(key: Buffer): Buffer {
  return isWireFormat(key) ? key.subarray(wireHeaderLength) : key
}

function textOf(key: Buffer): string {
  if (!isUtf8(key)) throw new BadRecordError('key_invalid', `${key.length} bytes that are no UTF-8`)
  return key.toString()
}
