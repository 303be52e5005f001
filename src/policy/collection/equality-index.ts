import type { EntityData } from '#avro/entity-data.js'
import type { BoundCondition } from '../rules/condition.js'
import { areNeverMet, equalitiesOf } from '../rules/equalities.js'
import { pathsKey } from '../rules/field-name.js'
import { type EqualityLookup, equalityLookupOf, EqualityPaths } from './equality-keys.js'

/** Those that ask for values at the same paths. */
interface AskingAlike<T> {
  readonly paths: EqualityPaths
  readonly byKey: Map<string, Set<T>>
}

const byNone = 'none'

/** Finds what may be met by an entity's values, among all that ask for values by equality. */
export class EqualityIndex<T> {
  /** Those that any entity may meet. */
  readonly ofAny = new Set<T>()
  private readonly byPaths = new Map<string, AskingAlike<T>>()

  get isEmpty(): boolean {
    return this.byPaths.size === 0
  }

  /** @param condition undefined where all meet it. */
  add(one: T, condition: BoundCondition | undefined): void {
    const lookup = lookupOf(condition)
    if (lookup === byNone) return
    if (lookup === undefined) return void this.ofAny.add(one)
    const { byKey } = this.askingFor(lookup)
    for (const key of lookup.keys) {
      const found = byKey.get(key)
      if (found === undefined) byKey.set(key, new Set([one]))
      else found.add(one)
    }
  }

  /** @param condition as it was added. */
  remove(one: T, condition: BoundCondition | undefined): void {
    const lookup = lookupOf(condition)
    if (lookup === byNone) return
    if (lookup === undefined) return void this.ofAny.delete(one)
    const { byKey } = this.askingFor(lookup)
    for (const key of lookup.keys) {
      const found = byKey.get(key)
      found?.delete(one)
      if (found?.size === 0) byKey.delete(key)
    }
    if (byKey.size === 0) this.byPaths.delete(pathsKey(lookup.paths))
  }

  /** Some may be found twice, and some that the entity does not meet. @throws BadRecordError */
  *found(data: EntityData): Generator<T> {
    for (const { paths, byKey } of this.byPaths.values()) {
      const keys = paths.keysOf(data)
      for (const key of keys === 'many' ? byKey.keys() : keys) yield* byKey.get(key) ?? []
    }
  }

  private askingFor(lookup: EqualityLookup): AskingAlike<T> {
    const key = pathsKey(lookup.paths)
    let asking = this.byPaths.get(key)
    if (asking === undefined) this.byPaths.set(key, (asking = { paths: new EqualityPaths(lookup.paths), byKey: new Map() }))
    return asking
  }
}

/** Undefined where any entity may meet it. */
function lookupOf(condition: BoundCondition | undefined): EqualityLookup | typeof byNone | undefined {
  const equalities = equalitiesOf(condition)
  return areNeverMet(equalities) ? byNone : equalityLookupOf(equalities)
}
