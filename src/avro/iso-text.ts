import { type JsonOutput, jsonTextOf } from '#text/json-output.js'
import { instantMsMax } from './instant.js'
import type { FractionDigits } from './schema/avro-schema.js'

/** Writes ISO 8601 texts of Avro's dates and times digit by digit: with `Date.toISOString` a timestamp takes 370 ns. */

const msPerDay = 86_400_000
const msPerHour = 3_600_000
/** The days that JavaScript's Date holds on both sides of the epoch: the years -271821 to 275760. */
const daysMax = instantMsMax / msPerDay

const [plus, minus, point, colon, letterT] = [0x2b, 0x2d, 0x2e, 0x3a, 0x54]

/** Writes `YYYY-MM-DD`. Outside JavaScript's Date range it writes nothing and answers false. */
export function writeDate(output: JsonOutput, days: number): boolean {
  if (Math.abs(days) > daysMax) return false
  writeDay(output, days)
  return true
}

/** Writes `YYYY-MM-DDTHH:MM:SS` and the fraction, without a zone; outside of Date's range as `writeDate`. */
export function writeTimestamp(output: JsonOutput, units: number | bigint, digits: FractionDigits): boolean {
  const ms = wholeMsOf(units, digits)
  if (Math.abs(ms) > instantMsMax) return false
  const days = Math.floor(ms / msPerDay)
  writeDay(output, days)
  output.byte(letterT)
  writeMsOfDay(output, ms - days * msPerDay)
  writeRest(output, units, digits)
  return true
}

/** Writes `HH:MM:SS` and the fraction. Outside one day it writes nothing and answers false. */
export function writeTime(output: JsonOutput, units: number | bigint, digits: FractionDigits): boolean {
  const ms = wholeMsOf(units, digits)
  if (ms < 0 || ms >= msPerDay) return false
  writeMsOfDay(output, ms)
  writeRest(output, units, digits)
  return true
}

/** Writes a span of hours, as MySQL does: `36:00:00.000000`, `-01:30:00.000000`. Outside of Date's range as `writeDate`. */
export function writeSpan(output: JsonOutput, units: number | bigint, digits: FractionDigits): boolean {
  const magnitude = units < 0 ? -units : units
  const ms = wholeMsOf(magnitude, digits)
  if (ms > instantMsMax) return false
  if (units < 0) output.byte(minus)
  const hours = Math.trunc(ms / msPerHour)
  output.digits(hours, 2)
  writeMsOfHour(output, ms - hours * msPerHour)
  writeRest(output, magnitude, digits)
  return true
}

/** As `writeTimestamp`; undefined where that writes nothing. */
export function timestampText(units: number | bigint, digits: FractionDigits): string | undefined {
  return jsonTextOf((output) => void writeTimestamp(output, units, digits)) || undefined
}

/** As `writeTime`; undefined where that writes nothing. */
export function timeText(units: number | bigint, digits: FractionDigits): string | undefined {
  return jsonTextOf((output) => void writeTime(output, units, digits)) || undefined
}

/**
 * The ISO 8601 duration of Avro's months, days and milliseconds: `P1M2DT3.004S`. Parts that are zero are left out; an empty duration is
 * `PT0.000S`.
 */
export function durationText(months: number, days: number, ms: number): string {
  const date = (months === 0 ? '' : `${months}M`) + (days === 0 ? '' : `${days}D`)
  if (ms === 0 && date !== '') return `P${date}`
  return `P${date}T${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}S`
}

/** The whole milliseconds, rounded down. */
function wholeMsOf(units: number | bigint, digits: FractionDigits): number {
  if (digits === 3) return Number(units)
  if (digits === 6 && typeof units === 'number') return Math.floor(units / 1000)
  const perMs = digits === 6 ? 1000n : 1_000_000n
  return Number((BigInt(units) - restOf(units, perMs)) / perMs)
}

/** The digits of the fraction behind the milliseconds. */
function writeRest(output: JsonOutput, units: number | bigint, digits: FractionDigits): void {
  if (digits === 3) return
  if (digits === 6 && typeof units === 'number') output.digits(units - Math.floor(units / 1000) * 1000, 3)
  else output.digits(Number(restOf(units, digits === 6 ? 1000n : 1_000_000n)), digits - 3)
}

function restOf(units: number | bigint, perMs: bigint): bigint {
  return ((BigInt(units) % perMs) + perMs) % perMs
}

function writeMsOfDay(output: JsonOutput, ms: number): void {
  const hours = Math.trunc(ms / msPerHour)
  output.pair(hours)
  writeMsOfHour(output, ms - hours * msPerHour)
}

function writeMsOfHour(output: JsonOutput, ms: number): void {
  const seconds = Math.trunc(ms / 1000)
  const minutes = Math.trunc(seconds / 60)
  output.byte(colon)
  output.pair(minutes)
  output.byte(colon)
  output.pair(seconds - 60 * minutes)
  output.byte(point)
  output.digits(ms - 1000 * seconds, 3)
}

/**
 * Writes the civil date of a day count, by eras of 400 years that begin on 1 March (Howard Hinnant, 'chrono-compatible low-level date
 * algorithms').
 */
function writeDay(output: JsonOutput, days: number): void {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = Math.trunc(dayOfEra / 1460) - Math.trunc(dayOfEra / 36_524) + Math.trunc(dayOfEra / 146_096)
  const yearOfEra = Math.trunc((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.trunc(yearOfEra / 4) - Math.trunc(yearOfEra / 100))
  const monthFromMarch = Math.trunc((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.trunc((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  writeYear(output, yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
  output.byte(minus)
  output.pair(month)
  output.byte(minus)
  output.pair(day)
}

/** Outside the years 0 to 9999 ISO 8601 asks for a sign and six digits, as JavaScript writes them. */
function writeYear(output: JsonOutput, year: number): void {
  if (year < 0 || year > 9999) {
    output.byte(year < 0 ? minus : plus)
    output.digits(Math.abs(year), 6)
    return
  }
  const century = Math.trunc(year / 100)
  output.pair(century)
  output.pair(year - 100 * century)
}
