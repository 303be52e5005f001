import type { KafkaRecord } from '#kafka/kafka-record.js'

/** Records of a partition as they came. They stay bytes until their turn comes, as the objects that they become take five times as much. */
export interface StoredBatch {
  /** The bytes as they came. */
  readonly length: number
  /** What opening the batch takes, as far as the batch states it: nothing where it cannot be read. */
  needs(): Needs
  /** Makes all records at once; called once. Empty where the batch cannot be read. */
  open(): readonly KafkaRecord[]
  /** Makes one record after the other, and begins anew when it is called again. The records do not hold the decompressed bytes. */
  openInSteps(): RecordSteps
  /** The same batch, without holding the rest of the answer that it came in. */
  detached(): StoredBatch
}

/** In bytes. */
export interface Needs {
  /** The decompressed bytes, which are held until all records have been made; 0 where nothing is compressed. */
  readonly decompressed: number
  /** All the records as objects, with the bytes that they are made of. */
  readonly records: number
}

export interface RecordSteps {
  /** Undefined after the last one. */
  next(): KafkaRecord | undefined
}
