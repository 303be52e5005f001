/** A date or a timestamp, in nanoseconds since the epoch. */
export class Instant {
  constructor(readonly nanoseconds: bigint) {}
}

/**
 * Year (in JavaScript's form, also outside of four digits), month and day; then optionally hours and minutes, seconds, a fraction of up to
 * 9 digits, and the offset.
 */
const isoText = /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/

const nanosecondsOfSecond = 1_000_000_000n
/**
 * The milliseconds that JavaScript's Date holds on both sides of the epoch. No frame shows a time beyond it, whatever long an event holds.
 */
export const instantMsMax = 8_640_000_000_000_000
const nanosecondsMax = BigInt(instantMsMax) * 1_000_000n

/**
 * The instant that an ISO 8601 text names; undefined where it names none. Without an offset it is UTC; a date is its midnight. Worked out
 * by arithmetic, as a Date cannot hold every part: it holds the instant of `-271821-04-19T23:00-23:59`, but not its day.
 */
export function parseInstant(text: string): Instant | undefined {
  const parts = isoText.exec(text)
  if (parts === null || parts[1] === '-000000') return undefined
  const [year, month, day, hours = 0, minutes = 0, seconds = 0] = parts.slice(1, 7).map((part) => part && Number(part)) as number[]
  const fraction = (parts[7] ?? '').padEnd(9, '0')
  const offset = offsetSecondsOf(parts[8], Number(parts[9] ?? 0), Number(parts[10] ?? 0))
  if (!isDay(year!, month!, day!) || !isTime(hours, minutes, seconds, Number(fraction)) || offset === undefined) return undefined
  const wholeSeconds = daysBefore(year!, month!, day!) * 86_400 + hours * 3600 + minutes * 60 + seconds - offset
  const nanoseconds = BigInt(wholeSeconds) * nanosecondsOfSecond + BigInt(fraction)
  return nanoseconds > nanosecondsMax || nanoseconds < -nanosecondsMax ? undefined : new Instant(nanoseconds)
}

function offsetSecondsOf(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (hours > 23 || minutes > 59) return undefined
  return (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60)
}

/** Midnight may be written as 24:00 of the day before. There is no second 60, as in JavaScript. */
function isTime(hours: number, minutes: number, seconds: number, fraction: number): boolean {
  if (hours === 24) return minutes === 0 && seconds === 0 && fraction === 0
  return hours < 24 && minutes < 60 && seconds < 60
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The days since the epoch, by years that begin on 1 March (Howard Hinnant, 'chrono-compatible low-level date algorithms'). */
function daysBefore(year: number, month: number, day: number): number {
  const fromMarch = month > 2 ? year : year - 1
  const leapDays = Math.floor(fromMarch / 4) - Math.floor(fromMarch / 100) + Math.floor(fromMarch / 400)
  const daysOfMonths = Math.floor((153 * ((month + 9) % 12) + 2) / 5)
  return 365 * fromMarch + leapDays + daysOfMonths + day - 1 - 719_468
}
