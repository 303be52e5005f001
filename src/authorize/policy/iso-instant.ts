import { Instant } from '../../decode/entity-schema.js'

/** Year (as JavaScript and our frames write those outside of four digits), month and day; then optionally hours and minutes, seconds, a fraction of up to 9 digits, and the offset. */
const isoText = /^((?:\d{4}|[+-]\d{6})-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/

/** The instant that an ISO 8601 text names, undefined where it names none. Without an offset it is UTC; a date is its midnight. */
export function parseInstant(text: string): Instant | undefined {
  const parts = isoText.exec(text)
  if (parts === null) return undefined
  const [, day, minutes = '00:00', seconds = '00', fraction = '', offset = 'Z'] = parts
  const ms = Date.parse(`${day!}T${minutes}:${seconds}${offset}`)
  if (Number.isNaN(ms) || !isCalendarDay(day!)) return undefined
  return new Instant(BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')))
}

/** `Date.parse` takes 30 February for 1 or 2 March. */
function isCalendarDay(day: string): boolean {
  return new Date(`${day}T00:00Z`).toISOString().startsWith(day)
}
