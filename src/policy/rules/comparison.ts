import { ClaimSlot } from './claim-slot.js'
import { Literal } from './literal.js'

/** What a condition asks at one of its paths: an operator with what it compares. */
export interface Comparison {
  readonly path: string
  /** `$eq` where the value stands by itself. */
  readonly operator: string
  /** Of `$exists`, `$size` and `$elemMatch` there are none. */
  readonly operands: readonly (Literal | ClaimSlot)[]
  /** How many times it is asked of an element itself: in `{"tags": {"$elemMatch": {"$gt": "a"}}}` once. */
  readonly inElements: number
}

/**
 * All that a condition asks, whatever `$and`, `$or`, `$nor` and `$not` stand around it.
 * @param query of a condition, with its claims filled in or still open.
 */
export function comparisonsOf(query: unknown): Comparison[] {
  return comparisonsIn(query, '')
}

/** @param prefix the path of the record that is asked, with a dot. */
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

/** Whether an element is compared itself, and not asked for its fields. */
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
