import { BadRecordError } from '../errors.js'

/** Confluent's wire format: the magic byte 0, the schema's id in four bytes, the value. */
export const wireHeaderLength = 5

/** @throws BadRecordError `not_avro` */
export function schemaIdOf(value: Buffer): number {
  if (!isWireFormat(value)) throw new BadRecordError('not_avro')
  return value.readUInt32BE(1)
}

export function isWireFormat(bytes: Buffer): boolean {
  return bytes.length >= wireHeaderLength && bytes[0] === 0
}
