import { timestampText } from '#avro/iso-text.js'
import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import { jsonTextOf } from '#text/json-output.js'

/** A value in a sentence is cut to this length, as nobody reads a list of a thousand values there. */
const textLengthMax = 80

/** A value as conditions compare it: decimals without quotes, dates as instants. */
export function comparisonText(value: unknown): string {
  const text = wholeText(value)
  return text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text
}

function wholeText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(itemText).join(', ')}]` : itemText(value)
}

/** No condition compares a list within a list, of which somebody's claims may have any number. */
function itemText(value: unknown): string {
  if (value === undefined) return 'not there'
  if (value instanceof Exact) return jsonTextOf((output) => output.decimal(value.unscaled, value.scale))
  if (value instanceof Instant) return instantText(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value)
}

/** Without the zeros at the end of a second's fraction. */
function instantText({ nanoseconds }: Instant): string {
  const text = timestampText(nanoseconds, 9)
  return text === undefined ? 'a time that cannot be written' : `${text.replace(/\.?0*$/, '')}Z`
}
