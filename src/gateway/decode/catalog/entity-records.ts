import type { EntityDefinition, EntityTopic } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { CompiledBranch } from '../schemas/compiled-branch.js'
import type { CompiledSchema } from '../schemas/compiled-schema.js'
import { type RegisteredSchema, RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'
import type { SchemaStore } from '../schemas/schema-store.js'
import type { Warnings } from './warnings.js'

/** The newest version that is the entity, as compiled and as registered: the tags beside it count for all its versions. */
export interface NewestVersion {
  readonly schema: CompiledSchema
  readonly registered: RegisteredSchema
}

export interface EntityRecordsOptions {
  readonly registry: VersionedRegistry
  readonly store: SchemaStore
  readonly warnings: Warnings
}

/** How many versions of a subject are searched for the entity's where the latest is another record. Each takes a request. */
const versionsMax = 100

/**
 * Says which records are the entity, where the envelope does not name its entity type. Other records may stand on the entity's topics, and
 * must not be judged by its rules. The entity is the records that its entry in ENTITIES lists. Without a list it is the one record that a
 * topic's subject has both in its first version and in the latest, as of when the registry first answered. Where the two differ, nothing of
 * the topic is streamed: if the latest version alone decided, the next start might stream another record as the entity.
 */
export class EntityRecords {
  /** By entity type: the records that its topics' subjects name. */
  private readonly said = new Map<string, Set<string>>()
  private readonly settled = new Map<EntityTopic, readonly string[]>()
  /** Topics whose subject names different records in its first and latest version, each with a sentence for people. */
  private readonly closed = new Map<EntityTopic, string>()
  private readonly newest = new Map<EntityTopic, { readonly latestId: number; readonly versions: readonly NewestVersion[] }>()

  constructor(private readonly options: EntityRecordsOptions) {}

  /** Whether the entity's records are known without the registry. */
  isGiven({ envelope, record }: EntityDefinition): boolean {
    return envelope === 'event' || record !== undefined
  }

  /** Whether records on the entity's topics that are this branch of their schema are the entity. */
  isMeant(entity: EntityDefinition, branch: CompiledBranch): boolean {
    const records = branch.recordsOf(entity)
    if (records === undefined || branch.root.kind === 'null') return true
    // One that does not have the entity's shape at all makes bad records, whose error says why.
    if (records.length === 0) return !branch.isUsable(entity)
    const meant = this.meantFor(entity)
    return records.every((name) => meant.includes(name))
  }

  /**
   * The schemas of the entity in a registered one: of a union those of its branches that are the entity.
   * @throws BadRecordError `envelope_invalid`
   */
  schemasIn(entity: EntityDefinition, { branches }: CompiledSchema): (EntitySchema | undefined)[] {
    return branches.filter((branch) => this.isMeant(entity, branch)).map((branch) => branch.envelope(entity).schema)
  }

  /** The full names of the entity's records; empty where they are not known. */
  meantFor({ name, record }: EntityDefinition): readonly string[] {
    return record ?? [...(this.said.get(name) ?? [])]
  }

  /** Whether nothing of a topic may be streamed, as its subject does not say which record is the entity. */
  isClosed(topic: EntityTopic): boolean {
    return this.closed.has(topic)
  }

  /** One sentence for each topic that is closed. */
  reasons(): readonly string[] {
    return [...this.closed.values()]
  }

  /**
   * The newest versions of a topic's subject that are the entity, one for each of its records; empty where the topic is closed.
   * @throws BadRecordError where the latest one cannot be used, and RegistryError.
   */
  async newestOf(topic: EntityTopic, latest: NewestVersion): Promise<readonly NewestVersion[]> {
    const { entity } = topic
    const { schema } = latest
    if (schema.recordsOf(entity) === undefined) return [latest]
    if (!this.isGiven(entity) && !this.settled.has(topic)) await this.settle(topic, schema)
    return this.closed.has(topic) ? [] : await this.findNewest(topic, latest, entity.record ?? this.settled.get(topic)!)
  }

  /**
   * The versions with tags that count for all versions, and the topic's name under which each is noted. The latest version counts even
   * where it is not usable, but only if it is the entity. Where several records are the entity, each has a version of its own.
   */
  tagSources(
    topic: EntityTopic,
    latest: NewestVersion,
    newest: readonly NewestVersion[],
  ): readonly { readonly at: EntityTopic; readonly registered: RegisteredSchema }[] {
    const isMeant = latest.schema.branches.some((branch) => this.isMeant(topic.entity, branch))
    const first = isMeant ? latest : newest[0]
    if (first === undefined) return []
    const nameOf = ({ schema }: NewestVersion) => schema.recordsOf(topic.entity)?.join() ?? ''
    const others = newest.filter((one) => nameOf(one) !== nameOf(first))
    return [
      { at: topic, registered: first.registered },
      ...others.map((one) => ({ at: { ...topic, topic: `${topic.topic} ${nameOf(one)}` }, registered: one.registered })),
    ]
  }

  private async settle(topic: EntityTopic, latest: CompiledSchema): Promise<void> {
    const { entity } = topic
    const records = latest.recordsOf(entity)!
    if (records.length === 0) for (const branch of latest.branches) branch.envelope(entity) // Throws an error that says why there is none.
    const first = await this.firstOf(topic)
    if (records.length === 1 && first?.join() === records[0]) {
      this.closed.delete(topic)
      this.settled.set(topic, records)
      this.said.set(entity.name, (this.said.get(entity.name) ?? new Set<string>()).add(records[0]!))
      return
    }
    const sentence = closedSentence(topic, first ?? [], records, latest.branches.length)
    this.closed.set(topic, sentence)
    this.options.warnings.once(sentence, `${sentence}.`)
  }

  /** Undefined where the first version cannot be used. */
  private async firstOf({ topic, entity }: EntityTopic): Promise<readonly string[] | undefined> {
    const { registry, store } = this.options
    return await unlessUnusable(async () => store.add(await registry.firstOf(`${topic}-value`), `${topic}-value`).recordsOf(entity))
  }

  private async findNewest(topic: EntityTopic, latest: NewestVersion, wanted: readonly string[]): Promise<readonly NewestVersion[]> {
    const found = new NewestVersions(topic.entity, wanted)
    found.meet(latest)
    if (found.isComplete()) return found.versions
    const known = this.newest.get(topic)
    if (known?.latestId === latest.schema.id) return known.versions
    await this.searchVersions(topic, found)
    if (!found.versions.includes(latest))
      this.options.warnings.once(`${topic.topic}-value/${latest.schema.id}`, otherLatestSentence(topic, latest.schema, wanted))
    this.newest.set(topic, { latestId: latest.schema.id, versions: found.versions })
    return found.versions
  }

  private async searchVersions({ topic }: EntityTopic, found: NewestVersions): Promise<void> {
    const { registry, store } = this.options
    const subject = `${topic}-value`
    const numbers = await registry.versionsOf(subject)
    for (const number of numbers.slice(0, versionsMax)) {
      const version = await unlessUnusable(async () => {
        const registered = await registry.versionOf(subject, number)
        return { registered, schema: store.add(registered, subject) }
      })
      if (version !== undefined) found.meet(version)
      if (found.isComplete()) return
    }
  }
}

/** Collects the first version that is met of each record. */
class NewestVersions {
  readonly versions: NewestVersion[] = []
  private readonly missing: Set<string>

  constructor(
    private readonly entity: EntityDefinition,
    private readonly wanted: readonly string[],
  ) {
    this.missing = new Set(wanted)
  }

  isComplete(): boolean {
    return this.missing.size === 0
  }

  meet(version: NewestVersion): void {
    const found = version.schema.branches.filter((branch) => this.isWanted(branch)).flatMap((branch) => branch.recordsOf(this.entity)!)
    if (!found.some((name) => this.missing.has(name))) return
    this.versions.push(version)
    for (const name of found) this.missing.delete(name)
  }

  private isWanted(branch: CompiledBranch): boolean {
    const records = branch.recordsOf(this.entity)!
    return records.length > 0 && records.every((name) => this.wanted.includes(name)) && branch.isUsable(this.entity)
  }
}

/** Undefined where a schema can never be used. Throws where the registry does not answer, as only that is worth another try. */
async function unlessUnusable<T>(schema: () => Promise<T>): Promise<T | undefined> {
  try {
    return await schema()
  } catch (error) {
    const isForGood = error instanceof BadRecordError || (error instanceof RegistryError && error.kind !== 'unavailable')
    if (isForGood) return undefined
    throw error
  }
}

/** The member that the operator should write into the entity's entry in ENTITIES. */
function recordMember(records: readonly string[]): string {
  const [only = '', ...others] = records
  return `"record": ${JSON.stringify(others.length === 0 ? only : records)}`
}

/** @param branches how many branches the latest version is a union of; 1 where it is none. */
function closedSentence({ topic, entity }: EntityTopic, first: readonly string[], latest: readonly string[], branches: number): string {
  const text = (names: readonly string[]) => (names.length === 0 ? 'no record that can be used' : names.join(' and '))
  const proposal = first.length > 0 ? first : latest.length > 0 ? latest : ['<its full name>']
  return (
    `${topic}-value has ${text(first)} in its first version and ${branches > 1 ? `a union with ${text(latest)}` : text(latest)} in its latest, so that nothing of the entity type ` +
    `"${entity.name}" is sent before its entry in ENTITIES says which it is, as in ${recordMember(proposal)}`
  )
}

function otherLatestSentence({ topic, entity }: EntityTopic, latest: CompiledSchema, wanted: readonly string[]): string {
  const names = latest.recordsOf(entity)!
  const unusable = latest.branches.flatMap((branch) => branch.whyUnusable(entity) ?? [])
  if (names.every((name) => wanted.includes(name)) && unusable.length > 0)
    return `The latest version of ${topic}-value, which is the entity type "${entity.name}", cannot be used: ${unusable[0]!}.`
  const records = names.join(' and ') || 'no record'
  const mend =
    entity.record === undefined
      ? ` Write ${recordMember(wanted)} into its entry in ENTITIES before the next start, or nothing of it is sent from then on.`
      : ''
  return `The latest version of ${topic}-value is ${records} and not ${wanted.join(' or ')}, which is the entity type "${entity.name}": it is not sent.${mend}`
}
