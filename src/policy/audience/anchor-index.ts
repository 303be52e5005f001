import type { Anchor } from '../rules/anchor.js'
import type { BoundCondition } from '../rules/condition.js'
import { type JudgedValue, ValueList, ValuePath } from '../rules/judged-value.js'
import { type LookupKey, keysOfLiteral, keysOfValue } from '../rules/lookup-key.js'

/** From what an event holds at an anchor's path to the users whose claims ask for it there. */
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

  /** One set for each of the event's values at the path that somebody asks for; a user may be in several. */
  usersFor(event: JudgedValue): ReadonlySet<U>[] {
    return keysAt(event.at(this.path)).flatMap((key) => this.users.get(key) ?? [])
  }

  private keysOf(condition: BoundCondition): LookupKey[] {
    return condition.literalsAt(this.anchor).flatMap(keysOfLiteral)
  }
}

/** Each once. What is missing equals null. */
function keysAt(value: unknown): LookupKey[] {
  if (!(value instanceof ValueList)) return keysOfValue(value ?? null)
  const keys = new Set(value.values.flatMap(keysOfValue))
  if (value.lacksSome) keys.add(null)
  return [...keys]
}
