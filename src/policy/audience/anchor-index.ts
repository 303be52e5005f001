import type { Anchor } from '../rules/anchor.js'
import type { BoundCondition } from '../rules/condition.js'
import { type JudgedValue, ValuePath } from '../rules/judged-value.js'
import { keysAt } from '../rules/keys-at.js'
import { type LookupKey, keysOfLiteral } from '../rules/lookup-key.js'

/** Maps the values at an anchor's path to the users whose claims ask for them. */
export class AnchorIndex<U> {
  private readonly users = new Map<LookupKey, Set<U>>()
  private readonly path: ValuePath

  constructor(private readonly anchor: Anchor) {
    this.path = new ValuePath(anchor.path)
  }

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

  /** One set for each of the event's values at the path that some user asks for. A user may be in several sets. */
  usersFor(event: JudgedValue): ReadonlySet<U>[] {
    return keysAt(event.at(this.path)).flatMap((key) => this.users.get(key) ?? [])
  }

  private keysOf(condition: BoundCondition): LookupKey[] {
    return condition.literalsAt(this.anchor).flatMap(keysOfLiteral)
  }
}
