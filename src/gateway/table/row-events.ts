import { BadRecordError } from '#errors.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { VersionReader } from '../decode/version-reader.js'
import type { EntityTable } from './entity-table.js'
import type { Logs } from './logs.js'
import type { Row } from './row.js'

/** A class, as literals with computed members are slow to make: with one here and a spread in `transitions` an event cost 12 % more CPU. */
class ReadAnew implements Iterable<ChangeEvent> {
  constructor(private readonly read: () => Iterator<ChangeEvent>) {}

  [Symbol.iterator](): Iterator<ChangeEvent> {
    return this.read()
  }
}

/** Makes change events of the rows of one type. */
export class RowEvents {
  constructor(
    private readonly reader: VersionReader,
    private readonly logs: Logs,
    private readonly table: Pick<EntityTable, 'from'>,
  ) {}

  /** The versions from this one on that can be read. They are read again each time. */
  from(row: Row | undefined, entityId: string): Iterable<ChangeEvent> {
    return new ReadAnew(() => this.readable(this.table.from(row), entityId))
  }

  /** Each stays as it is, and is undefined where it cannot be read. */
  *copies(rows: Iterable<Row>, entityId: string): Generator<ChangeEvent | undefined, undefined> {
    for (const row of rows) yield this.eventOf(row, entityId, row.value && Buffer.from(row.value))
  }

  /** Undefined where it cannot be read. */
  eventOf(row: Row, entityId: string, value: Buffer | null): ChangeEvent | undefined {
    const { operation, timestampMs, kafkaTimestampMs, offset, log } = row
    const { topic, partition } = this.logs.get(log)
    const kept = { entityId, operation, timestampMs, kafkaTimestampMs, topic: topic.topic, partition, offset, value }
    try {
      return this.reader.read(topic, kept)
    } catch (error) {
      if (error instanceof BadRecordError) return undefined
      throw error
    }
  }

  private *readable(rows: Iterable<Row>, entityId: string): Generator<ChangeEvent> {
    for (const row of rows) {
      const event = this.eventOf(row, entityId, row.value)
      if (event !== undefined) yield event
    }
  }
}
