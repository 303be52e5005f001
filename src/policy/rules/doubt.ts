import type { EntitySchema, PathKinds, ValueKind } from '#avro/entity-schema.js'
import { type Comparison, comparisonsOf } from './comparison.js'
import { Literal, type LiteralKind } from './literal.js'

/** A reason why a condition cannot be decided, whatever the event. */
export interface Doubt {
  /**
   * `no_path`: the schema lacks the path. `no_list`: the operator is for lists, and there is none. `other_kind`: the values there are of
   * another kind.
   */
  readonly why: 'no_path' | 'no_list' | 'other_kind'
  readonly comparison: Comparison
  /** The literal whose kind does not fit; only for `other_kind`. */
  readonly literal: Literal | undefined
  /** The kinds of the values that the schema has at the path. */
  readonly kinds: ReadonlySet<ValueKind>
}

/**
 * All reasons why a schema leaves a condition undecided. One is enough for the whole condition, as `$nor` and `$not` would turn a
 * comparison that can never hold into one that always does. Claims that are still open give no reason.
 * @param query the query of a condition, with its claims filled in or still open.
 */
export function doubtsOf(query: unknown, schema: EntitySchema): Doubt[] {
  return comparisonsOf(query).flatMap((comparison) => doubtsAbout(comparison, schema.kindsAt(comparison.path)))
}

function doubtsAbout(comparison: Comparison, at: PathKinds | undefined): Doubt[] {
  if (at === undefined) return [{ why: 'no_path', comparison, literal: undefined, kinds: none }]
  const kinds = comparison.inElements > 1 ? none : at.kinds
  const literals = comparison.operands.filter((operand) => operand instanceof Literal)
  return [
    ...(meetsList(comparison, at) ? [] : [{ why: 'no_list', comparison, literal: undefined, kinds } as const]),
    ...literals.filter(({ kind }) => !fits(kind, kinds)).map((literal) => ({ why: 'other_kind', comparison, literal, kinds }) as const),
  ]
}

const none: ReadonlySet<ValueKind> = new Set()

/** `$size` asks the value at the path's end; the other operators ask everything that the lists on the path hold together. */
function meetsList({ operator, inElements }: Comparison, { throughList, endsInList, listsInList }: PathKinds): boolean {
  if (operator !== '$size' && operator !== '$all' && operator !== '$elemMatch') return true
  if (inElements > 0) return inElements === 1 && listsInList
  return endsInList || (throughList && operator !== '$size')
}

/** The kinds of values with which literals of a kind compare. */
const fitting: Readonly<Record<Exclude<LiteralKind, 'null'>, readonly ValueKind[]>> = {
  boolean: ['boolean'],
  number: ['number'],
  text: ['text'],
  decimal: ['text', 'number'],
  instant: ['text', 'instant'],
}

/** Null also compares with missing values, which are possible at every path. */
function fits(kind: LiteralKind, kinds: ReadonlySet<ValueKind>): boolean {
  return kind === 'null' || fitting[kind].some((one) => kinds.has(one))
}
