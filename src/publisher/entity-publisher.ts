import type { EventEmitter } from 'node:events'
import { type Clock, systemClock } from '#clock.js'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { type Operation, operations, topicsOf } from '#entities.js'
import { msOfDate } from '#avro/write/foreign-value.js'
import { invalid } from '#avro/write/invalid.js'
import { behind } from '#avro/write/invalid-entity.js'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import { connected } from './connected-producer.js'
import { EntityRecordWriter } from './entity-record.js'
import { type EventHandlers, listen, type OnPublishError } from './event-handlers.js'
import { pinSchemas } from './pinned-schemas.js'
import { type EntityPublisherOptions, readPublisherOptions } from './publisher-options.js'
import { sentUnderSpan } from './publish-span.js'
import { type PublishedEntity, readEntities } from './published-entity.js'
import { KafkaProducer } from '#kafka/kafka-producer.js'
import { withLogin } from '#registry/registry-login.js'
import { sharedSasl } from '#kafka/login/kafka-sasl.js'
import { Sender, type SentRecord } from './send/sender.js'

export { RegistryError } from '#registry/schema-registry.js'
export { InvalidEntityError } from '#avro/write/invalid-entity.js'
export { ConfigurationError } from '#errors.js'
export type { EventHandlers, OnPublishError, PublishedChange } from './event-handlers.js'
export { ClaimsPublisher } from './claims-publisher.js'
export { PublishError } from './publish-error.js'
export type { ClaimsPublisherOptions, EntityPublisherOptions } from './publisher-options.js'

export type PublishAnswer = ({ readonly status: 'sent' } & SentRecord) | { readonly status: 'not_streamable' }

export interface PublishOptions {
  /** The id of an entity without the field `id` (or the configured one), for example of a delete without data. */
  readonly entityId?: string | undefined
  /** When the change happened; by default now. */
  readonly timestamp?: Date | undefined
}

/** Publishes a service's changes, so that clients see them (README.md of this room). */
export class EntityPublisher {
  private readonly writers = new Map<string, EntityRecordWriter | undefined>()
  /** For each call of `on` that was not ended yet, the function that ends it. */
  private readonly listening = new Set<() => void>()

  /** @internal `create` is for services. */
  constructor(
    entities: readonly PublishedEntity[],
    schemaIds: ReadonlyMap<string, number>,
    private readonly sender: Sender,
    private readonly clock: Clock,
    private readonly log: Log,
    leaveOutUnknown = false,
  ) {
    for (const entity of entities)
      this.writers.set(entity.definition.name, entity.isStreamable ? new EntityRecordWriter(entity, schemaIds, leaveOutUnknown) : undefined)
  }

  /**
   * Reads the schemas, finds their ids and connects.
   * @throws ConfigurationError where options, schemas, their registration or the topics are not right; RegistryError or PublishError
   * (`not_connected`) at once where the registry or Kafka does not answer: a service that wants to wait calls `create` again
   */
  static async create(options: EntityPublisherOptions): Promise<EntityPublisher> {
    const config = readPublisherOptions(options)
    const { entities, registry, register, brokers, clientId, tls, compression, log } = config
    const published = readEntities(config.schemas, entities)
    const streamable = published.filter(({ isStreamable }) => isStreamable)
    const ids = await pinSchemas(await ConfluentSubjects.create(withLogin(registry, systemClock, log)), streamable, register)
    const topics = streamable.flatMap(({ definition }) => topicsOf(definition).map(({ topic }) => topic))
    const sasl = sharedSasl(config.sasl, systemClock, log)
    const connect = () => KafkaProducer.connect({ brokers, clientId, sasl, tls, topics, compression, clock: systemClock, log })
    const sender = new Sender(await connected(connect), connect, config, systemClock, log)
    return new EntityPublisher(published, ids, sender, systemClock, log, config.leaveOutUnknown)
  }

  /**
   * Resolves once all in-sync replicas have the change. Changes of one entity on one topic arrive in the order of the calls.
   * @throws InvalidEntityError where the entity does not match its schema, PublishError where the change is not, or may not be, written
   */
  async publish(entityType: string, operation: Operation, entity: unknown, options: PublishOptions = {}): Promise<PublishAnswer> {
    if (!this.writers.has(entityType)) throw new ConfigurationError(`No schema of the publisher is called "${entityType}".`)
    if (!operations.includes(operation)) throw behind('operation', invalid(`one of ${operations.join(', ')}`, operation))
    if (typeof options !== 'object' || (options as unknown) === null) throw behind('options', invalid('an object', options))
    const writer = this.writers.get(entityType)
    if (writer === undefined) return { status: 'not_streamable' }
    const { entityId, timestamp } = options
    const timestampMs = timestamp === undefined ? this.clock.now() : msOf(timestamp)
    const { topic, record } = writer.write({ operation, entity, entityId, timestampMs })
    return { status: 'sent', ...(await sentUnderSpan(topic, record, (traced) => this.sender.send(topic, traced))) }
  }

  /**
   * Publishes the changes that handlers make from a service's own events. Failures go to `onError`, or without it into the log, as no
   * caller awaits them. Returns a function that takes the handlers off again.
   */
  on(emitter: EventEmitter, handlers: EventHandlers, onError: OnPublishError = this.logFailure): () => void {
    const stop = listen(emitter, handlers, onError, ({ entityType, operation, entity, ...options }) =>
      this.publish(entityType, operation, entity, options),
    )
    const stopListening = () => {
      stop()
      this.listening.delete(stopListening)
    }
    this.listening.add(stopListening)
    return stopListening
  }

  private readonly logFailure: OnPublishError = ({ message: reason }, event) => {
    this.log.error({ event, reason }, 'An event was not published.')
  }

  /** Takes no more changes, sends those that wait, and leaves. Changes that were not sent within `closeTimeoutMs` are rejected. */
  async close(): Promise<void> {
    for (const stopListening of this.listening) stopListening()
    await this.sender.close()
  }
}

/** Takes anything, as a time from a database is a text as often as a Date. */
function msOf(timestamp: unknown): number {
  const ms = msOfDate(timestamp) ?? NaN
  if (Number.isNaN(ms)) throw behind('timestamp', invalid('a Date', timestamp))
  return ms
}
