import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'

/** What an event holds at the path, through arrays to all that is there; undefined where there is nothing. */
export function valueAt(object: unknown, path: string): unknown {
  if (!path.includes('.')) return stepInto(object, path)
  let value = object
  for (const name of path.split('.')) value = stepInto(value, name)
  return value
}

/** Through an array to the values of all its records, arrays among them opened once. */
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
