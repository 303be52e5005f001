import type { Clock } from '#clock.js'
import type { EntityTopic } from '#entities.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { VersionReader } from '../decode/version-reader.js'
import type { Meter } from '../observe/meter.js'
import { type IdHash, keyedIdHash } from './id-hash.js'
import { type TabledEvent, TypeTable } from './table.js'
import { Window, type WindowLimits } from './window.js'

export interface TablesOptions {
  readonly reader: VersionReader
  readonly window: WindowLimits
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
}

/** The tables of all types that have one. */
export class Tables {
  private readonly tables = new Map<string, TypeTable>()
  private readonly window: Window
  private readonly hashOf: IdHash

  constructor(private readonly options: TablesOptions) {
    const { window, clock, random } = options
    this.window = new Window(window, () => clock.monotonicMs())
    this.hashOf = keyedIdHash(random)
  }

  add(entityType: string): void {
    const { window, hashOf, options } = this
    this.tables.set(entityType, new TypeTable(options.reader, { window, hashOf, nowMs: () => options.clock.monotonicMs() }))
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

  noteRead(topic: EntityTopic, partition: number, offset: number): void {
    this.tables.get(topic.entity.name)?.noteRead(topic, partition, offset)
  }

  /** Undefined where the event is stale. */
  write(event: ChangeEvent, topic: EntityTopic): TabledEvent | undefined {
    const table = this.tables.get(event.entityType)
    if (table === undefined) return { event, before: undefined }
    const tabled = table.write(event, topic)
    if (tabled === undefined) this.options.meter.eventsStale++
    return tabled
  }
}
