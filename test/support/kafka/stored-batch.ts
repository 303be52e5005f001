import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { StoredRecords } from '#gateway/source/stored-records.js'

/** Stored records that are opened as often as they are asked for. */
export function storedBatch(records: readonly KafkaRecord[], length: number, needs: ReturnType<StoredRecords['needs']>): StoredRecords {
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
