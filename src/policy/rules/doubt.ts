import type { EntitySchema, PathKinds, ValueKind } from '#avro/entity-schema.js'
import { type Comparison, comparisonsOf } from './comparison.js'
import { Literal, type LiteralKind } from './literal.js'

/** Why a condition cannot be decided, whatever event it is asked of. */
export interface Doubt {
  /** Nothing has the path; the operator is for lists and meets none; the value is compared with what is of another kind. */
  readonly why: 'no_path' | 'no_list' | 'other_kind'
  readonly comparison: Comparison
  /** What is compared, where its kind is what is wrong. */
  readonly literal: Literal | undefined
  /** What the schema has at the path instead. */
  readonly kinds: ReadonlySet<ValueKind>
}

/**
 * All that keeps a condition from being decided by a schema. One is enough for the condition as a whole, as `$nor` and `$not` around a comparison
 * that can never hold would make of it one that always does. What claims fill in is left open until they have.
 * @param query of a condition, with its claims filled in or still open.
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

/** `$size` asks the value that stands at the path's end; the others, what all lists on the path hold together. */
function meetsList({ operator, inElements }: Comparison, { throughList, endsInList, listsInList }: PathKinds): boolean {
  if (operator !== '$size' && operator !== '$all' && operator !== '$elemMatch') return true
  if (inElements > 0) return inElements === 1 && listsInList
  return endsInList || (throughList && operator !== '$size')
}

/** What the literals of a kind compare with. */
const fitting: Readonly<Record<Exclude<LiteralKind, 'null'>, readonly ValueKind[]>> = {
  boolean: ['boolean'],
  number: ['number'],
  text: ['text'],
  decimal: ['text', 'number'],
  instant: ['text', 'instant'],
}

/** Null is compared with what is missing, too, which may be so at every path. */
function fits(kind: LiteralKind, kinds: ReadonlySet<ValueKind>): boolean {
  return kind === 'null' || fitting[kind].some((one) => kinds.has(one))
}
