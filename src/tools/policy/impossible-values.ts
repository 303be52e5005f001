import { comparisonsOf } from '#policy/rules/comparison.js'
import type { Condition } from '#policy/rules/condition.js'
import { compareWithLiteral, Literal } from '#policy/rules/literal.js'
import type { ComparableValues, EntitySchema } from '#avro/entity-schema.js'
import { Instant } from '#avro/instant.js'

/** A value in a condition that no value at its path can ever equal, precede or follow. */
export interface ImpossibleValue {
  readonly path: string
  /** As it stands in the policy. */
  readonly value: string
  /** The values that can be at the path, in words. */
  readonly instead: string
}

/**
 * The values that are impossible by each of the schemas. Values from claims are not judged, nor is null, which also means a missing value.
 */
export function impossibleValuesOf(condition: Condition, schemas: readonly EntitySchema[]): ImpossibleValue[] {
  const comparisons = comparisonsOf(condition.toJSON()).flatMap(({ path, operator, operands }) =>
    operands.filter((operand) => operand instanceof Literal).map((literal) => ({ path, literal, isOrder: orders.has(operator) })),
  )
  return comparisons.flatMap(({ path, literal, isOrder }) => {
    const there = schemas.filter((schema) => schema.kindsAt(path) !== undefined).map((schema) => schema.comparableValuesAt(path))
    if (literal.value === null || there.length === 0 || there.some((values) => mayMeet(values, literal, isOrder))) return []
    return [{ path, value: JSON.stringify(literal.value), instead: wordsOf(there) }]
  })
}

const orders: ReadonlySet<string> = new Set(['$gt', '$gte', '$lt', '$lte'])

function mayMeet({ all, examples }: ComparableValues, literal: Literal, isOrder: boolean): boolean {
  const isKnown = (value: unknown) => !Number.isNaN(compareWithLiteral(value, literal))
  return examples.some(isKnown) || all.some((value) => (isOrder ? isKnown(value) : compareWithLiteral(value, literal) === 0))
}

function wordsOf(there: readonly ComparableValues[]): string {
  const all = new Set(there.flatMap((values) => values.all))
  const symbols = [...all].filter((value) => typeof value === 'string')
  const kinds = there.flatMap(({ examples }) => examples.map(exampleWords))
  return [
    ...(symbols.length > 0 ? [`one of ${symbols.join(', ')}`] : []),
    ...(all.has(true) ? ['true or false'] : []),
    ...new Set(kinds),
    ...(all.size + kinds.length === 0 ? ['a record'] : []),
  ].join(' or ')
}

function exampleWords(example: ComparableValues['examples'][number]): string {
  if (example instanceof Instant) return 'a date or time'
  return typeof example === 'number' ? 'a number' : 'a text'
}
