/** A version of an entity, and how it is told. */
export interface ScriptedVersion {
  /** Undefined where the entity is deleted. */
  readonly data: object | undefined
  readonly cursor: string
  readonly timestamp: string
}

/** What a client is told of an entity: something, or that it sees nothing of it any more. */
export interface ToldVersion {
  readonly entityType: string
  readonly entityId: string
  readonly operation: 'create' | 'update' | 'delete'
  readonly version: ScriptedVersion
  /** What could be seen before. */
  readonly before?: ScriptedVersion | undefined
}

interface Entity {
  readonly entityType: string
  readonly entityId: string
  readonly versions: ScriptedVersion[]
}

/** Whoever sees nothing of the latest version has this cursor, as a real one would tell of hidden changes. */
export const noneCursor = 'none'

/** Each entity's versions, the latest one last, and who may see them: everybody, unless the script says otherwise. */
export class ScriptedTable {
  private readonly entities = new Map<string, Entity>()
  private readonly hidden = new Set<string>()
  private readonly forbidden = new Set<string>()
  private versionCount = 0

  /** @param data undefined of a delete. @returns what is told of it, if anything */
  write(entityType: string, entityId: string, data: object | undefined): ToldVersion | undefined {
    const key = keyOf(entityType, entityId)
    const entity = this.entities.get(key) ?? { entityType, entityId, versions: [] }
    this.entities.set(key, entity)
    const before = this.shown(entity, entity.versions.at(-1))
    entity.versions.push(this.newVersion(data))
    return this.told(entity, before, entity.versions.at(-1)!)
  }

  isForbidden(entityType: string | undefined): boolean {
    return entityType !== undefined && this.forbidden.has(entityType)
  }

  /** Changes who may see what. @returns what is told of each entity that is gone by it, or there again */
  changeRights(change: (hidden: Set<string>, forbidden: Set<string>) => void): ToldVersion[] {
    const entities = [...this.entities.values()]
    const before = entities.map((entity) => this.shown(entity, entity.versions.at(-1)))
    change(this.hidden, this.forbidden)
    return entities.flatMap((entity, index) => {
      const latest = entity.versions.at(-1)!
      const [was, is] = [before[index], this.shown(entity, latest)]
      return (was === undefined) === (is === undefined) ? [] : [this.told(entity, was, latest)!]
    })
  }

  /** The latest versions of the entities with this id that may be seen. */
  latest(entityType: string | undefined, entityId: string): ToldVersion[] {
    return this.entitiesOf(entityType, entityId).flatMap((entity) => {
      const version = this.shown(entity, entity.versions.at(-1))
      return version === undefined ? [] : [{ ...entity, operation: 'update' as const, version }]
    })
  }

  /** The latest versions of the entities of a type that may be seen. */
  latestOf(entityType: string): ToldVersion[] {
    const entities = [...this.entities.values()].filter((entity) => entity.entityType === entityType)
    return entities.flatMap(({ entityId }) => this.latest(entityType, entityId))
  }

  /** Of the latest version. */
  cursorOf(entityType: string, entityId: string): string {
    return this.latest(entityType, entityId)[0]?.version.cursor ?? noneCursor
  }

  /** What is told of all that came after the version with this cursor; undefined where that is not known. */
  since(entityType: string, entityId: string, cursor: string): ToldVersion[] | undefined {
    const [entity] = this.entitiesOf(entityType, entityId)
    const at = entity?.versions.findIndex((version) => version.cursor === cursor) ?? -1
    if (entity === undefined || at === -1) return undefined
    return entity.versions.flatMap((version, index) => {
      if (index <= at) return []
      return this.told(entity, this.shown(entity, entity.versions[index - 1]), version) ?? []
    })
  }

  /** From now on no cursor that was told before is known. */
  forgetVersions(): void {
    for (const { versions } of this.entities.values()) {
      const { data } = versions.at(-1)!
      versions.splice(0, versions.length, this.newVersion(data))
    }
  }

  private newVersion(data: object | undefined): ScriptedVersion {
    const number = ++this.versionCount
    return { data, cursor: `cursor-${number}`, timestamp: new Date(Date.UTC(2026, 0, 1, 12, 0, number)).toISOString() }
  }

  private entitiesOf(entityType: string | undefined, entityId: string): Entity[] {
    const one = entityType === undefined ? undefined : this.entities.get(keyOf(entityType, entityId))
    if (entityType !== undefined) return one === undefined ? [] : [one]
    return [...this.entities.values()].filter((entity) => entity.entityId === entityId)
  }

  /** The version, unless nothing of it may be seen. */
  private shown({ entityType, entityId }: Entity, version: ScriptedVersion | undefined): ScriptedVersion | undefined {
    const isHidden = this.forbidden.has(entityType) || this.hidden.has(keyOf(entityType, entityId))
    return version?.data === undefined || isHidden ? undefined : version
  }

  private told(entity: Entity, before: ScriptedVersion | undefined, version: ScriptedVersion): ToldVersion | undefined {
    const { entityType, entityId } = entity
    const isShown = this.shown(entity, version) !== undefined
    if (before === undefined && !isShown) return undefined
    const operation = isShown ? (before === undefined ? 'create' : 'update') : 'delete'
    return { entityType, entityId, operation, version, before }
  }
}

export function keyOf(entityType: string, entityId: string): string {
  return JSON.stringify([entityType, entityId])
}
