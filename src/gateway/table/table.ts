// Table. Enters: a change event. Leaves: the same event with the version that its entity had before. Dropped: a stale event, which is
// counted; it is older than what is known of its entity. Fails: nothing.
import type { EntityTopic } from '#entities.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { schemaIdOf } from '#registry/wire-format.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { VersionReader } from '../decode/version-reader.js'
import { type CursorPlace, type Cursors, isCursorOf } from './cursor.js'
import { EntityTable, type EntityTableOptions } from './entity-table.js'
import { isBehind, type LogMark, Logs, type RowPlace } from './logs.js'
import type { Row, Version } from './row.js'
import type { IndexedRows } from './row-index.js'
import { RowEvents } from './row-events.js'
import { RowIndexes } from './row-indexes.js'

/** What the table hands on. */
export interface TabledEvent {
  readonly event: ChangeEvent
  readonly before: Before
  /** Where the last of these versions stood; undefined where there was none. It can be read until the next event. */
  readonly beforeRow?: RowPlace | undefined
}

/**
 * The versions that the entity had before the event, the last one first: none where there was none. They are read one by one, as nearly
 * always the first one is enough, and can be read until the next event. Undefined where the type has no table.
 */
export type Before = Iterable<ChangeEvent> | undefined

/** Versions of an entity, the oldest first. */
export interface VersionsSince {
  readonly count: number
  /** Each is undefined where it cannot be read. They can be read until the next event. */
  readonly versions: Iterator<ChangeEvent | undefined, undefined> & Iterable<ChangeEvent | undefined>
}

export interface TypeTableOptions extends Omit<EntityTableOptions, 'logs'> {
  readonly cursors: Cursors
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** How much more the indexes of all types may take, in bytes; negative where they take too much. */
  readonly indexRoom: () => number
}

/** What the index takes for a row, in bytes, in the mean between two times that it grows. */
const indexBytes = 24

/**
 * Where a log ends is known some seconds later at most. A cursor of an older record beyond that end is of a log that was there before this
 * one: nobody must wait for it.
 */
const endKnownMs = 60_000

/** Of how many schemas a type may have versions: all are kept in memory, compiled, as a version is read at once. */
const schemasMax = 10_000

/** The table of one entity type. */
export class TypeTable {
  /** By stored values. */
  readonly indexes: RowIndexes
  private readonly logs = new Logs()
  private readonly table: EntityTable
  private readonly events: RowEvents
  /** Of all versions that were written. Few types have many schemas, so that none is forgotten while the table stands. */
  private readonly schemas = new Set<number>()
  private lastSchema: number | undefined

  constructor(
    private readonly reader: VersionReader,
    private readonly options: TypeTableOptions,
  ) {
    this.table = new EntityTable({ ...options, logs: this.logs })
    this.events = new RowEvents(reader, this.logs, this.table)
    this.indexes = new RowIndexes(this.indexedRows(), options.indexRoom)
  }

  get count(): number {
    return this.table.count
  }

  /** What its rows and their places in the index take, in bytes: the same on every node that has read the same. */
  get bytes(): number {
    return this.table.rowBytes + this.table.count * indexBytes
  }

  /** Makes a log known before its first record is read: a cursor of it is ahead then, and not of another cluster. */
  noteFound(topic: EntityTopic, partition: number, lag: () => number): void {
    this.logs.noteFound(topic, partition, lag)
  }

  /** Notes how far a log was read. @param offset the next one to be read. */
  noteRead(topic: EntityTopic, partition: number, offset: number): void {
    this.logs.noteRead(topic, partition, offset)
  }

  /** The log does not go on from what was read of it: all that is read now is newer. */
  renew(topic: EntityTopic, partition: number): void {
    this.logs.renew(topic, partition)
  }

  /** What a cursor says that is of one of the type's logs, or of those that were there before them. */
  placeOf(cursor: string): CursorPlace | undefined {
    for (const topic of this.logs.topics)
      for (const place of this.options.cursors.places(cursor, topic)) if (this.logs.isOneOf(topic, place.log)) return place
    return undefined
  }

  /** Whether the cursor is of a record that was not read yet. */
  isAhead({ log, offset, kafkaTimestampMs }: CursorPlace): boolean {
    return this.logs.isUnread(log, offset, kafkaTimestampMs > this.options.now() - endKnownMs)
  }

  usesSchema(id: number): boolean {
    return this.schemas.has(id)
  }

