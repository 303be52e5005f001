import { uuidText } from '#avro/read/scalar-text.js'
import { BadRecordError } from '#errors.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { isWireFormat, registryIdMax, schemaIdOf, wireHeaderLength, wireHeaderOf } from '#registry/wire-format.js'
import { headerValue, schemaHeadersIn } from './schema-headers.js'
import { valueLook } from './value-look.js'

/** A record whose value and key are in wire format where they are Avro, whichever way their schemas were named. */
export interface FramedRecord extends KafkaRecord {
  /** Why the value cannot be read. */
  readonly badValue?: BadRecordError | undefined
  /** Why the key cannot, where a header names its schema. */
  readonly badKey?: BadRecordError | undefined
  /** A header has named its key's schema. */
  readonly isKeyAvro?: boolean
}

/** The number of a schema that a GUID names; undefined where there are too many. */
export type NumberOfGuid = (guid: string) => number | undefined

/**
 * Puts the schema's id before a value or a key where a header has it, as everything behind finds it there. Most records are framed already, and
 * are handed on as they are.
 */
export function framedRecord(record: KafkaRecord, numberOf: NumberOfGuid): FramedRecord {
  if (record.headers === undefined && isFramed(record.value)) return record
  const named = schemaHeadersIn(record.headers)
  if (named.key === undefined && named.value === undefined) {
    const badValue = unframed(record.value)
    return badValue === undefined ? record : { ...record, badValue }
  }
  const key = named.key === undefined ? record.key : framedBy(record, 'key', named.key, numberOf)
  const value = named.value === undefined ? (unframed(record.value) ?? record.value) : framedBy(record, 'value', named.value, numberOf)
  return {
    ...record,
    ...(key instanceof BadRecordError ? { badKey: key } : { key, isKeyAvro: named.key !== undefined }),
    ...(value instanceof BadRecordError ? { badValue: value } : { value }),
  }
}

/** Written out, as it is asked of every record: an id that registries give stands behind the magic byte. */
function isFramed(value: Buffer | null): boolean {
  return (
    value !== null &&
    value.length >= wireHeaderLength &&
    value[0] === 0 &&
    value[1]! < 0x80 &&
    (value[1]! | value[2]! | value[3]! | value[4]!) !== 0
  )
}

/** Why a value is in no wire format that is read. */
function unframed(value: Buffer | null): BadRecordError | undefined {
  if (value === null) return undefined
  if (!isWireFormat(value)) return new BadRecordError('not_avro', valueLook(value))
  const id = schemaIdOf(value)
  if (id === 0) return new BadRecordError('not_avro', valueLook(value))
  // No registry gives such an id, and here they stand for GUIDs.
  return id > registryIdMax ? new BadRecordError('schema_unknown', `the id ${id} is beyond those of registries`) : undefined
}

/** @param name the first header that names the schema. */
function framedBy(record: KafkaRecord, part: 'key' | 'value', name: string, numberOf: NumberOfGuid): Buffer | null | BadRecordError {
  const bytes = record[part]
  if (bytes === null) return null
  const id = idIn(headerValue(record.headers!, `__${part}_schema_id`), numberOf)
  return id === undefined ? new BadRecordError('schema_in_header', name) : Buffer.concat([wireHeaderOf(id), bytes])
}

/** Confluent's headers: 0 and four bytes of an id, or 1 and the 16 bytes of a GUID. */
const [idKind, guidKind] = [0, 1]
const [idLength, guidLength] = [5, 17]

function idIn(header: Buffer | undefined, numberOf: NumberOfGuid): number | undefined {
  if (header?.[0] === idKind && header.length === idLength) {
    const id = header.readUInt32BE(1)
    return id > 0 && id <= registryIdMax ? id : undefined
  }
  return header?.[0] === guidKind && header.length === guidLength ? numberOf(uuidText(header, 1)) : undefined
}
