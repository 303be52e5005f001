import type { RecordBatch } from '../source/partition-source.js'
import type { ChangeEvent } from './change-event.js'
export interface EventBatch {
  readonly batch: RecordBatch
  readonly events: readonly ChangeEvent[]
}
