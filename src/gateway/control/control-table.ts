/** A record of a control topic. */
export interface ControlRecord {
  readonly key: string
  /** Null is a tombstone. */
  readonly value: Buffer | null
  /** Milliseconds since the epoch, as Kafka has it. */
  readonly timestampMs: number
}

/** What a control topic says, key by key. */
export interface ControlTable {
  /** Takes the latest record of a key. What cannot be read never opens anything. */
  take(record: ControlRecord): void
  /** Called behind the records of one tick, for what costs the same for many as for one. */
  settle?(): void
  /** Records were skipped that cannot be read: nobody knows what they say, nor of whom. It holds until the topic is read from its beginning. */
  lost(): void
  /** The topic does not go on, and is read from its beginning: what is taken up to `caughtUp` is all that it holds now. */
  beginAnew(): void
  /** All was taken that the topic held when its reading began. Called anew behind each `beginAnew`, perhaps more than once. */
  caughtUp(): void
  /** Whether a node may begin by what was taken, and what operators should know of it. */
  status(): ControlStatus
  /** Of what is in force: equal on nodes that hold the same. */
  readonly hash: string
}

export interface ControlStatus {
  readonly ready: boolean
  /** Holds no secrets, as it is logged. */
  readonly reason?: string | undefined
}
