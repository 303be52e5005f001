import { types } from 'node:util'
import { InvalidEntityError } from './invalid-entity.js'

// Values come from other people's code: getters and proxies may throw, and an object that calls itself a Date or an array may not be one.
// All values are examined here, in ways that they cannot replace. An exception of theirs becomes an InvalidEntityError at its place.

/* eslint-disable @typescript-eslint/unbound-method -- they are called with the value as `this`, and no method of its own instead */
const getTime: (value: unknown) => number = Function.prototype.call.bind(Date.prototype.getTime)
const entriesIn: (value: unknown) => Iterable<[unknown, unknown]> = Function.prototype.call.bind(Map.prototype.entries)
/* eslint-enable @typescript-eslint/unbound-method -- until here */

/** @throws InvalidEntityError where the value throws anything itself */
export function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new InvalidEntityError('', 'a value that can be read', `the exception ${exceptionText(error)}`)
  }
}

/** The milliseconds of a Date since the epoch, NaN where it is invalid; undefined for other values. */
export function msOfDate(value: unknown): number | undefined {
  return types.isDate(value) ? getTime(value) : undefined
}

/** A copy of the bytes of a Buffer or another Uint8Array; undefined for other values. */
export function copyBytes(value: unknown): Uint8Array | undefined {
  return types.isUint8Array(value) ? reading(() => new Uint8Array(value)) : undefined
}

/** The length of an array; undefined for other values. A proxy may call anything its length. */
export function lengthOf(value: unknown): number | undefined {
  const length: unknown = reading(() => (Array.isArray(value) ? value.length : undefined))
  if (length === undefined || (Number.isSafeInteger(length) && (length as number) >= 0)) return length as number | undefined
  throw new InvalidEntityError('', 'an array', 'one without a length')
}

/** The entries of a Map or a plain object; undefined for other values, as what a Set or a URLSearchParams holds would be lost silently. */
export function entriesOf(value: unknown): readonly (readonly [key: unknown, read: () => unknown])[] | undefined {
  if (types.isMap(value)) return [...entriesIn(value)].map(([key, item]) => [key, () => item] as const)
  if (!isPlain(value)) return undefined
  return namesOf(value).map((name) => [name, () => memberOf(value, name)] as const)
}

/** Whether the value can be a record with these members: a plain object, or one of a class that has some of them. */
export function isRecord(value: unknown, names: Iterable<string>): value is object {
  if (typeof value !== 'object' || value === null || types.isDate(value) || types.isUint8Array(value) || types.isMap(value)) return false
  if (lengthOf(value) !== undefined) return false
  return isPlain(value) || [...names].some((name) => memberOf(value, name) !== undefined)
}

export function namesOf(value: object): string[] {
  return reading(() => Object.keys(value))
}

/** A member of an object, also one that a class's getter answers, but not one that every object inherits. */
export function memberOf(value: object, name: string): unknown {
  return reading(() => {
    if (!Object.hasOwn(value, name) && name in Object.prototype) return undefined
    return (value as Record<string, unknown>)[name]
  })
}

/** Whether it is a plain object, also one of another realm (`node:vm`), as in Jest. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return reading(() => {
    const prototype = Object.getPrototypeOf(value) as object | null
    return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  })
}

/** The text of anything that was thrown, even if it throws again when it is read. */
function exceptionText(error: unknown): string {
  try {
    return JSON.stringify(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 100)
  } catch {
    return 'of a value that cannot be read'
  }
}
