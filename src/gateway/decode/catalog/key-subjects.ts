import type { EntityTopic } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'
import type { SchemaStore } from '../schemas/schema-store.js'
import type { Warnings } from './warnings.js'

export interface KeySubjectsOptions {
  readonly registry: Pick<VersionedRegistry, 'latestOf'>
  readonly store: SchemaStore
  readonly warnings: Warnings
}

/**
 * What the registry has under the `-key` subjects of topics whose keys may be Avro. A producer registers the schema of its keys before that of its
 * values, so that each is asked for once, after the other was answered.
 */
export class KeySubjects {
  /** The fields of the keys of each topic that was asked for; none where the key is no record, undefined where it has no schema. */
  private readonly fields = new Map<EntityTopic, readonly string[] | undefined>()
  /** Topics whose ids are a part of their keys only, each with a sentence for people. */
  private readonly closed = new Map<EntityTopic, string>()

  constructor(private readonly options: KeySubjectsOptions) {}

  hasSchema(topic: EntityTopic): boolean {
    return this.fields.get(topic) !== undefined
  }

  /** Whether nothing of a topic may be streamed, as rows would share an id. */
  isClosed(topic: EntityTopic): boolean {
    return this.closed.has(topic)
  }

  /** One sentence for each topic that is closed. */
  reasons(): readonly string[] {
    return [...this.closed.values()]
  }

  /** @throws RegistryError where the registry does not answer. */
  async ask(topic: EntityTopic): Promise<void> {
    const { envelope, key = 'avro', idFields } = topic.entity
    if (envelope === 'event' || key !== 'avro' || this.fields.has(topic)) return
    const fields = await this.fieldsOf(`${topic.topic}-key`)
    this.fields.set(topic, fields)
    if (fields === undefined || idFields === undefined || fields.length <= idFields.length) return
    const sentence = closedSentence(topic, fields, idFields)
    this.closed.set(topic, sentence)
    this.options.warnings.once(sentence, `${sentence}.`)
  }

  private async fieldsOf(subject: string): Promise<readonly string[] | undefined> {
    const { registry, store } = this.options
    try {
      return store.add(await registry.latestOf(subject), subject).fields
    } catch (error) {
      if (error instanceof BadRecordError || (error instanceof RegistryError && error.kind !== 'unavailable')) return undefined
      throw error
    }
  }
}

function closedSentence({ topic, entity }: EntityTopic, fields: readonly string[], idFields: readonly string[]): string {
  return (
    `The keys of ${topic} have the fields ${fields.join(', ')}, of which "id_field" names ${idFields.join(', ')}: several rows may share an id, so that ` +
    `nothing of the entity type "${entity.name}" is sent before its entry in ENTITIES says "id_field": ${JSON.stringify(fields)}`
  )
}
