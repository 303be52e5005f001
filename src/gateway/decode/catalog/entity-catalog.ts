import { Subject } from 'rxjs'
import type { Clock } from '#clock.js'
import { type EntityDefinition, type EntityTopic, topicsOf } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { Log } from '#log.js'
import type { CompiledBranch } from '../schemas/compiled-branch.js'
import type { CompiledSchema } from '../schemas/compiled-schema.js'
import { EntityRecords } from './entity-records.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ForeignRecords } from './foreign-records.js'
import { KeySubjects } from './key-subjects.js'
import { KnownSchemas } from './known-schemas.js'
import { LatestSchemas } from './latest-schemas.js'
import { NewestSchemas } from './newest-schemas.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'
import type { SchemaStore } from '../schemas/schema-store.js'
import { SubjectAnswers } from './subject-answers.js'
import { SubjectQuestions } from './subject-questions.js'

export interface EntityCatalogOptions {
  readonly entities: readonly EntityDefinition[]
  readonly registry: VersionedRegistry
  readonly store: SchemaStore
  readonly clock: Clock
  readonly log: Log
  /** Called with each schema of a configured type when it is first known. */
  readonly learned?: ((schema: EntitySchema) => void) | undefined
}

/** What Debezium adds to rows that it flattens, where it is told to write those that are deleted. */
const flattenedDeleted = '__deleted'

/**
 * The knowledge about each configured entity type, from the registry's subjects at the start, and later from the records too.
 * `SubjectQuestions` decides when the registry is asked. `SubjectAnswers` keeps what it has answered so far, and all that wait for that.
 */
export class EntityCatalog {
  private readonly stopped = new Subject<string>()
  /** Each type that was streamed, when its latest version says that it is not any more. */
  readonly stopped$ = this.stopped.asObservable()
  private readonly known = new KnownSchemas()
  private readonly latest = new LatestSchemas()
  private readonly answers: SubjectAnswers
  private readonly records: EntityRecords
  private readonly newest: NewestSchemas
  private readonly keys: KeySubjects
  private readonly foreign: ForeignRecords
  private readonly questions: SubjectQuestions

  constructor(private readonly options: EntityCatalogOptions) {
    const { clock, log, entities } = options
    const answers = new SubjectAnswers(log)
    this.answers = answers
    this.questions = new SubjectQuestions({ topics: entities.flatMap(topicsOf), clock, answers, ask: (topic) => this.ask(topic) })
    this.records = new EntityRecords({ ...options, warnings: answers.warnings })
    this.newest = new NewestSchemas({ ...options, records: this.records, tagsChanged: (topic) => this.learnAnew(topic) })
    this.keys = new KeySubjects({ ...options, warnings: answers.warnings })
    this.foreign = new ForeignRecords(this.records, log)
  }

