import { decimalOfNumber, Exact, parseDecimal, writesDecimal } from '#avro/decimal.js'
import { Instant, parseInstant } from '#avro/instant.js'
import { ComparedNumber } from './compared-number.js'

export type Scalar = null | boolean | number | string

export function isScalar(json: unknown): json is Scalar {
  return json === null || typeof json === 'boolean' || typeof json === 'number' || typeof json === 'string'
}

/** Whether the number is not the one that was written: the parser rounds integers beyond 2^53, and 1e999 to infinity. */
export function isRounded(json: unknown): boolean {
  return typeof json === 'number' && (Number.isInteger(json) || !Number.isFinite(json)) && !Number.isSafeInteger(json)
}

/**
 * The kind of a literal:
 * - `number`, `boolean`, `null`: a value of that JSON type.
 * - `decimal`: a text that writes a number. `instant`: a text that writes a date or a time. `text`: any other text.
 */
export type LiteralKind = 'null' | 'boolean' | 'number' | 'decimal' | 'instant' | 'text'

/** A value of the policy file or of a claim, with which conditions compare. Its meaning as a number or a time is worked out once. */
export class Literal {
  private number: ComparedNumber | undefined | null = null
  private instant: Instant | undefined | null = null

  constructor(readonly value: Scalar) {}

  get kind(): LiteralKind {
    const { value } = this
    if (value === null) return 'null'
    if (typeof value !== 'string') return typeof value === 'number' ? 'number' : 'boolean'
    if (writesDecimal(value)) return 'decimal'
    return this.asInstant() === undefined ? 'text' : 'instant'
  }

  asNumber(): ComparedNumber | undefined {
    if (this.number === null) {
      const decimal = decimalOf(this.value)
      this.number = decimal && new ComparedNumber(decimal)
    }
    return this.number
  }

  asInstant(): Instant | undefined {
    if (this.instant === null) this.instant = typeof this.value === 'string' ? parseInstant(this.value) : undefined
    return this.instant
  }

  toJSON(): Scalar {
    return this.value
  }
}

/** The number that a scalar is or writes. */
export function decimalOf(value: Scalar): Exact | undefined {
  if (typeof value === 'number') return decimalOfNumber(value)
  return typeof value === 'string' ? parseDecimal(value) : undefined
}

/**
 * Compares an event's value with a literal: -1, 0 or 1, and NaN where they are neither equal nor ordered. All conditions compare by it.
 *
 * - A numeric value (a number or `Exact`) compares by value with numbers and with strings that write a decimal number
 *   (`"1152921504606846977"`, `"10.00"`; no exponent).
 * - An `Instant` compares with ISO 8601 strings: a date, or a date and time with a fraction of up to 9 digits, then `Z`, an offset or
 *   neither (UTC).
 * - Strings compare with strings by their UTF-16 code units, booleans with booleans; null equals null.
 * - Everything else is of different kinds: a string field never equals a number, null is never less than anything.
 */
export function compareWithLiteral(value: unknown, literal: Literal): number {
  const other = literal.value
  if (typeof value === 'string') return typeof other === 'string' ? order(value, other) : NaN
  if (typeof value === 'number') return typeof other === 'number' ? order(value, other) : (literal.asNumber()?.compare(value) ?? NaN)
  if (typeof value === 'boolean') return typeof other === 'boolean' ? order(value, other) : NaN
  if (value === null) return other === null ? 0 : NaN
  if (value instanceof Exact) return literal.asNumber()?.compare(value) ?? NaN
  return value instanceof Instant ? compareInstants(value, literal.asInstant()) : NaN
}

function compareInstants(value: Instant, literal: Instant | undefined): number {
  return literal === undefined ? NaN : order(value.nanoseconds, literal.nanoseconds)
}

function order<T extends string | number | bigint | boolean>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : a > b ? 1 : NaN
}
