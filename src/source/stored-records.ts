import type { SourceRecord } from './partition-source.js'

/** Records of a partition as they came: a few bytes until their turn has come, as the objects they become take five times as much. */
export interface StoredRecords {
  /** What they hold as they are, in bytes. */
  readonly length: number
  /** Takes them apart; called once. Where that cannot be done, there are none. */
  open(): readonly SourceRecord[]
  /** The same, without what else came with them. */
  detached(): StoredRecords
}
