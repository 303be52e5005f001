import { setMaxListeners } from 'node:events'
import { type BackOff, spreadBackOffMs } from '#back-off.js'
import { BoundedMap } from '#bounded-map.js'
import { type Clock, pause } from '#clock.js'
import { BadRecordError } from '#errors.js'
import type { EntityTopic } from '#entities.js'
import { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import type { CompiledSchema } from './compiled-schema.js'
import { CompiledSchemas } from './compiled-schemas.js'
import type { LongsAs } from '#avro/read/scalar-json.js'
import { tagsBesideOf } from '#avro/schema/tags-beside.js'
import { GuidNumbers } from './guid-numbers.js'
import { LatestTags } from './latest-tags.js'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from '#registry/schema-registry.js'
import { WorkLimit } from './work-limit.js'

export interface SchemaStoreOptions {
  readonly registry: SchemaRegistry
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly log: Log
  readonly longs?: LongsAs
  /** How many characters all kept schemas may have together, beside those in use. */
  readonly charactersMax?: number | undefined
  /** Whether versions are kept that a schema was written with: it must be there whenever they are read. */
  readonly isKept?: (id: number) => boolean
}

/** How many bad ids are remembered, each with a sentence. */
const badMax = 10_000
/** How long an id stays bad: a producer may write before it registers, but asking for each record would flood the registry. */
const badMsMax = 60_000
const retries: BackOff = { firstMs: 100, maxMs: 10_000 }
/**
 * How many ids are asked for at a time, unknown ones among them. With more than one a good id does not wait for each unknown one, and with
 * a limit the registry is not flooded.
 */
const requestsMax = 16
/**
 * Beyond so many unknown ids a minute, one is logged. A topic that only looks like Avro has thousands, a producer that writes first has
 * one.
 */
const unknownPerMinuteMax = 16
/** How many failures are logged: while the registry is away, each id that is waited for has failures of its own. */
const linesPerMinuteMax = 20

const never = new Promise<never>(() => undefined)

/** The registry's schemas by their id. Known ones are answered at once, others by one fetch for all partitions that wait for it. */
export class SchemaStore {
  private readonly schemas: CompiledSchemas
  private readonly latestTags = new LatestTags()
  private readonly guids = new GuidNumbers()
  private readonly requests = new WorkLimit(requestsMax)
  private readonly bad = new BoundedMap<number, { readonly error: BadRecordError; readonly untilMs: number }>(badMax)
  private readonly loading = new Map<number, Promise<CompiledSchema | BadRecordError>>()
  /** Ids that the registry could not be asked for yet, with the last failure. */
  private readonly unavailable = new Map<number, string>()
  /** By id: the partitions that wait for it. */
  private readonly waiting = new Map<number, Set<string>>()
  /** By partition: the schemas of the last batch that had to wait for some. */
  private readonly held = new Map<string, ReadonlySet<number>>()
  private readonly stopping = new AbortController()
  private readonly unknownPace: LinePace
  private readonly linePace: LinePace

  constructor(private readonly options: SchemaStoreOptions) {
    setMaxListeners(0, this.stopping.signal) // One for each id that is waited for.
    this.unknownPace = new LinePace(unknownPerMinuteMax, options.clock)
    this.linePace = new LinePace(linesPerMinuteMax, options.clock)
    const { longs = 'number', isKept = () => false, charactersMax } = options
    const isHeld = (id: number) => [...this.held.values()].some((ids) => ids.has(id))
    const latestTags = (entityType: string) => this.latestTags.tagsOf(entityType)
    this.schemas = new CompiledSchemas({ longs, charactersMax, latestTags, isInUse: (id) => isKept(id) || isHeld(id) })
  }

  /** The schema, or why there is none, which is remembered for a while, or undefined where it must be loaded. */
  get(id: number): CompiledSchema | BadRecordError | undefined {
    return this.schemas.get(id) ?? this.badNow(id)
  }

  /** The number under which the schema is known here that a GUID names. */
  readonly numberOfGuid = (guid: string): number | undefined => this.guids.numberOf(guid)

  /** Waits for as long as the registry is unavailable. @param partition the name of the partition that waits, for the log. */
  load(id: number, partition: string): Promise<CompiledSchema | BadRecordError> {
    const known = this.get(id)
    if (known !== undefined) return Promise.resolve(known)
    this.waiting.set(id, (this.waiting.get(id) ?? new Set<string>()).add(partition))
    let loading = this.loading.get(id)
    if (loading === undefined) {
      loading = this.fetch(id).finally(() => this.forget(id))
      this.loading.set(id, loading)
    }
    return loading
  }

  /** Keeps these schemas, once they are there, until the partition's next batch that has to wait. */
  hold(ids: ReadonlySet<number>, partition: string): void {
    this.held.set(partition, ids)
  }

  /** Keeps a schema that the registry has answered for a subject. @throws BadRecordError `schema_invalid` */
  add(registered: RegisteredSchema, subject: string): CompiledSchema {
    return this.schemas.add(registered, `subject ${subject}`)
  }

  /**
   * Notes the tags beside the latest version of a topic's subject, even where it is not usable. Answers whether they have changed: all
   * schemas of the type are other ones then.
   */
  noteLatestTags({ topic, entity }: EntityTopic, registered: RegisteredSchema): boolean {
    const known = this.schemas.get(registered.id)
    const tags = known?.tagsOf(registered) ?? tagsBesideOf(registered, { root: undefined, references: [] })
    if (!this.latestTags.replace(entity.name, topic, tags)) return false
    // Doubts about the tags of a usable schema are logged when the schema is learned.
    if (known === undefined)
      for (const doubt of tags.doubts) this.options.log.warn({}, `Of the latest schema ${registered.id} of ${topic}: ${doubt}.`)
    this.schemas.forget(entity.name)
    return true
  }

  /** Always ready, as partitions with known schemas go on. The reason says which partitions wait for which schema. */
  status(): { readonly ready: boolean; readonly reason?: string } {
    const [first] = this.unavailable
    if (first === undefined) return { ready: true }
    const [id, message] = first
    const failure = message.replace(/^schema \d+: /, '')
    const others = this.unavailable.size === 1 ? '' : ` (and others for ${this.unavailable.size - 1} more)`
    return { ready: true, reason: `${this.waitersOf(id)} wait for the registry's schema ${id}${others}: ${failure}` }
  }

  /** Ends all tries. Calls of `load` that still wait never resolve. */
  stop(): void {
    this.stopping.abort()
  }

  private badNow(id: number): BadRecordError | undefined {
    const entry = this.bad.get(id)
    if (entry === undefined || entry.untilMs > this.options.clock.monotonicMs()) return entry?.error
    this.bad.delete(id)
    return undefined
  }

  private forget(id: number): void {
    this.loading.delete(id)
    if (this.unavailable.delete(id)) this.options.log.info({ schema_id: id }, `The registry has answered; ${this.waitersOf(id)} go on.`)
    this.waiting.delete(id)
  }

  private waitersOf(id: number): string {
    return [...(this.waiting.get(id) ?? [])].join(', ')
  }

  private async fetch(id: number): Promise<CompiledSchema | BadRecordError> {
    for (let attempt = 0; ; attempt++) {
      try {
        return this.schemas.add({ ...(await this.requests.run(() => this.ask(id))), id }, 'its id')
      } catch (error) {
        const bad = asBadRecord(error)
        if (bad !== undefined) return this.rememberBad(id, bad)
        this.noteUnavailable(id, attempt, error)
        if (!(await this.pause(attempt))) return await never
      }
    }
  }

  private ask(id: number): Promise<RegisteredSchema> {
    const { registry } = this.options
    const guid = this.guids.guidOf(id)
    if (guid === undefined) return registry.schemaById(id)
    return registry.schemaByGuid?.(guid) ?? Promise.reject(new RegistryError('not_found', `schema ${guid}: the registry knows no GUIDs`))
  }

  private rememberBad(id: number, error: BadRecordError): BadRecordError {
    this.bad.set(id, { error, untilMs: this.options.clock.monotonicMs() + badMsMax })
    if (error.reason === 'schema_unknown') this.noteUnknown(id)
    return error
  }

  private noteUnknown(id: number): void {
    if (this.unknownPace.next() !== 'last') return
    this.options.log.warn(
      { schema_id: id, partitions: this.waitersOf(id) },
      `More than ${unknownPerMinuteMax} schema ids in a minute are unknown to the registry. Records that begin with a zero byte may be no Avro: each of their ids is asked for, ${requestsMax} at a time, and their partition waits for it.`,
    )
  }

  private noteUnavailable(id: number, attempt: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.unavailable.set(id, reason)
    if (this.linePace.next() !== 'log') return
    this.options.log.warn({ schema_id: id, attempt, reason }, `A schema cannot be fetched now; ${this.waitersOf(id)} wait for it.`)
  }

  private pause(attempt: number): Promise<boolean> {
    const { clock, random } = this.options
    return pause(clock, spreadBackOffMs(retries, attempt, random), this.stopping.signal)
  }
}

/** A final answer of the registry as a bad record; undefined where another try may help. */
function asBadRecord(error: unknown): BadRecordError | undefined {
  if (error instanceof BadRecordError) return error
  if (!(error instanceof RegistryError) || (error.kind !== 'not_found' && error.kind !== 'invalid')) return undefined
  return new BadRecordError(error.kind === 'not_found' ? 'schema_unknown' : 'schema_invalid', error.message)
}
