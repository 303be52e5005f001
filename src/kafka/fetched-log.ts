import { KafkaRecordBatch } from './kafka-record-batch.js'

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

export interface FetchedLog {
  /** Those that hold what may be delivered; damaged ones among them, as nobody knows what they hold. */
  readonly batches: readonly KafkaRecordBatch[]
  /** The last of all whole ones, whatever it holds: reading goes on behind it. */
  readonly last: KafkaRecordBatch | undefined
}

/** The end of the log is a little older than what the broker then reads, but not by so many offsets. */
const newerOffsetsMax = 100_000

/** What a broker has answered of one partition's log, without aborted transactions (as Kafka's own client leaves them out) and control batches. */
export function readFetchedLog(log: Buffer, aborted: readonly AbortedTransaction[], endOffset: number): FetchedLog {
  const toCome = [...aborted].sort((one, other) => one.firstOffset - other.firstOffset)
  const abortedNow = new Set<bigint>()
  const batches: KafkaRecordBatch[] = []
  let last: KafkaRecordBatch | undefined
  for (const batch of placedBatches(log, endOffset)) {
    while (toCome[0] !== undefined && toCome[0].firstOffset <= batch.lastOffset) abortedNow.add(toCome.shift()!.producerId)
    const isHidden = batch.isControl || (batch.isTransactional && abortedNow.has(batch.producerId))
    if (batch.damage !== undefined || !isHidden) batches.push(batch)
    if (batch.isControl && endsAborted(batch)) abortedNow.delete(batch.producerId)
    last = batch
  }
  return { batches, last }
}

/**
 * Where a batch stands is not under its checksum, but none stands behind the one that follows it, nor behind the log's end. Of two that
 * cannot both be right, the first counts as damaged, so that both are fetched again.
 */
function placedBatches(log: Buffer, endOffset: number): KafkaRecordBatch[] {
  const all: KafkaRecordBatch[] = []
  for (let at = 0, batch; (batch = KafkaRecordBatch.at(log, at)) !== undefined; at += batch.length) all.push(batch)
  return all.map((batch, index) => {
    const next = all[index + 1]
    const isBeforeNext = next === undefined || next.damage !== undefined || next.firstOffset > batch.lastOffset
    return isBeforeNext && batch.lastOffset <= endOffset + newerOffsetsMax ? batch : batch.misplaced()
  })
}

function endsAborted(batch: KafkaRecordBatch): boolean {
  try {
    return batch.isAbortMarker()
  } catch {
    // What cannot be read ends nothing; the transaction's records stay hidden.
    return false
  }
}
