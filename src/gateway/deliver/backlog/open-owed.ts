import type { Owed } from './owed.js'

/** What is owed to one connection and still takes in updates: of each entity and type one at most. */
export class OpenOwed {
  /** Undefined until there is one: an empty map takes 210 B. */
  private byEntity: Map<string, Owed> | undefined

  get isEmpty(): boolean {
    return this.byEntity === undefined || this.byEntity.size === 0
  }

  find(entityId: string, entityType: string): Owed | undefined {
    let owed = this.byEntity?.get(entityId)
    while (owed !== undefined && !owed.covers(entityType)) owed = owed.next
    return owed
  }

  add(owed: Owed): void {
    this.byEntity ??= new Map()
    owed.next = this.byEntity.get(owed.entityId)
    this.byEntity.set(owed.entityId, owed)
  }

  /** Those of one entity. */
  *of(entityId: string): Generator<Owed> {
    for (let owed = this.byEntity?.get(entityId); owed !== undefined; owed = owed.next) yield owed
  }

  remove(owed: Owed): void {
    const others = [...this.of(owed.entityId)].filter((other) => other !== owed)
    this.removeEntity(owed.entityId)
    for (const other of others.reverse()) this.add(other)
  }

  removeEntity(entityId: string): void {
    this.byEntity?.delete(entityId)
  }

  /** Answers to requests stay. */
  removeType(entityType: string): void {
    for (const entityId of this.byEntity?.keys() ?? [])
      for (const owed of this.of(entityId)) if (owed.entityType === entityType && owed.snapshot === undefined) this.remove(owed)
  }

  clear(): void {
    this.byEntity = undefined
  }
}
