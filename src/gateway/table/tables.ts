import { Subject } from 'rxjs'
import type { Clock } from '#clock.js'
import type { EntityTopic } from '#entities.js'
import type { Log } from '#log.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { VersionReader } from '../decode/version-reader.js'
import type { Meter } from '../observe/meter.js'
import type { Cursors } from './cursor.js'
import { type IdHash, keyedIdHash } from './id-hash.js'
import { type TabledEvent, TypeTable } from './table.js'
import { Window, type WindowLimits } from './window.js'

export interface TablesOptions {
  readonly reader: VersionReader
  readonly cursors: Cursors
  readonly window: WindowLimits
  /** What the tables of all types may take, in bytes. */
  readonly bytesMax: number
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
}

/** The tables of all types that have one, in the order in which types were added. */
export class Tables {
  readonly window: Window
  private readonly tables = new Map<string, TypeTable>()
  /** Why a type's table was given up. */
  private readonly reasons = new Map<string, string>()
  private readonly hashOf: IdHash
  private readonly gone = new Subject<string>()
  /** The names of types whose table has just been given up. */
  readonly givenUp$ = this.gone.asObservable()

  constructor(private readonly options: TablesOptions) {
    const { window, clock, random, meter } = options
    this.window = new Window(window, () => clock.monotonicMs())
    this.hashOf = keyedIdHash(random)
    meter.versions = { byType: this.tables, window: this.window }
  }

  add(entityType: string): void {
    const { window, hashOf, options } = this
    const { reader, cursors, clock } = options
    this.tables.set(
      entityType,
      new TypeTable(reader, { window, hashOf, cursors, now: () => clock.now(), indexRoom: () => this.indexRoom() }),
    )
  }

  types(): Iterable<string> {
    return this.tables.keys()
  }

  has(entityType: string): boolean {
    return this.tables.has(entityType)
  }

  get(entityType: string): TypeTable | undefined {
    return this.tables.get(entityType)
  }

  all(): Iterable<TypeTable> {
    return this.tables.values()
  }

  /** Whether versions are kept of this schema. */
  usesSchema(id: number): boolean {
    return [...this.tables.values()].some((table) => table.usesSchema(id))
  }

  noteFound(topic: EntityTopic, partition: number, lag: () => number): void {
    this.attempt(topic.entity.name, (table) => table.noteFound(topic, partition, lag))
  }

  /** The log does not go on from what was read of it. */
  renew(topic: EntityTopic, partition: number): void {
    this.attempt(topic.entity.name, (table) => table.renew(topic, partition))
  }

  noteRead(topic: EntityTopic, partition: number, offset: number): void {
    this.attempt(topic.entity.name, (table) => table.noteRead(topic, partition, offset))
    this.keepLimit()
  }

  /** Undefined where the event is stale. */
  write(event: ChangeEvent, topic: EntityTopic): TabledEvent | undefined {
    const tabled = this.attempt(event.entityType, (table) => table.write(event, topic))
    if (tabled === 'no_table') return { event, before: undefined }
    if (tabled === undefined) this.noteStale(event)
    return tabled
  }

  private noteStale({ entityType }: ChangeEvent): void {
    const { meter } = this.options
    meter.eventsStale++
    meter.types.of(entityType).stale++
  }

  /** The type goes on without a table. What the window holds of it leads nowhere, and leaves it with its age. */
  giveUp(entityType: string, reason: string): void {
    if (!this.tables.delete(entityType)) return
    this.reasons.set(entityType, reason)
    this.options.meter.tablesGivenUp++
    this.options.log.warn(
      { entity_type: entityType, reason },
      'The table of an entity type is given up: there are no snapshots of it, and nobody resumes.',
    )
    this.gone.next(entityType)
  }

  /** Always ready. */
  status(): { readonly ready: true; readonly reason?: string } {
    const reasons = [...this.reasons].map(([entityType, reason]) => `the entity type "${entityType}" has no table: ${reason}`)
    return reasons.length === 0 ? { ready: true } : { ready: true, reason: reasons.join('; ') }
  }

  /** Types count in their order, so that the same ones have tables on every node. */
  private keepLimit(): void {
    const { bytesMax } = this.options
    let sum = 0
    for (const [entityType, { bytes }] of this.tables) {
      if (sum + bytes > bytesMax) return this.giveUpOver(entityType)
      sum += bytes
    }
    for (const { indexes } of this.tables.values()) indexes.keepRoom()
  }

  /** No type is given up for an index. */
  private indexRoom(): number {
    let room = this.options.bytesMax
    for (const { bytes, indexes } of this.tables.values()) room -= bytes + indexes.bytes
    return room
  }

  /** It is counted anew then, as types that share a topic with it are given up too. */
  private giveUpOver(entityType: string): void {
    const { bytesMax } = this.options
    this.giveUp(entityType, `it would take more of STATE_BYTES_MAX, which is ${bytesMax}, than the types before it leave`)
    this.keepLimit()
  }

  /** What cannot be kept, or has no place in memory, costs the type its table, and nothing else. */
  private attempt<T>(entityType: string, use: (table: TypeTable) => T): T | 'no_table' {
    const table = this.tables.get(entityType)
    if (table === undefined) return 'no_table'
    try {
      return use(table)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.giveUp(entityType, error.message)
      return 'no_table'
    }
  }
}
