import { BadRecordError } from '#errors.js'

/** The bytes before the value in Confluent's wire format: the magic byte 0, and the schema's id in four bytes. */
export const wireHeaderLength = 5

const magicByte = 0

/** The greatest integer of Java, in which registries count ids. */
export const registryIdMax = 0x7fffffff

/** The bytes that go before a value. */
export function wireHeaderOf(schemaId: number): Buffer {
  const header = Buffer.alloc(wireHeaderLength, magicByte)
  header.writeUInt32BE(schemaId, 1)
  return header
}

/** @throws BadRecordError `not_avro` */
export function schemaIdOf(value: Buffer): number {
  if (!isWireFormat(value)) throw new BadRecordError('not_avro')
  return value.readUInt32BE(1)
}

export function isWireFormat(bytes: Buffer): boolean {
  return bytes.length >= wireHeaderLength && bytes[0] === magicByte
}