  /** All known schemas of a type, streamable or not. */
  schemasOf(entityType: string): readonly EntitySchema[] {
    return this.known.schemasOf(entityType)
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

  /** The types that are configured and those that were added. */
  types(): string[] {
    return this.questions.types()
  }

  /** Resolves when the registry has been asked for a further type. */
  async add(entity: EntityDefinition): Promise<void> {
    await this.questions.add(topicsOf(entity))
  }

  /** Whether events of a type without a schema of their own, for example tombstones, may be streamed. */
  isStreamable(entityType: string): boolean {
    return this.streamableSchemasOf(entityType).length > 0
  }

  /** Whether no event of a type is streamed, whatever schema it was written with. */
  isStopped(entityType: string): boolean {
    return this.latest.stops(entityType)
  }

  /**
   * Whether the registry has answered what is registered for a type. The answer says whether the type is streamed, which record it is, and
   * what is tagged in all its versions.
   */
  isAnswered(entityType: string): boolean {
    return !this.answers.isAwaited(entityType)
  }

  /** Resolves when the registry has answered for the type. */
  whenAnswered(entityType: string): Promise<void> {
    return this.answers.whenAnswered(entityType)
  }

  /** Whether the registry has an Avro schema for the keys of a topic. */
  hasAvroKeys(topic: EntityTopic): boolean {
    return this.keys.hasSchema(topic)
  }

  /** Whether records of a schema are the topic's entity. People are told of others. */
  isMeant(topic: EntityTopic, branch: CompiledBranch): boolean {
    const isMeant = this.records.isMeant(topic.entity, branch)
    if (!isMeant) this.warnOfForeign(topic, branch)
    return isMeant
  }

  /** Tells people of records on a topic that are not its entity, nor another one that shares it. */
  warnOfForeign(topic: EntityTopic, branch: CompiledBranch): void {
    this.foreign.warnOnce(topic, branch)
  }

  /**
   * Resolves when it is known whether records of these schemas are the topic's entity; undefined where it is known already. Where the
   * registry did not know the topic's subject it is asked again, as a producer registers its schema before it writes.
   */
  whenEntityKnown(topic: EntityTopic, schemas: Iterable<CompiledSchema | BadRecordError>): Promise<void> | undefined {
    const { entity } = topic
    if (this.records.isGiven(entity)) return undefined
    if (this.answers.isUnregistered(topic) && this.foreign.isNews(topic, schemas)) this.answers.awaitAgain(entity)
    return this.answers.isAwaited(entity.name) ? this.askAndWait(entity) : undefined
  }

  /** Resolves when the registry was asked once, even if it did not answer. It is asked again and again for what is registered later. */
  async start(): Promise<void> {
    await this.questions.start()
  }

  stop(): void {
    this.questions.stop()
  }

  /** Ready when each type is known, or is known not to be registered. */
  status(): { readonly ready: boolean; readonly reason?: string } {
    return this.answers.status((entityType) => !this.known.has(entityType), [...this.records.reasons(), ...this.keys.reasons()])
  }

  /** Learns a schema of a subject or of records. Undefined, for records that have no data, teaches nothing. */
  learn({ entity, topic }: EntityTopic, id: number, schema: EntitySchema | undefined): void {
    if (schema === undefined) return
    if (this.known.remember(entity.name, id, schema)) this.options.learned?.(schema)
    for (const doubt of schema.doubts) this.answers.warnings.once(`${topic}: ${doubt}`, `Of the schema ${id} of ${topic}: ${doubt}.`)
    this.warnOfShape(topic, entity, schema)
    if (schema.streamable) return
    const mend = entity.envelope === 'event' ? 'its record says so' : 'its record or its entry in ENTITIES says so'
    this.answers.warnings.once(
      `${topic}/${id}`,
      `The schema ${id} of ${topic} is not streamable: none of its records is sent before ${mend}.`,
    )
  }

  /** A bare record that looks like something else is read all the same, but not as people think. */
  private warnOfShape(topic: string, { envelope, marks }: EntityDefinition, { leaves }: EntitySchema): void {
    if (envelope !== 'none') return
    if (leaves.includes('op') && leaves.some((leaf) => leaf.startsWith('after.')))
      this.answers.warnings.once(
        `${topic} after`,
        `Records of ${topic} have "op" and "after", and their rows lie within them: its entry in ENTITIES may have to say "envelope": "debezium".`,
      )
    if (marks?.deleted !== undefined || !leaves.includes(flattenedDeleted)) return
    this.answers.warnings.once(
      `${topic} ${flattenedDeleted}`,
      `Records of ${topic} have a field "${flattenedDeleted}": a deleted row looks alive for ever before its entry in ENTITIES says "marks": {"deleted": "${flattenedDeleted}"}.`,
    )
  }

  private async askAndWait({ name }: EntityDefinition): Promise<void> {
    await this.questions.askFor(name)
    await this.answers.whenAnswered(name)
  }

  private async ask(topic: EntityTopic): Promise<void> {
    try {
      const newest = await this.newest.of(topic)
      await this.keys.ask(topic)
      const schemas = newest.flatMap((schema) =>
        this.records.schemasIn(topic.entity, schema).map((one) => ({ id: schema.id, schema: one })),
      )
      this.answers.noteAnswer(topic)
      for (const { id, schema } of schemas) this.learn(topic, id, schema)
      const brought = schemas.flatMap(({ schema }) => schema ?? [])
      this.noteLatest(topic, brought)
    } catch (error) {
      this.answers.noteFailure(topic, error)
    }
  }

  /** Learns the known schemas of a type again, as its latest version has other tags now. */
  private learnAnew(topic: EntityTopic): void {
    for (const id of this.known.idsOf(topic.entity.name)) {
      const schema = this.options.store.get(id)
      if (schema === undefined || schema instanceof BadRecordError) continue
      try {
        for (const one of this.records.schemasIn(topic.entity, schema)) this.learn(topic, id, one)
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error
      }
    }
  }

  private noteLatest(topic: EntityTopic, schemas: readonly EntitySchema[]): void {
    const isClosed = this.records.isClosed(topic) || this.keys.isClosed(topic)
    if (schemas.length === 0 && !isClosed) return
    const { name } = topic.entity
    const change = this.latest.setStreamable(topic, !isClosed && schemas.every(({ streamable }) => streamable))
    if (change === 'streamed') this.options.log.info({}, `The entity type "${name}" is streamed again.`)
    if (change !== 'stopped') return
    this.options.log.warn({}, `The latest schema of ${topic.topic} is not streamable: nothing of the entity type "${name}" is sent.`)
    this.stopped.next(name)
  }
}
