import { KafkaRecordBatch } from './kafka-record-batch.js'
import type { SourceRecord } from './partition-source.js'

// What enters: a broker's answer to a fetch, as bytes. What leaves: its records, as kafkajs hands them to `eachBatch`.
// Dropped: aborted transactions and control records. A batch that cannot be read leaves a mark in its place.
//
// kafkajs's own decoder is not used, for three reasons, each tried. Of two transactions that overlap it delivers the
// aborted one where it began first and ended last. What throws while one batch is read (a codec, a batch of too
// many records) stops every partition of that broker for good. A partition whose answer holds only a batch
// emptied by compaction never moves on.

/** Stands for a batch that cannot be read, under its last offset. */
export class UnreadableBatch implements SourceRecord {
  readonly timestamp = '0'
  readonly key = null
  readonly value = null
  constructor(
    readonly firstOffset: string,
    readonly offset: string,
    readonly reason: string,
  ) {}
}

/** Makes kafkajs move on to a batch's end where none of its last records is delivered. */
class EndOfBatch implements SourceRecord {
  readonly timestamp = '0'
  readonly key = null
  readonly value = null
  readonly isControlRecord = true
  constructor(readonly offset: string) {}
}

interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: string
  /** Empty for kafkajs, as what was aborted is gone already. */
  readonly abortedTransactions: readonly []
  readonly preferredReadReplica: number
  readonly messages: readonly SourceRecord[]
}

export interface FetchAnswer {
  /** Always 0: the broker has told the client to wait and has not waited itself. */
  readonly throttleTime: number
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly sessionId: number
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[]
}

/** The versions whose fields are known here: from the first that has transactions (Kafka 0.11) to kafkajs's newest. */
export const fetchVersions = [4, 5, 6, 7, 8, 9, 10, 11] as const

/** Reads the body of a fetch answer (https://kafka.apache.org/protocol.html#The_Messages_Fetch). */
export function decodeFetchAnswer(version: number, bytes: Buffer): FetchAnswer {
  const input = new Fields(bytes)
  return {
    throttleTime: 0,
    clientSideThrottleTime: input.int32(),
    errorCode: version >= 7 ? input.int16() : 0,
    sessionId: version >= 7 ? input.int32() : 0,
    responses: input.array(() => ({ topicName: input.string(), partitions: input.array(() => decodePartition(version, input)) })),
  }
}

function decodePartition(version: number, input: Fields): FetchedPartition {
  const [partition, errorCode, highWatermark] = [input.int32(), input.int16(), String(input.int64())]
  input.int64() // The last stable offset.
  if (version >= 5) input.int64() // The log's first offset.
  const aborted = input.array(() => ({ producerId: input.int64(), firstOffset: Number(input.int64()) }))
  const preferredReadReplica = version >= 11 ? input.int32() : -1
  const messages = readableRecords(input.bytes(), aborted)
  return { partition, errorCode, highWatermark, abortedTransactions: [], preferredReadReplica, messages }
}

interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

/** The records of all whole batches, without those of aborted transactions (as Kafka's own client leaves them out). */
function readableRecords(log: Buffer, aborted: AbortedTransaction[]): SourceRecord[] {
  const toCome = aborted.sort((one, other) => one.firstOffset - other.firstOffset)
  const abortedNow = new Set<bigint>()
  let records: SourceRecord[] = []
  for (let at = 0, batch; (batch = KafkaRecordBatch.at(log, at)) !== undefined; at += batch.length) {
    while (toCome[0] !== undefined && toCome[0].firstOffset <= batch.lastOffset) abortedNow.add(toCome.shift()!.producerId)
    const wanted = !batch.isControl && !(batch.isTransactional && abortedNow.has(batch.producerId))
    if (batch.isControl && batch.isAbortMarker()) abortedNow.delete(batch.producerId)
    records = appendAll(records, wanted ? recordsOf(batch) : [])
    markEnd(records, batch)
  }
  return records
}

/** Most answers hold one batch a partition, whose array is handed on as it is. */
function appendAll(records: SourceRecord[], more: SourceRecord[]): SourceRecord[] {
  if (records.length === 0) return more
  for (const record of more) records.push(record)
  return records
}

function recordsOf(batch: KafkaRecordBatch): SourceRecord[] {
  try {
    return batch.records()
  } catch (error) {
    return [new UnreadableBatch(String(batch.firstOffset), String(batch.lastOffset), (error as Error).message)]
  }
}

function markEnd(records: SourceRecord[], batch: KafkaRecordBatch): void {
  if (records[records.length - 1] instanceof EndOfBatch) records.pop()
  const last = records[records.length - 1]
  if (last === undefined || Number(last.offset) < batch.lastOffset) records.push(new EndOfBatch(String(batch.lastOffset)))
}

/** Reads the fixed fields of Kafka's protocol. @throws RangeError beyond the end. */
class Fields {
  private position = 0

  constructor(private readonly input: Buffer) {}

  int16(): number {
    return this.input.readInt16BE(this.advance(2))
  }

  int32(): number {
    return this.input.readInt32BE(this.advance(4))
  }

  int64(): bigint {
    return this.input.readBigInt64BE(this.advance(8))
  }

  string(): string {
    const length = this.int16()
    const start = this.advance(length)
    return this.input.toString('utf8', start, start + length)
  }

  bytes(): Buffer {
    const length = Math.max(0, this.int32())
    const start = this.advance(length)
    return this.input.subarray(start, start + length)
  }

  /** Empty where the count is -1. */
  array<T>(element: () => T): T[] {
    const count = this.int32()
    const elements: T[] = []
    for (let i = 0; i < count; i++) elements.push(element())
    return elements
  }

  private advance(length: number): number {
    const start = this.position
    this.position += length
    return start
  }
}
