import { test } from 'tap'
import { parseInstant } from '#avro/instant.js'
import { fc } from '../support/running/seeded-properties.js'

const ms = (text: string) => {
  const nanoseconds = parseInstant(text)?.nanoseconds
  return nanoseconds === undefined ? undefined : Number(nanoseconds / 1_000_000n)
}

test('reads whatever instant a Date holds, also where it does not hold the day that is written', (t) => {
  const edge = 8_640_000_000_000_000
  const texts: [string, number | undefined][] = [
    ['-271821-04-20T00:00Z', -edge],
    ['-271821-04-19T23:00:00-23:59', -edge + (22 * 60 + 59) * 60_000],
    ['-271821-04-19T00:01-23:59', -edge],
    ['-271821-04-19T00:00-23:59', undefined],
    ['-271821-04-19T23:59:59.999999999Z', undefined],
    ['-271821-04-19', undefined],
    ['-271821-04-20T00:00+00:01', undefined],
    ['+275760-09-13', edge],
    ['+275760-09-13T23:59+23:59', edge],
    ['+275760-09-13T00:00:00.000000001Z', undefined],
    ['+275760-09-14T00:00+23:59', undefined],
    ['+999999-12-31T23:59:59Z', undefined],
    ['-999999-01-01', undefined],
    ['-000000-01-01', undefined],
    ['0000-02-29', Date.parse('0000-02-29')],
    ['-000001-12-31T24:00Z', Date.parse('0000-01-01')],
  ]
  for (const [text, expected] of texts) t.equal(ms(text), expected, text)
  t.end()
})

test('refuses what is no day, no time and no offset', (t) => {
  const days = ['1900-02-29', '2023-02-29', '2023-02-30', '2023-04-31', '2023-00-01', '2023-13-01', '2023-01-00', '2023-01-32']
  const times = ['24:00:01', '24:00:00.1', '24:01', '25:00', '00:60', '00:00:60', '23:59:60Z', '00:00+24:00', '00:00-23:60']
  for (const text of [...days, ...times.map((time) => `2023-01-01T${time}`)]) t.equal(parseInstant(text), undefined, text)
  t.end()
})

const digits = (most: number, length: number) => fc.nat(most).map((number) => String(number).padStart(length, '0'))
const year = fc.oneof(
  digits(9999, 4),
  fc.tuple(fc.constantFrom('+', '-'), digits(999_999, 6)).map((parts) => parts.join('')),
  fc.constantFrom('-271821', '+275760', '-000000'),
)
const day = fc.tuple(year, digits(13, 2), digits(32, 2)).map((parts) => parts.join('-'))
const time = fc.tuple(digits(25, 2), digits(60, 2), digits(60, 2)).map((parts) => parts.join(':'))
const offset = fc.oneof(
  fc.constant('Z'),
  fc.tuple(fc.constantFrom('+', '-'), digits(24, 2), digits(60, 2)).map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
)
const edge = fc
  .tuple(fc.constantFrom('-271821-04-19', '-271821-04-20', '+275760-09-12', '+275760-09-13', '+275760-09-14'), time, offset)
  .map(([on, at, from]) => `${on}T${at}${from}`)

test('reads each text as a Date does, but for days that no month has', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(day, time, offset).map(([on, at, from]) => `${on}T${at}${from}`),
        day,
        edge,
      ),
      (text) => {
        // A text without a time that is no ISO date is read by JavaScript in ways of its own.
        const parsed = Date.parse(text.includes('T') ? text : `${text}T00:00Z`)
        const rolledOver = /-0[2469]-3|-11-3|-02-29/.test(text)
        const expected = Number.isNaN(parsed) ? undefined : parsed
        if (ms(text) !== expected && !(rolledOver && ms(text) === undefined)) throw new Error(`${text}: ${ms(text)}, not ${expected}`)
      },
    ),
    { numRuns: 5000 },
  )
  t.end()
})
