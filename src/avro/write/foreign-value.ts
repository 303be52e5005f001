import { types } from 'node:util'
import { InvalidEntityError } from './invalid-entity.js'

// Values come from anybody's code: getters and proxies may throw, and what calls itself a Date or an array may be none. What is asked of them
// is asked here, in ways that they cannot replace, and an exception of theirs is an InvalidEntityError where it happened.

/* eslint-disable @typescript-eslint/unbound-method -- they are called with the value as `this`, and no method of its own instead */
const timeOf: (value: unknown) => number = Function.prototype.call.bind(Date.prototype.getTime)
const entriesIn: (value: unknown) => Iterable<[unknown, unknown]> = Function.prototype.call.bind(Map.prototype.entries)
/* eslint-enable @typescript-eslint/unbound-method -- until here */

/** @throws InvalidEntityError where the value throws anything itself */
export function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new InvalidEntityError('', 'a value that can be read', `the exception ${textOf(error)}`)
  }
}

/** Milliseconds since the epoch, NaN of an invalid Date; undefined where it is none. */
export function msOfDate(value: unknown): number | undefined {
  return types.isDate(value) ? timeOf(value) : undefined
}

/** A copy of a Buffer's or another Uint8Array's bytes; undefined where it is none. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  return types.isUint8Array(value) ? reading(() => new Uint8Array(value)) : undefined
}

/** Undefined where it is no array. A proxy may call anything its length. */
export function lengthOf(value: unknown): number | undefined {
  const length: unknown = reading(() => (Array.isArray(value) ? value.length : undefined))
  if (length === undefined || (Number.isSafeInteger(length) && (length as number) >= 0)) return length as number | undefined
  throw new InvalidEntityError('', 'an array', 'one without a length')
}

/** Undefined where it is no Map and no plain object: what a Set or a URLSearchParams holds would be lost without a word. */
export function entriesOf(value: unknown): readonly (readonly [key: unknown, read: () => unknown])[] | undefined {
  if (types.isMap(value)) return [...entriesIn(value)].map(([key, item]) => [key, () => item] as const)
  if (!isPlain(value)) return undefined
  return namesOf(value).map((name) => [name, () => memberOf(value, name)] as const)
}

/** Whether it can be one with these members: a plain object, or one of a class that has some of them. */
export function isRecord(value: unknown, names: Iterable<string>): value is object {
  if (typeof value !== 'object' || value === null || types.isDate(value) || types.isUint8Array(value) || types.isMap(value)) return false
  if (lengthOf(value) !== undefined) return false
  return isPlain(value) || [...names].some((name) => memberOf(value, name) !== undefined)
}

export function namesOf(value: object): string[] {
  return reading(() => Object.keys(value))
}

/** Also what a class's getters answer, but not what every object inherits. */
export function memberOf(value: object, name: string): unknown {
  return reading(() => {
    if (!Object.hasOwn(value, name) && name in Object.prototype) return undefined
    return (value as Record<string, unknown>)[name]
  })
}

/** Also of another realm (`node:vm`), as Jest's are. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return reading(() => {
    const prototype = Object.getPrototypeOf(value) as object | null
    return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  })
}

/** Whatever is thrown, and whatever it does when it is looked at. */
function textOf(error: unknown): string {
  try {
    return JSON.stringify(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 100)
  } catch {
    return 'of a value that cannot be read'
  }
}
