import type { About } from '../../authorize/entity-update.js'
import type { Owed, Told } from './owed.js'

/** What is owed to one connection and still takes in updates: of each entity and type one change and one answer at most. */
export class OpenOwed {
  /** Undefined until there is one: an empty map takes 210 B. */
  private byEntity: Map<string, Owed> | undefined

  get isEmpty(): boolean {
    return this.byEntity === undefined || this.byEntity.size === 0
  }

  /** The one that is sent first. */
  find(told: Told): Owed | undefined {
    let owed = this.byEntity?.get(told.entityId)
    while (owed !== undefined && !owed.covers(told)) owed = owed.next
    return owed
  }

  add(owed: Owed): void {
    owed.next = undefined
    const last = [...this.of(owed.entityId)].at(-1)
    if (last === undefined) (this.byEntity ??= new Map()).set(owed.entityId, owed)
    else last.next = owed
  }

  /** Those of one entity. */
  *of(entityId: string): Generator<Owed> {
    for (let owed = this.byEntity?.get(entityId); owed !== undefined; owed = owed.next) yield owed
  }

  /** Answers whether it was there. */
  remove(owed: Owed): boolean {
    return this.keep(owed.entityId, (other) => other !== owed)
  }

  /** Whatever is owed by subscriptions to the entity takes in nothing more of what a message is about that ends it. What covers other types too goes on for them. */
  close({ entityId, entityType }: About): void {
    this.keep(entityId, (other) => other.subscription !== undefined || (entityType !== undefined && other.entityType !== entityType))
  }

  /** Of answers the last one takes in what comes: a client may ask again and again. */
  removeAnswers({ entityId, entityType }: Owed): void {
    this.keep(entityId, (other) => other.snapshot === undefined || (entityType !== undefined && other.entityType !== entityType))
  }

  /** Answers whether any of them went. */
  private keep(entityId: string, isKept: (owed: Owed) => boolean): boolean {
    const all = [...this.of(entityId)]
    const kept = all.filter(isKept)
    this.byEntity?.delete(entityId)
    for (const owed of kept) this.add(owed)
    return kept.length < all.length
  }

  /** Answers to requests stay. */
  removeType(entityType: string): void {
    for (const entityId of [...(this.byEntity?.keys() ?? [])])
      this.keep(entityId, (owed) => owed.entityType !== entityType || owed.snapshot !== undefined)
  }

  /** Whatever is owed by this collection takes in nothing more. */
  closeCollection(subscription: string): void {
    for (const entityId of [...(this.byEntity?.keys() ?? [])]) this.keep(entityId, (owed) => owed.subscription !== subscription)
  }

  clear(): void {
    this.byEntity = undefined
  }
}
