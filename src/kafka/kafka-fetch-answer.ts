import { readFetchedLog } from './fetched-log.js'
import type { KafkaRecordBatch } from './kafka-record-batch.js'

// What enters: a broker's answer to a fetch, as bytes. What leaves: its record batches, each as one message for kafkajs, which hands
// them to `eachBatch` by their last offset. Damaged batches leave too, as the source decides what becomes of them. Dropped: aborted
// transactions and control records.
//
// kafkajs's own decoder is not used, for four reasons, each of which was seen in a trial:
// - Where two transactions overlap, it delivers an aborted one that began first and ended last.
// - An error while one batch is read (from a codec, or for too many records) stops every partition of that broker for good.
// - A partition whose answer holds only a batch that compaction has emptied never moves on.
// - It takes records apart that then have to wait: a node that catches up spent a quarter of its time on collecting them as garbage.

/** Makes kafkajs move on behind batches that are not delivered. */
class EndOfBatches {
  readonly isControlRecord = true
  constructor(readonly offset: string) {}
}

interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: string
  /** Empty for kafkajs, as aborted records have been left out already. */
  readonly abortedTransactions: readonly []
  readonly preferredReadReplica: number
  readonly messages: readonly (KafkaRecordBatch | EndOfBatches)[]
}

export interface FetchAnswer {
  /** Always 0: the broker has told the client to wait and has not waited itself. */
  readonly throttleTime: number
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly sessionId: number
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[]
}

/** The versions of the answer that are read here: from the first with transactions (Kafka 0.11) to kafkajs's newest. */
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
  const { batches, last } = readFetchedLog(input.bytes(), aborted, Number(highWatermark))
  const messages = last === undefined || batches[batches.length - 1] === last ? batches : [...batches, new EndOfBatches(last.offset)]
  return { partition, errorCode, highWatermark, abortedTransactions: [], preferredReadReplica, messages }
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
