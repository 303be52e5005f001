import type { KafkaRecord } from '#kafka/kafka-record.js'

/** The memory that a record takes beside its key and value, in bytes: its objects, and numbers that are no small integers. */
export const recordOverheadBytes = 150

export function recordBytes(record: KafkaRecord): number {
  return recordOverheadBytes + (record.key?.length ?? 0) + (record.value?.length ?? 0) + (record.headers?.length ?? 0)
}
