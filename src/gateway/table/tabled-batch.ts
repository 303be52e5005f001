import type { EntityTopic } from '#entities.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { RecordBatch } from '../source/partition-source.js'
import { offsetAfter } from '../source/partition-turns.js'
import type { TabledEvent } from './table.js'
import type { TableFills } from './table-fills.js'
import type { Tables } from './tables.js'

/** A batch as one of the types sees it that share its topic. */
export interface TypeBatch {
  readonly topic: EntityTopic
  readonly batch: RecordBatch
  /** Of all types. */
  readonly events: readonly ChangeEvent[]
}

/** Writes the type's events of a batch into its table, one after the other, and hands on those that people are told of. */
export function* tabledBatch({ topic, batch, events }: TypeBatch, tables: Tables, fills: TableFills): Generator<TabledEvent> {
  const receiver = fills.receiverOf(topic, batch)
  if (receiver === 'nobody') return
  const { name } = topic.entity
  for (const event of events) {
    if (event.entityType !== name) continue
    const tabled = tables.write(event, topic)
    if (tabled !== undefined && receiver === 'all') yield tabled
  }
  tables.noteRead(topic, batch.partition, offsetAfter(batch.records))
}
