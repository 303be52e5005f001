import type { Condition, Query } from '../authorize/policy/condition.js'
import { compareWithLiteral, Literal } from '../authorize/policy/literal.js'
import { type ComparableValues, type EntitySchema, Instant } from '../decode/entity-schema.js'

/** A value of a condition that nothing at its path ever equals, nor comes before or after. */
export interface ImpossibleValue {
  readonly path: string
  /** As it stands in the policy. */
  readonly value: string
  /** What is there instead, in words. */
  readonly instead: string
}

/** Those that are so by each of the schemas; what claims fill in is left open, and null stands for what is missing, too. */
export function impossibleValuesOf(condition: Condition, schemas: readonly EntitySchema[]): ImpossibleValue[] {
  return comparisonsIn(condition.toJSON(), '').flatMap(({ path, literal, isOrder }) => {
    const there = schemas.filter((schema) => schema.hasPath(path)).map((schema) => schema.comparableValuesAt(path))
    if (literal.value === null || there.length === 0 || there.some((values) => mayMeet(values, literal, isOrder))) return []
    return [{ path, value: JSON.stringify(literal.value), instead: wordsOf(there) }]
  })
}

interface Comparison {
  readonly path: string
  readonly literal: Literal
  /** By `$gt` and the like rather than for being equal. */
  readonly isOrder: boolean
}

/** @param prefix the path of the record that is asked, with a dot. */
function comparisonsIn(query: Query, prefix: string): Comparison[] {
  return membersOf(query).flatMap(([name, part]) =>
    compounds.has(name) ? (part as readonly Query[]).flatMap((one) => comparisonsIn(one, prefix)) : comparisonsAt(prefix + name, part),
  )
}

function comparisonsAt(path: string, query: Query): Comparison[] {
  if (query instanceof Literal) return [{ path, literal: query, isOrder: false }]
  return membersOf(query).flatMap(([operator, operand]) => {
    if (operator === '$not') return comparisonsAt(path, operand)
    if (operator === '$elemMatch') return isOfValue(operand) ? comparisonsAt(path, operand) : comparisonsIn(operand, `${path}.`)
    const literals = (Array.isArray(operand) ? operand : [operand]).filter((one) => one instanceof Literal)
    return literals.map((literal) => ({ path, literal, isOrder: orders.has(operator) }))
  })
}

const compounds: ReadonlySet<string> = new Set(['$and', '$or', '$nor'])
const orders: ReadonlySet<string> = new Set(['$gt', '$gte', '$lt', '$lte'])

/** Whether an element is asked for a value of its own, and not for its fields. */
function isOfValue(query: Query): boolean {
  return membersOf(query).some(([name]) => name.startsWith('$') && !compounds.has(name))
}

/** None of what a claim fills. */
function membersOf(query: Query): [string, Query][] {
  return isMembers(query) ? Object.entries(query) : []
}

function isMembers(query: Query): query is { readonly [key: string]: Query } {
  return typeof query === 'object' && Object.getPrototypeOf(query) === Object.prototype
}

function mayMeet({ all, examples }: ComparableValues, literal: Literal, isOrder: boolean): boolean {
  const isKnown = (value: unknown) => !Number.isNaN(compareWithLiteral(value, literal))
  return examples.some(isKnown) || all.some((value) => (isOrder ? isKnown(value) : compareWithLiteral(value, literal) === 0))
}

function wordsOf(there: readonly ComparableValues[]): string {
  const all = new Set(there.flatMap((values) => values.all))
  const symbols = [...all].filter((value) => typeof value === 'string')
  const kinds = there.flatMap(({ examples }) => examples.map(kindOf))
  return [
    ...(symbols.length > 0 ? [`one of ${symbols.join(', ')}`] : []),
    ...(all.has(true) ? ['true or false'] : []),
    ...new Set(kinds),
    ...(all.size + kinds.length === 0 ? ['a record'] : []),
  ].join(' or ')
}

function kindOf(example: ComparableValues['examples'][number]): string {
  if (example instanceof Instant) return 'a date or time'
  return typeof example === 'number' ? 'a number' : 'a text'
}
