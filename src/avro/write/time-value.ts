import { instantMsMax, parseInstant } from '../instant.js'
import type { FractionDigits, LogicalType } from '../schema/avro-schema.js'
import { msOfDate } from './foreign-value.js'

// Dates and times of services, in the units of the schema; undefined where the value is not one, or the units cannot hold it without
// rounding. A number always counts as milliseconds: taken for microseconds it would be a day in 1970.

const msPerDay = 86_400_000
const msMax = BigInt(instantMsMax)
const dayText = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d$/
const zoned = /[T ].*(?:Z|[+-]\d\d:\d\d)$/
const unzoned = /[T ][\d:.]+$/
const timeText = /^(-?)(\d{2,10}):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/

/** The days since the epoch of `YYYY-MM-DD` or of a Date at midnight (UTC). */
export function dayCount(value: unknown): number | undefined {
  if (typeof value === 'string' && !dayText.test(value)) return undefined
  const ms = typeof value === 'string' ? parseMs(value) : (msOfDate(value) ?? NaN)
  const days = ms / msPerDay
  return Number.isInteger(days) ? days : undefined
}

function parseMs(text: string): number {
  const instant = parseInstant(text)
  return instant === undefined ? NaN : Number(instant.nanoseconds / 1_000_000n)
}

/** The units since the epoch of a Date, an ISO text with its zone, a number of milliseconds, or a bigint of the units themselves. */
export function timestampUnits(value: unknown, digits: FractionDigits): bigint | undefined {
  if (typeof value === 'string') return zoned.test(value) ? inUnits(value, digits) : undefined
  const ms = msOfDate(value)
  if (ms !== undefined) return whole(ms) ? shown(BigInt(ms) * unitsPerMs(digits), digits) : undefined
  if (typeof value === 'number') return digits === 3 && whole(value) ? shown(BigInt(value), digits) : undefined
  return typeof value === 'bigint' ? shown(value, digits) : undefined
}

/** The units of a local time: of a text without a zone, or a bigint of the units. */
export function localTimestampUnits(value: unknown, digits: FractionDigits): bigint | undefined {
  if (typeof value === 'string') return unzoned.test(value) ? inUnits(value, digits) : undefined
  return typeof value === 'bigint' ? shown(value, digits) : undefined
}

/** The units since midnight of `HH:MM`, `HH:MM:SS` or with a fraction. A span may have more hours than a day, and a minus before it. */
export function timeUnits(value: unknown, { digits, mayBeSpan = false }: TimeOfDay): bigint | undefined {
  const parts = typeof value === 'string' ? timeText.exec(value) : null
  if (parts === null) return undefined
  const [, sign, hours, minutes, seconds = '0', fraction = ''] = parts
  if (!mayBeSpan && (sign !== '' || hours!.length > 2 || Number(hours) > 23)) return undefined
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const magnitude = withoutRounding(BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')), digits)
  const units = magnitude && shown(sign === '' ? magnitude : -magnitude, digits)
  // Milliseconds are an int.
  return units !== undefined && digits === 3 && BigInt.asIntN(32, units) !== units ? undefined : units
}

type TimeOfDay = Pick<LogicalType & { kind: 'time' }, 'digits' | 'mayBeSpan'>

function inUnits(text: string, digits: FractionDigits): bigint | undefined {
  const instant = parseInstant(text)
  const units = instant && withoutRounding(instant.nanoseconds, digits)
  return units === undefined ? undefined : shown(units, digits)
}

function withoutRounding(nanoseconds: bigint, digits: FractionDigits): bigint | undefined {
  const perUnit = 10n ** BigInt(9 - digits)
  return nanoseconds % perUnit === 0n ? nanoseconds / perUnit : undefined
}

function shown(units: bigint, digits: FractionDigits): bigint | undefined {
  const limit = msMax * unitsPerMs(digits)
  return units >= -limit && units <= limit && BigInt.asIntN(64, units) === units ? units : undefined
}

function unitsPerMs(digits: FractionDigits): bigint {
  return 10n ** BigInt(digits - 3)
}

function whole(ms: number): boolean {
  return Number.isSafeInteger(ms)
}
