/** One record as Kafka has it. */
export interface KafkaRecord {
  /** Unique and rising within the partition; a safe integer, as 2^53 of them take centuries. */
  readonly offset: number
  /** Milliseconds since the epoch, the producer's or the broker's: any 64 bits, rounded to what a number holds. */
  readonly timestampMs: number
  readonly key: Buffer | null
  /** Null is a tombstone. */
  readonly value: Buffer | null
  /** The headers as Kafka writes them, one after the other, for `visitHeaders`; undefined where there are none. */
  readonly headers?: Buffer | undefined
}
