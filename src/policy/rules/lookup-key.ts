import { decimalKey, decimalOfNumber, Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import { decimalOf, type Literal } from './literal.js'

/**
 * A value's key in a `Map`: where `compareWithLiteral` finds a value and a literal equal, the value's key is among the literal's. Strings
 * are their own keys and take no further memory. A string that reads like the key of a number may find a literal too many.
 */
export type LookupKey = string | boolean | null

/** A literal may have several keys: a text may write a number or a time, and the event's value decides which is meant. */
export function keysOfLiteral(literal: Literal): LookupKey[] {
  const { value } = literal
  const decimal = decimalOf(value)
  const instant = literal.asInstant()
  const keys: LookupKey[] = typeof value === 'number' ? [numberKey(value)] : [value]
  if (decimal !== undefined) keys.push(decimalKey(decimal))
  if (instant !== undefined) keys.push(instantKey(instant))
  return keys
}

/** The keys of an event's value; none where no literal can equal it. */
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
