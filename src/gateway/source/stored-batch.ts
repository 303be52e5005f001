import type { KafkaRecord } from '#kafka/kafka-record.js'

/** Records of a partition as they came: a few bytes until their turn has come, as the objects they become take five times as much. */
export interface StoredBatch {
  /** What they hold as they are, in bytes. */
  readonly length: number
  /** What it takes to take them apart, as far as they say: nothing where that cannot be done. */
  needs(): Needs
  /** Takes them apart at once; called once. Where that cannot be done, there are none. */
  open(): readonly KafkaRecord[]
  /** The same, one record after the other: called again, they begin anew. The records do not hold what was decompressed for them. */
  openInSteps(): RecordSteps
  /** The same, without what else came with them. */
  detached(): StoredBatch
}

/** In bytes. */
export interface Needs {
  /** What is decompressed, and held until all have been made of it: 0 where nothing is compressed. */
  readonly decompressed: number
  /** All the records as objects, with what they are made of. */
  readonly records: number
}

export interface RecordSteps {
  /** Undefined after the last one. */
  next(): KafkaRecord | undefined
}
