import { test } from 'tap'
import { ComparedNumber } from '#policy/rules/compared-number.js'
import { compareDecimals, decimalOfNumber, Exact } from '#avro/decimal.js'
import { fc } from '../../support/running/seeded-properties.js'

const decimal = fc.oneof(
  fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(40)),
  fc.tuple(fc.bigInt({ min: -20n, max: 20n }), fc.nat(3)),
  fc.tuple(fc.bigInt({ min: -5n, max: 5n }), fc.nat(400)),
)
const exact = decimal.map(([unscaled, scale]) => new Exact(unscaled, scale))
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -20, max: 20 }).map((n) => n / 10),
)

/** The same number with so many zeros behind it. */
const zeros = fc.nat(4).map(String)

test('compares as if both were written out, whatever the scales', (t) => {
  const seen = { equal: 0, other: 0 }
  fc.assert(
    fc.property(exact, fc.oneof(exact, double, zeros), (literal, other) => {
      const value = typeof other === 'string' ? new Exact(literal.unscaled * 10n ** BigInt(other), literal.scale + Number(other)) : other
      const number = new ComparedNumber(literal)
      const expected = compareDecimals(value instanceof Exact ? value : decimalOfNumber(value)!, literal)
      seen[expected === 0 ? 'equal' : 'other']++
      if (Math.sign(number.compare(value)) !== Math.sign(expected)) return false
      const key = value instanceof Exact ? number.unscaledAt(value.scale) === value.unscaled : number.double === value
      return key === (expected === 0)
    }),
    { numRuns: 5_000 },
  )
  t.ok(seen.equal > 50 && seen.other > 50, JSON.stringify(seen))
  t.ok(Number.isNaN(new ComparedNumber(new Exact(1n, 0)).compare(NaN)))
  t.end()
})
