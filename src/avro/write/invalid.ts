import { copyBytes, lengthOf, msOfDate } from './foreign-value.js'
import { InvalidEntityError } from './invalid-entity.js'

/** The error for a value whose place is not known yet. */
export function invalid(expected: string, value: unknown): InvalidEntityError {
  return new InvalidEntityError('', expected, described(value))
}

const shownCharactersMax = 40

function described(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'string') return `the string ${JSON.stringify(shortened(value))}`
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`
  if (typeof value === 'bigint') return `the bigint ${bigintText(value)}`
  return typeof value === 'object' ? describedObject(value) : `a ${typeof value}`
}

function describedObject(value: object): string {
  const ms = msOfDate(value)
  if (ms !== undefined) return Number.isNaN(ms) ? 'an invalid Date' : `the Date ${new Date(ms).toISOString()}`
  const bytes = copyBytes(value)
  if (bytes !== undefined) return `a Buffer of ${bytes.length} bytes`
  const length = lengthOf(value)
  return length === undefined ? 'an object' : `an array of ${length}`
}

/** The text of a bigint of a megabyte takes seconds. */
function bigintText(value: bigint): string {
  return BigInt.asIntN(128, value) === value ? shortened(String(value)) : 'of more than 128 bits'
}

function shortened(text: string): string {
  return text.length <= shownCharactersMax ? text : `${text.slice(0, shownCharactersMax)}…`
}
