import type { BoundQuery } from './condition.js'
import { Literal } from './literal.js'

/** A part of a condition that must hold for the whole to hold: the value at the path is one of these. */
export interface Equality {
  readonly path: string
  /** None of them is null, which what is missing equals too. */
  readonly literals: readonly Literal[]
}

/** The equalities of a condition, one for each path. Below `$or`, `$nor`, `$not` and `$elemMatch` there is none. */
export function equalitiesOf(query: BoundQuery): Equality[] {
  const byPath = new Map<string, Equality>()
  for (const equality of equalitiesIn(query)) if (!byPath.has(equality.path)) byPath.set(equality.path, equality)
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
