import type { Clock } from '../clock.js'
import { BadRecordError } from '../errors.js'
import type { Log } from '../observe/log.js'
import { CompiledSchema } from './compiled-schema.js'
import type { LongsAs } from './avro/scalar-json.js'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from './registry/schema-registry.js'

export interface SchemaStoreOptions {
  readonly registry: SchemaRegistry
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly log: Log
  readonly longs?: LongsAs
}

/** A schema's id never means another schema, so only the memory bounds how many are kept: some kB each. */
const schemasMax = 10_000
/** An id that is unknown now may be registered late, by a producer that wrote first; asking for each record would be a flood. */
const badMsMax = 60_000
const retryMsMin = 100
/** A registry that comes back is noticed within this time. */
const retryMsMax = 10_000

/** The registry's schemas by their id: known ones at once, others by one fetch that all who wait for them share. */
export class SchemaStore {
  private readonly schemas = new Map<number, CompiledSchema>()
  private readonly bad = new Map<number, { readonly error: BadRecordError; readonly untilMs: number }>()
  private readonly loading = new Map<number, Promise<CompiledSchema | BadRecordError>>()
  /** Ids that the registry could not be asked for yet, with the last failure. */
  private readonly unavailable = new Map<number, string>()
  /** By id: the partitions that wait for it. */
  private readonly waiting = new Map<number, Set<string>>()
  private readonly cancelRetries = new Set<() => void>()
  private stopped = false

  constructor(private readonly options: SchemaStoreOptions) {}

  /** The schema; or why there is none, remembered for a while; or undefined where it must be loaded. */
  get(id: number): CompiledSchema | BadRecordError | undefined {
    return this.schemas.get(id) ?? this.badNow(id)
  }

  /** Waits for as long as the registry is unavailable. @param partition that waits, for people. */
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

  /** Keeps a schema that the registry has answered by another way. @throws BadRecordError `schema_invalid` */
  add(registered: RegisteredSchema): CompiledSchema {
    const known = this.schemas.get(registered.id)
    if (known !== undefined) return known
    const schema = new CompiledSchema(registered, this.options.longs ?? 'number')
    keep(this.schemas, registered.id, schema)
    return schema
  }

  /** Always ready, as schemas that are known go on; the reason names what partitions wait for. */
  status(): { readonly ready: boolean; readonly reason?: string } {
    const [first] = this.unavailable
    if (first === undefined) return { ready: true }
    const [id, message] = first
    const failure = message.replace(/^schema \d+: /, '')
    const others = this.unavailable.size === 1 ? '' : ` (and others for ${this.unavailable.size - 1} more)`
    return { ready: true, reason: `${this.waitersOf(id)} wait for the registry's schema ${id}${others}: ${failure}` }
  }

  /** Tries nothing again. Who still waits, waits for ever. */
  stop(): void {
    this.stopped = true
    for (const cancel of this.cancelRetries) cancel()
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
        return this.add({ ...(await this.options.registry.schemaById(id)), id })
      } catch (error) {
        const bad = asBadRecord(error)
        if (bad !== undefined) return this.rememberBad(id, bad)
        await this.pause(id, attempt, error)
      }
    }
  }

  private rememberBad(id: number, error: BadRecordError): BadRecordError {
    keep(this.bad, id, { error, untilMs: this.options.clock.monotonicMs() + badMsMax })
    return error
  }

  private pause(id: number, attempt: number, error: unknown): Promise<void> {
    const { clock, random, log } = this.options
    const delayMs = Math.min(retryMsMin * 2 ** attempt, retryMsMax) * (0.5 + random() / 2)
    const reason = error instanceof Error ? error.message : String(error)
    this.unavailable.set(id, reason)
    log.warn({ schema_id: id, attempt, reason }, `A schema cannot be fetched now; ${this.waitersOf(id)} wait for it.`)
    return new Promise((resolve) => {
      if (this.stopped) return
      const cancel = clock.after(delayMs, () => {
        this.cancelRetries.delete(cancel)
        resolve()
      })
      this.cancelRetries.add(cancel)
    })
  }
}

/** What the registry will answer again the same way; undefined where another try may help. */
function asBadRecord(error: unknown): BadRecordError | undefined {
  if (error instanceof BadRecordError) return error
  if (!(error instanceof RegistryError) || error.kind === 'unavailable') return undefined
  return new BadRecordError(error.kind === 'not_found' ? 'schema_unknown' : 'schema_invalid', error.message)
}

/** The oldest goes where there are too many. */
function keep<T>(known: Map<number, T>, id: number, value: T): void {
  known.delete(id)
  if (known.size >= schemasMax) known.delete(known.keys().next().value!)
  known.set(id, value)
}
