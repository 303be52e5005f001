import type { Clock } from '../clock.js'
import { type EntityDefinition, type EntityTopic, topicsOf } from '../entities.js'
import { BadRecordError } from '../errors.js'
import type { Log } from '../observe/log.js'
import type { CompiledSchema } from './compiled-schema.js'
import type { EntitySchema } from './entity-schema.js'
import { KnownSchemas } from './known-schemas.js'
import { LatestSchemas } from './latest-schemas.js'
import { PacedRounds } from './paced-rounds.js'
import { portionsOf } from './portions.js'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from './registry/schema-registry.js'
import type { SchemaStore } from './schema-store.js'
import { Warnings } from './warnings.js'

export interface EntityCatalogOptions {
  readonly entities: readonly EntityDefinition[]
  readonly registry: SchemaRegistry
  readonly store: SchemaStore
  readonly clock: Clock
  readonly log: Log
  /** Called with each schema of a configured type when it is first known. */
  readonly learned?: ((schema: EntitySchema) => void) | undefined
  /** Called when the latest version of a type that was streamed says that it is not any more. */
  readonly stopped?: (entityType: string) => void
}

/** How soon what is registered after the start counts, be it a type's first schema or one that stops it: a request for each topic. */
const pollMs = 10_000

/** A reason may quote the schema. */
const reasonCharactersMax = 500

/** What is known of each configured entity type: from the registry's subjects at the start, then from the records too. */
export class EntityCatalog {
  private readonly known = new KnownSchemas()
  private readonly latest = new LatestSchemas()
  /** Topics of which the registry has not said yet what is registered for them. */
  private readonly unanswered: Set<EntityTopic>
  private topics: readonly EntityTopic[]
  private readonly warnings: Warnings
  /** Topics for which the registry has said that nothing is registered. */
  private readonly unregistered = new Set<EntityTopic>()
  /** Topics for which the registry did not answer when it was last asked. */
  private readonly failing = new Set<EntityTopic>()
  /** Why the registry did not answer when it was last asked. */
  private failure: string | undefined
  private waiting: { readonly entityType: string; readonly goOn: () => void }[] = []
  private readonly rounds: PacedRounds<EntityTopic>

  constructor(private readonly options: EntityCatalogOptions) {
    this.topics = options.entities.flatMap(topicsOf)
    this.warnings = new Warnings(options.log)
    this.unanswered = new Set(this.topics)
    const { clock } = options
    this.rounds = new PacedRounds({ clock, roundMs: pollMs, all: () => this.topics, ask: (topics) => this.askAll(topics) })
  }

  /** All that are known of a type, streamable or not. */
  schemasOf(entityType: string): readonly EntitySchema[] {
    return this.known.of(entityType)
  }

  streamableSchemasOf(entityType: string): readonly EntitySchema[] {
    return this.latest.stops(entityType) ? [] : this.known.streamableOf(entityType)
  }

  streamableTypes(): string[] {
    return this.known.streamableTypes().filter((entityType) => !this.latest.stops(entityType))
  }

  /** Types of which no schema is known yet: nobody has registered one, or the registry is away. */
  unknownTypes(): string[] {
    return this.types().filter((name) => !this.known.has(name))
  }

  /** Those that are configured, and those that were added. */
  types(): string[] {
    return [...new Set(this.topics.map(({ entity }) => entity.name))]
  }

  /** Resolves when the registry has been asked for a further type. */
  async add(entity: EntityDefinition): Promise<void> {
    const topics = topicsOf(entity)
    this.topics = [...this.topics, ...topics]
    for (const topic of topics) this.unanswered.add(topic)
    this.rounds.grown()
    await this.askAll(topics)
  }

  /** Whether events of a type may be streamed that bring no schema of their own, such as tombstones. */
  isStreamable(entityType: string): boolean {
    return this.streamableSchemasOf(entityType).length > 0
  }

  /** Whether no event of a type is streamed, whatever schema it was written with. */
  isStopped(entityType: string): boolean {
    return this.latest.stops(entityType)
  }

  /** Whether the registry has said what is registered for a type: whether it is streamed, and what is tagged in all of its versions. */
  isAnswered(entityType: string): boolean {
    return this.unanswered.size === 0 || ![...this.unanswered].some(({ entity }) => entity.name === entityType)
  }

  /** Resolves when a type that is not answered yet is. */
  whenAnswered(entityType: string): Promise<void> {
    return new Promise((goOn) => void this.waiting.push({ entityType, goOn }))
  }

  /** Resolves when the registry has been asked once, whatever it answered; asks on for what is registered later. */
  async start(): Promise<void> {
    for (const topics of portionsOf(this.topics)) {
      await this.askAll(topics)
      // It is away, and each portion would wait for as long as a call may.
      if (topics.every((topic) => this.failing.has(topic))) break
    }
    this.rounds.start()
  }

  stop(): void {
    this.rounds.stop()
  }

  /** Ready when each type is known, or known not to be registered. */
  status(): { readonly ready: boolean; readonly reason?: string } {
    const waiting = this.unknownOf(this.unanswered)
    if (waiting.length === 0) return { ready: true, ...this.reasonOfUnregistered() }
    return {
      ready: false,
      reason: `the schema registry has not answered for ${waiting.map(({ topic }) => topic).join(', ')}${this.failure === undefined ? '' : ` (${this.failure})`}`,
    }
  }

