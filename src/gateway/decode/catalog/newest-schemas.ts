import type { EntityTopic } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { type RegisteredSchema, RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'
import { recordSubjectsOf } from '#schema/subjects/record-subjects.js'
import type { CompiledSchema } from '../schemas/compiled-schema.js'
import type { SchemaStore } from '../schemas/schema-store.js'
import type { EntityRecords, NewestVersion } from './entity-records.js'

export interface NewestSchemasOptions {
  readonly registry: VersionedRegistry
  readonly store: SchemaStore
  readonly records: EntityRecords
  /** Called where the tags that count for all versions of the topic's type are other ones than before. */
  readonly tagsChanged: (topic: EntityTopic) => void
}

/**
 * The newest versions that the registry has of a topic's entity: in the subject that is named by the topic, or where there is none, in those
 * that are named by the entity's records.
 */
export class NewestSchemas {
  constructor(private readonly options: NewestSchemasOptions) {}

  /** @throws BadRecordError where one cannot be used, and RegistryError, `not_found` where nothing is registered. */
  async of(topic: EntityTopic): Promise<readonly CompiledSchema[]> {
    const { registry, records } = this.options
    try {
      const subject = `${topic.topic}-value`
      const latest = this.versionOf(topic, subject, await registry.latestOf(subject))
      const newest = await records.newestOf(topic, latest)
      this.noteTags(topic, records.tagSources(topic, latest, newest))
      return newest.map(({ schema }) => schema)
    } catch (error) {
      if (!isNotFound(error)) throw error
      const byRecord = await this.byRecord(topic)
      if (byRecord.length === 0) throw error
      return byRecord
    }
  }

  /** Each subject is noted as a topic of its own, as one has no tags of the others. */
  private async byRecord(topic: EntityTopic): Promise<readonly CompiledSchema[]> {
    const found: CompiledSchema[] = []
    for (const subjects of recordSubjectsOf(topic)) {
      const named = await this.firstOf(subjects)
      if (named === undefined) continue
      const at = { ...topic, topic: `${topic.topic} ${named.subject}` }
      const { registered, schema } = this.versionOf(at, named.subject, named.registered)
      this.noteTags(topic, [{ at, registered }])
      found.push(schema)
    }
    return found
  }

  private async firstOf(subjects: readonly string[]): Promise<{ subject: string; registered: RegisteredSchema } | undefined> {
    for (const subject of subjects) {
      try {
        return { subject, registered: await this.options.registry.latestOf(subject) }
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    return undefined
  }

  /** Stores a latest version. Its tags count even where it cannot be used itself. */
  private versionOf(at: EntityTopic, subject: string, registered: RegisteredSchema): NewestVersion {
    try {
      return { registered, schema: this.options.store.add(registered, subject) }
    } catch (error) {
      if (error instanceof BadRecordError) this.noteTags(at, [{ at, registered }])
      throw error
    }
  }

  private noteTags(topic: EntityTopic, sources: ReturnType<EntityRecords['tagSources']>): void {
    const { store, tagsChanged } = this.options
    const changed = sources.filter(({ at, registered }) => store.noteLatestTags(at, registered))
    if (changed.length > 0) tagsChanged(topic)
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof RegistryError && error.kind === 'not_found'
}
