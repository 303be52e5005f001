import type { Clock } from '#clock.js'
import type { EntityDefinition, EntityTopic } from '#entities.js'
import type { Log } from '#log.js'
import type { EntityTypes } from '../decode/entity-types.js'
import type { Meter } from '../observe/meter.js'
import type { LogBreak, Partition, PartitionSource, RecordBatch } from '../source/partition-source.js'
import { bury } from './burial.js'
import type { EntityLog } from './logs.js'
import type { TabledEvent } from './table.js'
import type { Tables } from './tables.js'
import { TypeReading } from './type-reading.js'

export interface TableFillsOptions {
  readonly source: PartitionSource
  readonly types: Pick<EntityTypes, 'topicsNamed'>
  readonly tables: Tables
  /** How long the fill of a type may take, in seconds in which Kafka and the registry answer. */
  readonly secondsMax: number
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
  /** Takes the deletes of entities that did not return, one after the other. Resolves when they have left. */
  readonly tell: (events: Iterable<TabledEvent>) => Promise<void>
  /** Called where the table of a type is given up by which pages stand. */
  readonly lost: (entityType: string) => void
  /** Called with a fault of ours. */
  readonly failed: (error: unknown) => void
}

/** How often the log says how far a fill is, in seconds. */
const saidEachSeconds = 5

/** Fills the tables of types, and refills them where a log does not go on. */
export class TableFills {
  private readonly readings = new Map<string, TypeReading>()
  private hasStopped = false

  constructor(private readonly options: TableFillsOptions) {
    const { source, types, tables, meter } = options
    meter.fills = this.readings
    source.partitions$.subscribe((partition) => {
      for (const topic of types.topicsNamed(partition.topic)) this.watch(topic, partition)
    })
    tables.givenUp$.subscribe((entityType) => this.givenUp(this.readings.get(entityType)!))
  }

  /**
   * Resolves when the tables of the types are filled, or were given up and the logs are read from their ends.
   * @param entities a type, or all that share a topic.
   */
  async fill(entities: readonly EntityDefinition[]): Promise<void> {
    const readings = entities.map((entity) => this.begun(entity))
    await this.options.source.add(readings[0]!.topicNames, 'beginning')
    for (const reading of readings) this.giveUpIfForbidden(reading)
    await Promise.all(readings.map((reading) => this.catchUp(reading)))
    // A source that stops ends what waits for it.
    if (!this.hasStopped) for (const { name } of entities) this.sayFilled(name)
  }

  stop(): void {
    this.hasStopped = true
  }

  /** Whether the type's table is filled for the first time. */
  isFilling(entityType: string): boolean {
    return this.readings.get(entityType)?.phase === 'filling'
  }

  /** Whether no table is filled now. */
  isQuiet(): boolean {
    return [...this.readings.values()].every(({ phase }) => phase === 'live')
  }

  /** Notes a batch that has just come. */
  noteBatch(batch: RecordBatch): void {
    for (const { entity } of this.options.types.topicsNamed(batch.topic)) this.readings.get(entity.name)?.noteBatch(batch)
  }

  /**
   * Asked once for each batch, when it is to be written: whether everybody is told of it, only the table, or nobody, as it was to fill a table
   * that was given up since, or as its log is to be read again, behind which it comes once more.
   */
  receiverOf({ entity, topic }: EntityTopic, batch: RecordBatch): 'all' | 'table' | 'nobody' {
    const reading = this.readings.get(entity.name)
    const isBehind = reading?.noteBatchWritten(batch) === true
    if (reading === undefined || !this.options.tables.has(entity.name)) return isBehind ? 'nobody' : 'all'
    if (reading.isToBreak(topic, batch.partition)) return 'nobody'
    return isBehind && reading.phase === 'filling' ? 'table' : 'all'
  }

  /** Always ready: it is the gateway that lets nobody in before the first tables are full. */
  status(): { readonly ready: true; readonly reason?: string } {
    const reasons = [...this.readings].flatMap(
      ([
        name,
        {
          phase,
          progress: { read, of },
        },
      ]) =>
        phase === 'live' || !this.options.tables.has(name) ? [] : [`the table of "${name}" is ${phase}: ${read} of ${of} records are read`],
    )
    return reasons.length === 0 ? { ready: true } : { ready: true, reason: reasons.join('; ') }
  }

  private begun(entity: EntityDefinition): TypeReading {
    const reading = new TypeReading(entity)
    this.readings.set(entity.name, reading)
    this.options.tables.add(entity.name)
    this.lookEachSecond(reading)
    return reading
  }

  private sayFilled(entityType: string): void {
    const table = this.options.tables.get(entityType)
    if (table === undefined) return
    this.options.log.info({ entity_type: entityType, entities: table.count }, 'The table of an entity type is filled.')
  }

