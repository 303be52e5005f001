import type { AboutEntity } from '../../authorize/about.js'
import type { Owed, Told } from './owed.js'

/** Some of what is owed to one connection. What still takes in updates is of each entity and type one change and one answer at most. */
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
    return this.takeOf(owed.entityId, (other) => other === owed).length > 0
  }

  /** Takes out what is owed by subscriptions to the entity, of which a message says the end. What covers other types too stays for them. */
  takeEnded({ entityId, entityType }: AboutEntity): Owed[] {
    const isEnded = (owed: Owed) => owed.subscription === undefined && (entityType === undefined || owed.entityType === entityType)
    return this.takeOf(entityId, isEnded)
  }

  /** Of answers the last one takes in what comes: a client may ask again and again. */
  takeAnswers({ entityId, entityType }: Owed): Owed[] {
    return this.takeOf(entityId, (owed) => owed.snapshot !== undefined && (entityType === undefined || owed.entityType === entityType))
  }

  takeCollection(subscription: string): Owed[] {
    return this.take((owed) => owed.subscription === subscription)
  }

  /** Answers to requests stay. */
  removeType(entityType: string): void {
    this.take((owed) => owed.entityType === entityType && owed.snapshot === undefined)
  }

  private take(isMeant: (owed: Owed) => boolean): Owed[] {
    return [...(this.byEntity?.keys() ?? [])].flatMap((entityId) => this.takeOf(entityId, isMeant))
  }

  private takeOf(entityId: string, isMeant: (owed: Owed) => boolean): Owed[] {
    const all = [...this.of(entityId)]
    const taken = all.filter(isMeant)
    if (taken.length === 0) return taken
    this.byEntity!.delete(entityId)
    for (const owed of all) if (!taken.includes(owed)) this.add(owed)
    return taken
  }

  clear(): void {
    this.byEntity = undefined
  }
}
