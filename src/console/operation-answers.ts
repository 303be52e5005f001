/** What the page is told of a gateway's operation, as JSON: types alone. As in `answers.ts`, nothing of what entities hold. */

export interface PipelineAnswer {
  /** Samples of figures, one a second, the oldest first: a column each. Null where there is nothing to say. */
  readonly samples: SampleColumns
  /** The number of the next sample: the page asks for those from there on. */
  readonly next: number
  readonly lag: readonly TopicLag[]
  readonly not_well: readonly AilmentAnswer[]
}

/** By the name of the figure. Counters are counts since the start, `at_ms` milliseconds of a clock that is never set. */
export type SampleColumns = Readonly<Record<string, readonly (number | null)[]>>

export interface TopicLag {
  readonly topic: string
  /** Records that wait in Kafka, by partition. */
  readonly partitions: Readonly<Record<string, number>>
}

export interface AilmentAnswer {
  readonly name: string
  readonly sentence: string
  readonly mend: string
}

export interface ConnectionsAnswer {
  /** Of this node. */
  readonly total: number
  /** Those for whom most waits, the fullest first: 50 of all, or 20 of those that read slowly. */
  readonly connections: readonly ConnectionAnswer[]
  /** Whether users and clients stand there by their names; otherwise by something that stays the same as long as the process runs. */
  readonly named: boolean
}

export interface ConnectionAnswer {
  readonly sub: string
  readonly client_id: string
  readonly roles: readonly string[]
  readonly subprotocol: string
  readonly subscriptions: number
  /** `*` are those without a type. Of the first thousand. */
  readonly subscriptions_by_type: Readonly<Record<string, number>>
  readonly collections: number
  readonly waiting_bytes: number
  readonly is_slow: boolean
  readonly updates_left_out: number
  readonly age_s: number
  readonly token_left_s: number
}

export interface BadRecordsAnswer {
  /** Since the start. */
  readonly counts: Readonly<Record<string, number>>
  /** The latest, the newest first. */
  readonly records: readonly BadRecordAnswer[]
}

export interface BadRecordAnswer {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly reason: string
  readonly message: string
  /** What to do about it. */
  readonly mend: string
  readonly age_s: number
}