  /** Of types of which nothing at all is known: that one of three topics has no schema yet is as usual as it is harmless. */
  private reasonOfUnregistered(): { readonly reason?: string } {
    const unknown = this.unknownOf(this.topics).filter((topic) => this.unregistered.has(topic))
    return unknown.length === 0 ? {} : { reason: `nothing is registered for ${unknown.map(({ topic }) => `${topic}-value`).join(', ')}` }
  }

  /** Takes in a schema that a subject has, or that records are written with; nothing where they bring no data. */
  learn({ entity, topic }: EntityTopic, id: number, schema: EntitySchema | undefined): void {
    if (schema === undefined) return
    if (this.known.note(entity.name, id, schema)) this.options.learned?.(schema)
    for (const doubt of schema.doubts) this.warnings.once(`${topic}: ${doubt}`, `Of the schema ${id} of ${topic}: ${doubt}.`)
    this.letGoOn()
    if (schema.streamable) return
    const mend = entity.envelope === 'event' ? 'its record says so' : 'its record or its entry in ENTITIES says so'
    this.warnings.once(`${topic}/${id}`, `The schema ${id} of ${topic} is not streamable: none of its records is sent before ${mend}.`)
  }

  private unknownOf(topics: Iterable<EntityTopic>): EntityTopic[] {
    return [...topics].filter(({ entity }) => !this.known.has(entity.name))
  }

  private letGoOn(): void {
    const answered = this.waiting.filter(({ entityType }) => this.isAnswered(entityType))
    this.waiting = this.waiting.filter((one) => !answered.includes(one))
    for (const { goOn } of answered) goOn()
  }

  private async askAll(topics: readonly EntityTopic[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.ask(topic)))
    if (this.failing.size > 0 || this.failure === undefined) return
    this.options.log.info({}, 'The schema registry answers again.')
    this.failure = undefined
  }

  private async ask(topic: EntityTopic): Promise<void> {
    const { registry } = this.options
    const subject = `${topic.topic}-value`
    try {
      const latest = await registry.latestOf(subject)
      const registered = this.taken(topic, latest, subject)
      this.noteAnswer(topic)
      this.unregistered.delete(topic)
      const { schema } = registered.envelope(topic.entity)
      this.learn(topic, registered.id, schema)
      if (schema !== undefined) this.noteLatest(topic, schema)
    } catch (error) {
      this.noteFailure(topic, error)
    }
    this.letGoOn()
  }

  /** Its tags count also where it cannot be used itself. */
  private taken(topic: EntityTopic, latest: RegisteredSchema, subject: string): CompiledSchema {
    const { store } = this.options
    try {
      return store.add(latest, subject)
    } finally {
      if (store.noteLatestTags(topic, latest)) this.learnAnew(topic)
    }
  }

  /** What is known of a type, as its latest version's tags make it. */
  private learnAnew(topic: EntityTopic): void {
    for (const id of this.known.idsOf(topic.entity.name)) {
      const schema = this.options.store.get(id)
      if (schema === undefined || schema instanceof BadRecordError) continue
      try {
        this.learn(topic, id, schema.envelope(topic.entity).schema)
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error
      }
    }
  }

  private noteAnswer(topic: EntityTopic): void {
    this.unanswered.delete(topic)
    this.failing.delete(topic)
  }

  private noteFailure(topic: EntityTopic, error: unknown): void {
    if (error instanceof RegistryError && error.kind === 'unavailable') return this.noteUnavailable(topic, error.message)
    this.noteAnswer(topic)
    if (error instanceof RegistryError && error.kind === 'not_found') return this.noteUnregistered(topic)
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, reasonCharactersMax)
    this.warnings.once(topic.topic, `The latest schema for the topic ${topic.topic} cannot be used: ${reason}.`)
  }

  private noteLatest(topic: EntityTopic, schema: EntitySchema): void {
    const { name } = topic.entity
    const change = this.latest.note(topic, schema)
    if (change === 'streamed') this.options.log.info({}, `The entity type "${name}" is streamed again.`)
    if (change !== 'stopped') return
    this.options.log.warn({}, `The latest schema of ${topic.topic} is not streamable: nothing of the entity type "${name}" is sent.`)
    this.options.stopped?.(name)
  }

  /** Said whenever the reason changes: a wrong password must not look like a host that is away. */
  private noteUnavailable(topic: EntityTopic, failure: string): void {
    this.failing.add(topic)
    const reason = failure.replace(/^subject \S+: /, '')
    if (this.failure !== reason) this.options.log.warn({ reason }, 'The schema registry does not answer; asking again until it does.')
    this.failure = reason
  }

  /** A registry whose address lacks its path answers so to everything: it must not look as if all were well. */
  private noteUnregistered(unregistered: EntityTopic): void {
    const { topic } = unregistered
    this.unregistered.add(unregistered)
    this.warnings.once(topic, `Nothing is registered for ${topic}-value yet; is SCHEMA_REGISTRY_URL the root of the registry's API?`)
  }
}
