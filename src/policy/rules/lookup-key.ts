import { decimalKey, decimalOfNumber, Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import { decimalOf, type Literal } from './literal.js'

/**
 * What stands for a value in a `Map`: where `compareWithLiteral` finds a value and a literal equal, the value's key is among the literal's.
 * Strings stand for themselves, so that they take no memory of their own; one that reads like the key of a number finds a literal too many.
 */
export type LookupKey = string | boolean | null

/** Several, as a text may write a number or a time, and which of them is meant is the event's to say. */
export function keysOfLiteral(literal: Literal): LookupKey[] {
  const { value } = literal
  const decimal = decimalOf(value)
  const instant = literal.asInstant()
  const keys: LookupKey[] = typeof value === 'number' ? [numberKey(value)] : [value]
  if (decimal !== undefined) keys.push(decimalKey(decimal))
  if (instant !== undefined) keys.push(instantKey(instant))
  return keys
}

/** Of an event's value: none of what no literal equals. */
export function keysOfValue(value: unknown): LookupKey[] {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return [value]
  if (typeof value === 'number') return [numberKey(value)]
  if (value instanceof Exact) return [decimalKey(value)]
  return value instanceof Instant ? [instantKey(value)] : []
}

function numberKey(value: number): string {
  const decimal = decimalOfNumber(value)
  return decimal === undefined ? String(value) : decimalKey(decimal)
}

function instantKey({ nanoseconds }: Instant): string {
  return `${nanoseconds}ns`
}