  /** Undefined where the event is stale. @throws RangeError where it cannot be kept. */
  write(event: ChangeEvent, topic: EntityTopic): TabledEvent | undefined {
    const { entityId, partition, offset, kafkaTimestampMs, timestampMs, operation, value } = event
    const log = this.logs.numberOf(topic, partition)
    const version: Version = { log, offset, kafkaTimestampMs, timestampMs, operation, rank: { timestampMs, operation }, value }
    const written = this.table.write(entityId, version)
    if (written === 'stale') return undefined
    if (value !== null) this.noteSchema(schemaIdOf(value))
    this.indexes.note(written.hash, written.before, version)
    return { event, before: this.events.from(written.before, entityId), beforeRow: written.before }
  }

  /** The versions of an entity that can be read, the latest first. Each is a copy that stays as it is. */
  *versions(entityId: string): Generator<ChangeEvent> {
    for (const event of this.events.copies(this.table.versions(entityId), entityId)) if (event !== undefined) yield event
  }

  /**
   * The versions of an entity from that of the cursor on; undefined where it is not one of the latest, of which so many are looked at. None is
   * read for the search: cursors of what is not there must cost nothing.
   */
  since(entityId: string, cursor: CursorPlace, versionsMax: number): VersionsSince | undefined {
    const rows: Row[] = []
    for (const row of this.table.versions(entityId)) {
      if (rows.push(row) > versionsMax) return undefined
      if (this.isOf(cursor, row)) return { count: rows.length, versions: this.events.copies(rows.reverse(), entityId) }
    }
    return undefined
  }

  forgetDeleted(part: number): void {
    this.table.forgetDeleted(part)
  }

  /** The logs that do not go on, as of now. */
  goneLogs(): ReadonlySet<number> {
    return this.logs.gone()
  }

  /** The entities of one part of the index, of `indexParts`, that are there by a version of one of these logs. */
  idsIn(part: number, logs: ReadonlySet<number>): string[] {
    return this.table.idsIn(part, logs)
  }

  /** Answers the delete of an entity whose latest version is of one of these logs, which do not go on; undefined where it is not. */
  bury(entityId: string, logs: ReadonlySet<number>): TabledEvent | undefined {
    const buried = this.table.bury(entityId, logs)
    if (buried === undefined) return undefined
    const { before, hash } = buried
    const row = this.table.latest(entityId)!
    this.indexes.note(hash, before, row)
    const event = this.events.eventOf(row, entityId, null)
    return event && { event, before: this.events.from(before, entityId), beforeRow: before }
  }

  /** How far its logs are read. What is written from now on lies behind it. */
  mark(): LogMark {
    return this.logs.mark()
  }

  /** The entities of one part of the index, of `indexParts`, that are there. */
  idsInPart(part: number): string[] {
    return this.table.idsIn(part)
  }

  /** All entities that are there. */
  ids(): string[] {
    return this.table.ids()
  }

  /** The versions of an entity that can be read, the latest first; undefined where that lies behind the mark. They can be read until the next event. */
  versionsUpTo(mark: LogMark, entityId: string): Iterable<ChangeEvent> | undefined {
    const latest = this.table.latest(entityId)
    return latest === undefined || isBehind(mark, latest) ? undefined : this.events.from(latest, entityId)
  }

  /** The entities whose ids have one of these hashes. */
  idsWith(hashes: Iterable<number>): string[] {
    return Array.from(hashes, (hash) => this.table.latestWith(hash).map((row) => row.entityId)).flat()
  }

  /** Of all versions, as far as something may be shown of them. */
  schemasOfRows(): EntitySchema[] {
    if (this.schemas.size === 0) return []
    const { entity } = this.logs.get(0).topic
    return [...this.schemas].flatMap((id) => [...this.reader.schemasOf(entity, id)])
  }

  private noteSchema(id: number): void {
    if (id === this.lastSchema) return
    this.lastSchema = id
    this.schemas.add(id)
    if (this.schemas.size > schemasMax) throw new RangeError(`its versions are of more than ${schemasMax} schemas`)
  }

  private isOf(cursor: CursorPlace, { log, offset, kafkaTimestampMs }: Row): boolean {
    const { topic, partition } = this.logs.get(log)
    return isCursorOf(cursor, { topic: topic.topic, partition, offset, kafkaTimestampMs })
  }

  private indexedRows(): IndexedRows {
    const { table, reader, logs } = this
    return {
      hashOf: this.options.hashOf,
      count: () => table.count,
      hashesIn: (part) => table.hashesIn(part),
      latestWith: (hash) => table.latestWith(hash),
      dataOf: ({ log, operation, value }) =>
        operation === 'delete' || value === null ? null : reader.dataOf(logs.get(log).topic.entity, value),
    }
  }
}
