import { ClaimSlot } from './claim-slot.js'
import { Literal } from './literal.js'

/** One comparison in a condition: a path, an operator and its operands. */
export interface Comparison {
  readonly path: string
  /** `$eq` where the value stands by itself. */
  readonly operator: string
  /** Empty for `$exists`, `$size` and `$elemMatch`. */
  readonly operands: readonly (Literal | ClaimSlot)[]
  /** How many `$elemMatch` around the comparison make it one of an element itself: one in `{"tags": {"$elemMatch": {"$gt": "a"}}}`. */
  readonly inElements: number
}

/**
 * All comparisons of a condition, whatever `$and`, `$or`, `$nor` and `$not` stand around them.
 * @param query the query of a condition, with its claims filled in or still open.
 */
export function comparisonsOf(query: unknown): Comparison[] {
  return comparisonsIn(query, '')
}

/** @param prefix the path of the record whose members the query names, with a dot at its end. */
function comparisonsIn(query: unknown, prefix: string): Comparison[] {
  return membersOf(query).flatMap(([name, part]) =>
    compounds.has(name) ? (part as readonly unknown[]).flatMap((one) => comparisonsIn(one, prefix)) : comparisonsAt(prefix + name, part, 0),
  )
}

function comparisonsAt(path: string, query: unknown, inElements: number): Comparison[] {
  if (isOperand(query)) return [{ path, operator: '$eq', operands: [query], inElements }]
  return membersOf(query).flatMap(([operator, part]) => {
    if (operator === '$not') return comparisonsAt(path, part, inElements)
    if (operator !== '$elemMatch') return [{ path, operator, operands: operandsIn(part), inElements }]
    const inner = isOfElement(part) ? comparisonsAt(path, part, inElements + 1) : comparisonsIn(part, `${path}.`)
    return [{ path, operator, operands: [], inElements }, ...inner]
  })
}

function operandsIn(part: unknown): readonly (Literal | ClaimSlot)[] {
  return (isList(part) ? part : [part]).filter(isOperand)
}

const compounds: ReadonlySet<string> = new Set(['$and', '$or', '$nor'])

/** Whether the query compares an element itself, and not the element's fields. */
function isOfElement(query: unknown): boolean {
  return membersOf(query).some(([name]) => name.startsWith('$') && !compounds.has(name))
}

function isOperand(query: unknown): query is Literal | ClaimSlot {
  return query instanceof Literal || query instanceof ClaimSlot
}

function isList(query: unknown): query is readonly unknown[] {
  return Array.isArray(query)
}

function membersOf(query: unknown): [string, unknown][] {
  return Object.entries(query as Readonly<Record<string, unknown>>)
}
