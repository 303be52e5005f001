import { crc32c } from './crc32c.js'
import type { FedRecord } from './record-sink.js'

// Version 3 of Kafka's produce request, known from 0.11 to 4: https://kafka.apache.org/protocol.html#The_Messages_Produce, and the batches in
// it, uncompressed: https://kafka.apache.org/documentation/#recordbatch.
//
// By kafkajs's producer a record of 230 B cost the feeder 10.4 µs: more than the gateway takes to deliver it (7.4), on the same two cores. By
// @platformatic/kafka's 2.8 to 3.7, in this way 1.0.

export interface PartitionRecords {
  readonly partition: number
  readonly records: readonly FedRecord[]
}

/** What the broker says of each partition: 0, or the number of an error. */
export interface ProduceAnswer {
  readonly partition: number
  readonly errorCode: number
}

const clientId = 'sluice-bench'
const timeoutMs = 30_000
const [produceKey, produceVersion, magic, ackOfAll] = [0, 3, 2, -1]
/** A batch up to its records, and in a record all but its key and value, at most. */
const [batchHeaderBytes, recordHeadBytesMax] = [61, 32]
/** The partition, and the length of its batch. */
const partitionHeadBytes = 8
const requestHeadBytes = 64

/** With the length before it that every request has. */
export function encodeProduceRequest(correlationId: number, topic: string, partitions: readonly PartitionRecords[]): Buffer {
  const output = new Output(requestHeadBytes + topic.length + partitions.reduce((sum, { records }) => sum + bytesMaxOf(records), 0))
  output.int32(0)
  output.int16(produceKey)
  output.int16(produceVersion)
  output.int32(correlationId)
  output.string(clientId)
  output.int16(-1) // No transaction.
  output.int16(ackOfAll)
  output.int32(timeoutMs)
  output.int32(1)
  output.string(topic)
  output.int32(partitions.length)
  for (const { partition, records } of partitions) {
    output.int32(partition)
    const lengthAt = output.position
    output.int32(0)
    writeBatch(output, records)
    output.int32At(lengthAt, output.position - lengthAt - 4)
  }
  output.int32At(0, output.position - 4)
  return output.result()
}

/** Of an answer without the length before it. @throws Error where it is the answer to another request. */
export function decodeProduceAnswer(bytes: Buffer, correlationId: number): ProduceAnswer[] {
  const answers: ProduceAnswer[] = []
  if (bytes.readInt32BE(0) !== correlationId) throw new Error(`an answer to request ${bytes.readInt32BE(0)} instead of ${correlationId}`)
  let at = 4
  for (let topics = bytes.readInt32BE(at); topics > 0; topics--) {
    at += 4
    at += 2 + bytes.readInt16BE(at)
    for (let partitions = bytes.readInt32BE(at); partitions > 0; partitions--) {
      answers.push({ partition: bytes.readInt32BE(at + 4), errorCode: bytes.readInt16BE(at + 8) })
      at += partitionAnswerBytes
    }
  }
  return answers
}

/** The partition, an error code, its first offset and the time of appending. */
const partitionAnswerBytes = 4 + 2 + 8 + 8

function writeBatch(output: Output, records: readonly FedRecord[]): void {
  const start = output.position
  const [firstMs, last] = [records[0]!.timestampMs, records.length - 1]
  output.int64(0)
  output.int32(0)
  output.int32(-1) // The leader's epoch.
  output.int8(magic)
  output.int32(0)
  output.int16(0) // Attributes: not compressed, no transaction.
  output.int32(last)
  output.int64(firstMs)
  output.int64(records.reduce((latest, { timestampMs }) => Math.max(latest, timestampMs), firstMs))
  output.int64(-1) // No producer's id, epoch and sequence, as it is not idempotent.
  output.int16(-1)
  output.int32(-1)
  output.int32(records.length)
  for (let offset = 0; offset <= last; offset++) writeRecord(output, records[offset]!, offset, firstMs)
  output.int32At(start + 8, output.position - start - 12)
  output.int32At(start + 17, crc32c(output.from(start + 21)))
}

function writeRecord(output: Output, { key, value, timestampMs }: FedRecord, offset: number, firstMs: number): void {
  const delta = timestampMs - firstMs
  const lengths = sizeOfVarint(delta) + sizeOfVarint(offset) + sizeOfVarint(key.length) + sizeOfVarint(value.length)
  output.varint(1 + lengths + key.length + value.length + 1)
  output.int8(0)
  output.varint(delta)
  output.varint(offset)
  output.varint(key.length)
  output.raw(key)
  output.varint(value.length)
  output.raw(value)
  output.varint(0) // Headers.
}

function bytesMaxOf(records: readonly FedRecord[]): number {
  return records.reduce((sum, record) => sum + recordBytesMax(record), partitionHeadBytes + batchHeaderBytes)
}

/** What a record takes in a batch, at most. */
export function recordBytesMax({ key, value }: FedRecord): number {
  return recordHeadBytesMax + key.length + value.length
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** Bytes that are written one after the other. */
class Output {
  position = 0
  private readonly bytes: Buffer

  constructor(bytesMax: number) {
    this.bytes = Buffer.allocUnsafeSlow(bytesMax)
  }

  int8(value: number): void {
    this.bytes[this.position++] = value
  }

  int16(value: number): void {
    this.position = this.bytes.writeInt16BE(value, this.position)
  }

  int32(value: number): void {
    this.position = this.bytes.writeInt32BE(value, this.position)
  }

  int32At(place: number, value: number): void {
    this.bytes.writeInt32BE(value, place)
  }

  int64(value: number): void {
    this.position = this.bytes.writeBigInt64BE(BigInt(value), this.position)
  }

  varint(value: number): void {
    let rest = zigzag(value)
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.position++] = (rest % 128) | 128
    this.bytes[this.position++] = rest
  }

  /** Of ASCII characters. */
  string(text: string): void {
    this.int16(text.length)
    this.position += this.bytes.write(text, this.position, 'latin1')
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.position)
    this.position += bytes.length
  }

  from(start: number): Buffer {
    return this.bytes.subarray(start, this.position)
  }

  result(): Buffer {
    return this.from(0)
  }
}
