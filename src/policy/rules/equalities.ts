import type { BoundCondition, BoundQuery } from './condition.js'
import { Literal } from './literal.js'

/** A part of a condition that must hold for the whole to hold: the value at the path is one of these. */
export interface Equality {
  readonly path: string
  /** None of them is null, which what is missing equals too. Where there is none at all, as in `{"$in": []}`, nothing meets the condition. */
  readonly literals: readonly Literal[]
}

/** Whether they ask for one of no values, as `$in` does of a claim that is an empty list. */
export function areNeverMet(equalities: readonly Equality[]): boolean {
  return equalities.some(({ literals }) => literals.length === 0)
}

/** The equalities of a condition, one for each path: one of no values where there is such a one. Below `$or`, `$nor`, `$not` and `$elemMatch` there is none. */
export function equalitiesOf(condition: BoundCondition | undefined): Equality[] {
  const byPath = new Map<string, Equality>()
  for (const equality of condition === undefined ? [] : equalitiesIn(condition.toJSON()))
    if (!byPath.has(equality.path) || equality.literals.length === 0) byPath.set(equality.path, equality)
  return [...byPath.values()]
}

function* equalitiesIn(query: BoundQuery): Generator<Equality> {
  for (const [name, part] of Object.entries<BoundQuery>(query as Readonly<Record<string, BoundQuery>>)) {
    if (name === '$and') for (const one of part as readonly BoundQuery[]) yield* equalitiesIn(one)
    else if (!name.startsWith('$')) yield* equalitiesAt(name, part)
  }
}

function* equalitiesAt(path: string, comparison: BoundQuery): Generator<Equality> {
  if (comparison instanceof Literal) {
    yield* equality(path, [comparison])
    return
  }
  const { $eq, $in } = comparison as { readonly $eq?: Literal; readonly $in?: readonly Literal[] }
  if ($eq !== undefined) yield* equality(path, [$eq])
  if ($in !== undefined) yield* equality(path, $in)
}

function* equality(path: string, literals: readonly Literal[]): Generator<Equality> {
  if (literals.every(({ value }) => value !== null)) yield { path, literals }
}
