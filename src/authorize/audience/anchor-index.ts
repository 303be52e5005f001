import type { Anchor } from '../policy/anchor.js'
import type { BoundCondition } from '../policy/condition.js'
import { type LookupKey, keysOfLiteral, keysOfValue } from '../policy/lookup-key.js'
import { valueAt } from '../policy/value-at-path.js'

/** From what an event holds at an anchor's path to the users whose claims ask for it there. */
export class AnchorIndex<U> {
  private readonly users = new Map<LookupKey, Set<U>>()

  constructor(private readonly anchor: Anchor) {}

  add(user: U, condition: BoundCondition): void {
    for (const key of this.keysOf(condition)) {
      const found = this.users.get(key)
      if (found === undefined) this.users.set(key, new Set([user]))
      else found.add(user)
    }
  }

  remove(user: U, condition: BoundCondition): void {
    for (const key of this.keysOf(condition)) {
      const found = this.users.get(key)
      found?.delete(user)
      if (found?.size === 0) this.users.delete(key)
    }
  }

  /** One set for each of the event's values at the path that somebody asks for; a user may be in several. */
  usersFor(values: object): ReadonlySet<U>[] {
    return keysOfValue(valueAt(values, this.anchor.path)).flatMap((key) => this.users.get(key) ?? [])
  }

  private keysOf(condition: BoundCondition): LookupKey[] {
    return condition.literalsAt(this.anchor).flatMap(keysOfLiteral)
  }
}