  private watch(topic: EntityTopic, { partition, lag, caughtUp, breaks$ }: Partition): void {
    const reading = this.readings.get(topic.entity.name)
    if (reading === undefined) return
    this.options.tables.noteFound(topic, partition, lag)
    reading.noteLog({ topic, partition })
    if (reading.phase === 'filling') {
      reading.noteToRead(lag)
      reading.note(caughtUp)
    }
    breaks$.subscribe((logBreak) => {
      if (this.options.tables.has(topic.entity.name)) reading.noteToRead(lag)
      this.broke({ topic, partition }, logBreak, reading)
    })
  }

  /** What is read from now on is news, and what has not returned when all logs have caught up is gone. */
  private broke(one: EntityLog, { caughtUp }: LogBreak, reading: TypeReading): void {
    const { tables, meter, log, failed } = this.options
    const { name } = reading.entity
    tables.renew(one.topic, one.partition)
    if (!tables.has(name)) return
    if (!reading.noteBreak(one, caughtUp)) this.readAgain(reading)
    if (reading.phase !== 'live') return
    reading.phase = 'refilling'
    meter.tablesRefilled++
    const at = { topic: one.topic.topic, partition: one.partition }
    log.warn({ entity_type: name, ...at }, 'A log does not go on: the table of its entity type is filled again.')
    this.catchUp(reading).catch(failed)
  }

  /**
   * Where a type has several topics, what one of them lost may be in another, older and so dropped when it was read: all are read again. In a
   * single topic an entity has one partition.
   */
  private readAgain(reading: TypeReading): void {
    const { source, tables, failed } = this.options
    const { topicNames } = reading
    if (topicNames.length === 1) return
    for (const { topic, partition } of reading.awaitBreaks()) tables.renew(topic, partition)
    source.readAgain(topicNames).catch(failed)
  }

  private async catchUp(reading: TypeReading): Promise<void> {
    const { tables, clock } = this.options
    let seen: number
    do {
      await reading.whenCaughtUp()
      seen = reading.noted
      const table = tables.get(reading.entity.name)
      if (table !== undefined) await bury(table, clock, (events) => this.tellGone(reading, events))
      await reading.skipped
      // A log may have broken again meanwhile.
    } while (reading.noted > seen)
    reading.goLive()
  }

  /** Nobody is told before a first fill has ended, nor once the table was given up, as what has come since is not in it. */
  private async tellGone({ phase, entity }: TypeReading, events: Iterable<TabledEvent>): Promise<void> {
    const { tables, tell } = this.options
    if (phase === 'filling') Array.from(events)
    else if (tables.has(entity.name)) await tell(events)
  }

  /** The types that share its topic lose theirs too, as a log is read from its beginning for all of them or for none. */
  private givenUp(reading: TypeReading): void {
    const { source, tables, lost } = this.options
    const { entity, phase, topicNames } = reading
    if (phase !== 'filling') lost(entity.name)
    const sharing = this.sharing(reading)
    for (const other of sharing) tables.giveUp(other.entity.name, `it shares a topic with "${entity.name}", which has none`)
    if (phase === 'live') return
    reading.skip(sharing.find(({ skipped }) => skipped !== undefined)?.skipped ?? source.skipToEnd(topicNames))
  }

  private sharing({ entity, topicNames }: TypeReading): TypeReading[] {
    const named = topicNames.flatMap((name) => this.options.types.topicsNamed(name))
    const others = named.filter((topic) => topic.entity !== entity)
    return others.flatMap((topic) => this.readings.get(topic.entity.name) ?? [])
  }

  /** A part of the entities would be known, and all others would be news once the right to read them is there. */
  private giveUpIfForbidden({ phase, entity, topicNames }: TypeReading): void {
    const { source, tables } = this.options
    const forbidden = phase === 'filling' ? source.forbidden(topicNames) : []
    if (forbidden.length > 0) tables.giveUp(entity.name, `Kafka does not let this login read ${forbidden.join(', ')}`)
  }

  /** Says how far a fill is, and ends it when it has had its time. */
  private lookEachSecond(reading: TypeReading, seconds = 1): void {
    const { source, tables, clock, secondsMax, log } = this.options
    const { name } = reading.entity
    clock.after(1000, () => {
      this.giveUpIfForbidden(reading)
      if (reading.phase !== 'filling' || this.hasStopped) return
      if (reading.noteSecond(source.status().ready) > secondsMax)
        return tables.giveUp(name, `it was not full after the ${secondsMax} seconds of STATE_FILL_SECONDS_MAX`)
      const { read, of } = reading.progress
      if (seconds % saidEachSeconds === 0) log.info({ entity_type: name, read, of }, 'The table of an entity type is being filled.')
      this.lookEachSecond(reading, seconds + 1)
    })
  }
}
