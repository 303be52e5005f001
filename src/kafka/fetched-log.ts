import { KafkaRecordBatch } from './kafka-record-batch.js'

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

export interface FetchedLog {
  /** The batches that may hold records to deliver. Damaged ones are among them, as their content is unknown. */
  readonly batches: readonly KafkaRecordBatch[]
  /** The last batch that came whole, delivered or not: reading goes on behind it. */
  readonly last: KafkaRecordBatch | undefined
}

/** The broker looks up the log's end before it reads the batches, so some may lie behind that end, but by fewer offsets than this. */
const newerOffsetsMax = 100_000

/** Reads a broker's answer for one partition. Leaves out aborted transactions, as Kafka's own client does, and control batches. */
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
 * The batches with their offsets checked, which no checksum covers: a batch cannot lie behind the one that follows it, nor behind the log's
 * end. Where two batches cannot both be right, the first counts as damaged, so that both are fetched again.
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
    // A marker that cannot be read ends no transaction, so the records of that transaction stay hidden.
    return false
  }
}
