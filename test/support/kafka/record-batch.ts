/** Writes record batches as a broker would, for those that no broker writes on demand. */

interface BatchOfTest {
  readonly firstOffset: number
  readonly leaderEpoch?: number
  /** Values; the offsets follow each other. */
  readonly values?: readonly string[]
  readonly codec?: number
  /** What stands in the place of the records. */
  readonly body?: Buffer
  readonly count?: number
  readonly lastOffsetDelta?: number
  readonly producerId?: number
  /** Ends a transaction of the producer; no values then. */
  readonly end?: 'commit' | 'abort'
  readonly transactional?: boolean
  readonly magic?: number
  readonly appendTime?: number
  /** Its checksum is not that of its bytes. */
  readonly damaged?: boolean
}

export const firstTimestamp = 1_700_000_000_000

const [castagnoli, ieee] = [crcTable(0x82f63b78), crcTable(0xedb88320)]

export function encodeBatch(batch: BatchOfTest): Buffer {
  const { firstOffset, values = [], end, producerId = -1, codec = 0 } = batch
  const marker = end && [recordOfBatch(0, Buffer.from([0, 0, 0, end === 'abort' ? 0 : 1]), Buffer.alloc(6))]
  const records = marker ?? values.map((value, i) => recordOfBatch(i, null, Buffer.from(value)))
  const body = batch.body ?? Buffer.concat(records)
  const header = Buffer.alloc(61)
  const control = end ? 0x30 : 0
  header.writeBigInt64BE(BigInt(firstOffset), 0)
  header.writeInt32BE(61 - 12 + body.length, 8)
  header.writeInt32BE(batch.leaderEpoch ?? 0, 12)
  header.writeInt8(batch.magic ?? 2, 16)
  header.writeInt16BE(codec | control | (batch.transactional ? 0x10 : 0) | (batch.appendTime === undefined ? 0 : 0x08), 21)
  header.writeInt32BE(batch.lastOffsetDelta ?? Math.max(0, records.length - 1), 23)
  header.writeBigInt64BE(BigInt(firstTimestamp), 27)
  header.writeBigInt64BE(BigInt(batch.appendTime ?? firstTimestamp + records.length), 35)
  header.writeBigInt64BE(BigInt(producerId), 43)
  header.writeInt32BE(batch.count ?? records.length, 57)
  const encoded = Buffer.concat([header, body])
  return batch.damaged === true ? encoded : withChecksum(encoded)
}

/** As a producer whose bytes these are would have written it. */
export function withChecksum(batch: Buffer): Buffer {
  batch.writeUInt32BE(crcOf(castagnoli, batch.subarray(21)), 17)
  return batch
}

/** By tables made bit by bit (RFC 3720, B.4): not the library that the source checks with. */
function crcOf(table: readonly number[], bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!
  return ~crc >>> 0
}

function crcTable(polynomial: number): number[] {
  return Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0)
    return crc
  })
}

/** A message as Kafka before 0.11 wrote it, with an empty key and no value (version 1 of the format). */
export function encodeOldMessage(offset: number): Buffer {
  const body = Buffer.concat([Buffer.from([1, 0]), int64(firstTimestamp), int32(0), int32(-1)])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crcOf(ieee, body))
  return Buffer.concat([int64(offset), int32(checksum.length + body.length), checksum, body])
}

export interface RecordOfTest {
  readonly offsetDelta: number
  readonly timestampDelta?: bigint | number
  readonly key?: Buffer | null
  readonly value?: Buffer | null
  readonly headers?: readonly (readonly [string, Buffer | null])[]
}

export function encodeRecord({ offsetDelta, timestampDelta = 0, key = null, value = null, headers = [] }: RecordOfTest): Buffer {
  const fields = [
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta),
    ...lengthAnd(key),
    ...lengthAnd(value),
    varint(headers.length),
  ]
  const body = Buffer.concat([...fields, ...headers.flatMap(([name, bytes]) => [...lengthAnd(Buffer.from(name)), ...lengthAnd(bytes)])])
  return Buffer.concat([varint(body.length), body])
}

/** Its timestamp is a millisecond more for each record. One header follows the value. */
function recordOfBatch(index: number, key: Buffer | null, value: Buffer): Buffer {
  return encodeRecord({ offsetDelta: index, timestampDelta: index, key, value, headers: [['trace', Buffer.from('1234')]] })
}

function lengthAnd(bytes: Buffer | null): Buffer[] {
  return bytes === null ? [varint(-1)] : [varint(bytes.length), bytes]
}

/** Zigzag. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}
