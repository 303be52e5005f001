import type { Clock } from '#clock.js'
import { entityNamePattern, type EntityDefinition, operations, seedEntity } from '#entities.js'
import type { Log } from '#log.js'
import { portionsOf } from './portions.js'
import type { SchemaRegistry } from '#registry/schema-registry.js'
import type { SchemaStore } from '../schemas/schema-store.js'

export interface TypeDiscoveryOptions {
  readonly registry: SchemaRegistry
  readonly store: SchemaStore
  readonly clock: Clock
  readonly log: Log
  readonly isKnown: (entityType: string) => boolean
  /** Called once for each type, for one after the other. Resolves when it is streamed. */
  readonly found: (entity: EntityDefinition) => Promise<void>
}

/** How often the registry is asked: a newly registered type is streamed within this time and that of a few requests. */
const pollMs = 9_000
/** How many types are found: each has partitions and subjects, and a registry that many may write to must not fill the memory. */
const typesMax = 500
/** Apicurio 2.6 answers at most 1,000 subjects, and other registries have round bounds too. Only the round number shows that more exist. */
const roundBound = 1000

/** Finds streamable entity types in the seed's layout that nobody has configured, by the names of the registry's subjects. */
export class TypeDiscovery {
  private readonly announced = new Set<string>()
  /** Resolves when all are streamed that were announced. */
  private streamed = Promise.resolve()
  private cancelPoll: () => void = () => undefined
  private stopped = false
  private hasWarnedOfBound = false
  /** Types that were met and are not streamed, for example because they are not streamable. */
  private candidates: ReadonlyMap<string, EntityDefinition> = new Map()

  constructor(private readonly options: TypeDiscoveryOptions) {}

  /**
   * Resolves when the registry was asked once, even if it did not answer, and what it has named is streamed. It is asked again and again,
   * however long that takes.
   */
  async start(): Promise<void> {
    await this.look()
    if (!this.stopped) this.cancelPoll = this.options.clock.after(pollMs, () => void this.start())
    await this.streamed
  }

  stop(): void {
    this.stopped = true
    this.cancelPoll()
  }

  private async look(): Promise<void> {
    // The catalog reports that the registry is away. Known types go on.
    const subjects = await this.options.registry.subjects().catch(() => [])
    this.warnOfBound(subjects.length)
    const unknown = [...subjectsByType(subjects)].filter(([entityType]) => !this.isAnnounced(entityType))
    this.candidates = new Map(unknown.map(([entityType]) => [entityType, this.candidate(entityType)]))
    for (const some of portionsOf(unknown)) {
      if (this.stopped) return
      const entities = await Promise.all(some.map(([entityType, its]) => this.streamable(this.candidate(entityType), its)))
      for (const entity of entities) if (entity !== undefined) this.announce(entity)
    }
  }

  /** The same definition for each poll, as schemas remember their envelopes by definition. */
  private candidate(entityType: string): EntityDefinition {
    return this.candidates.get(entityType) ?? seedEntity(entityType)
  }

  private warnOfBound(subjects: number): void {
    if (subjects === 0 || subjects % roundBound !== 0 || this.hasWarnedOfBound) return
    this.hasWarnedOfBound = true
    this.options.log.warn(
      { subjects },
      "The registry names a round number of subjects, which may be all that it ever names: types beyond them are not found. Raise its bound (in Apicurio 'registry.ccompat.max-subjects').",
    )
  }

  private isAnnounced(entityType: string): boolean {
    return this.announced.has(entityType) || this.options.isKnown(entityType)
  }

  private announce(entity: EntityDefinition): void {
    if (this.stopped) return
    const { log, found } = this.options
    this.announced.add(entity.name)
    const { size } = this.announced
    if (size === typesMax + 1)
      log.error({ entity_type: entity.name }, `More than ${typesMax} entity types were found; further ones are left out.`)
    if (size > typesMax) return
    log.info({ entity_type: entity.name }, 'An entity type was found in the registry.')
    this.streamed = this.streamed.then(() => (this.stopped ? undefined : found(entity)))
  }

  /**
   * The entity, where the first of its subjects with data is streamable: a delete may have no data. Subjects that are not events of this
   * layout are ignored.
   */
  private async streamable(entity: EntityDefinition, subjects: readonly string[]): Promise<EntityDefinition | undefined> {
    const { registry, store } = this.options
    for (const subject of subjects) {
      try {
        const { schema } = store.add(await registry.latestOf(subject), subject).branches[0]!.envelope(entity)
        if (schema !== undefined) return schema.streamable ? entity : undefined
      } catch {
        continue
      }
    }
    return undefined
  }
}

const subjectPattern = new RegExp(`^(.+)\\.(?:${operations.join('|')})-value$`)

function subjectsByType(subjects: readonly string[]): Map<string, string[]> {
  const byType = new Map<string, string[]>()
  for (const subject of subjects) {
    const entityType = subjectPattern.exec(subject)?.[1]
    if (entityType === undefined || !entityNamePattern.test(entityType)) continue
    byType.set(entityType, [...(byType.get(entityType) ?? []), subject])
  }
  return byType
}
