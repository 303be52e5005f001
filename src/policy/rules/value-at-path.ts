import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'

/** The event's value at the path, through arrays to all that is there; undefined where there is none. */
export function valueAt(object: unknown, path: string): unknown {
  if (!path.includes('.')) return stepInto(object, path)
  let value = object
  for (const name of path.split('.')) value = stepInto(value, name)
  return value
}

/** The member of a record, or of all records of an array. Arrays among these members are opened, one level deep. */
function stepInto(value: unknown, name: string): unknown {
  if (!isArray(value)) return memberOf(value, name)
  const values = value.map((item) => memberOf(item, name))
  return values.filter((item) => item !== undefined).flat()
}

export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && !isArray(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(value instanceof Exact) && !(value instanceof Instant)
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
