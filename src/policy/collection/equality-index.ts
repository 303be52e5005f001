import type { EntityData } from '#avro/entity-data.js'
import type { BoundCondition } from '../rules/condition.js'
import { type EqualityLookup, equalityLookupOf, type EqualityPaths, EqualityShapes } from './equality-keys.js'

/** Finds what may be met by an entity's values, among all that ask for values by equality. */
export class EqualityIndex<T> {
  /** Those that any entity may meet. */
  readonly ofAny = new Set<T>()
  private readonly shapes = new EqualityShapes()
  private readonly byKey = new Map<EqualityPaths, Map<string, Set<T>>>()

  get isEmpty(): boolean {
    return this.byKey.size === 0
  }

  /** @param condition undefined where all meet it. */
  add(one: T, condition: BoundCondition | undefined): void {
    const lookup = this.lookupOf(condition)
    if (lookup === undefined) return void this.ofAny.add(one)
    let byKey = this.byKey.get(lookup.paths)
    if (byKey === undefined) this.byKey.set(lookup.paths, (byKey = new Map<string, Set<T>>()))
    for (const key of lookup.keys) {
      const found = byKey.get(key)
      if (found === undefined) byKey.set(key, new Set([one]))
      else found.add(one)
    }
  }

  /** @param condition as it was added. */
  remove(one: T, condition: BoundCondition | undefined): void {
    const lookup = this.lookupOf(condition)
    if (lookup === undefined) return void this.ofAny.delete(one)
    const byKey = this.byKey.get(lookup.paths)
    for (const key of lookup.keys) {
      const found = byKey?.get(key)
      found?.delete(one)
      if (found?.size === 0) byKey!.delete(key)
    }
    if (byKey?.size === 0) this.byKey.delete(lookup.paths)
  }

  /** Some may be found twice, and some that the entity does not meet. @throws BadRecordError */
  *found(data: EntityData): Generator<T> {
    for (const [paths, byKey] of this.byKey) {
      const keys = paths.keysOf(data)
      for (const key of keys === 'many' ? byKey.keys() : keys) yield* byKey.get(key) ?? []
    }
  }

  private lookupOf(condition: BoundCondition | undefined): EqualityLookup | undefined {
    return condition && equalityLookupOf(condition, this.shapes)
  }
}
