import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { StoredBatch } from '#gateway/source/stored-batch.js'

/** Stored records that are opened as often as they are asked for. */
export function storedBatch(records: readonly KafkaRecord[], length: number, needs: ReturnType<StoredBatch['needs']>): StoredBatch {
  return {
    length,
    needs: () => needs,
    open: () => records,
    openInSteps() {
      let at = 0
      return { next: () => records[at++] }
    },
    detached() {
      return this
    },
  }
}
