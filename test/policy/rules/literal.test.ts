import { test } from 'tap'
import { compareWithLiteral, Literal, type Scalar } from '#policy/rules/literal.js'
import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'

function compare(value: unknown, literal: Scalar): number {
  return compareWithLiteral(value, new Literal(literal))
}

test('compares numbers, longs and decimals by value', (t) => {
  const long = new Exact(1152921504606846977n, 0)
  t.equal(compare(long, '1152921504606846977'), 0)
  t.equal(compare(long, '1152921504606846976'), 1)
  t.equal(compare(long, '1152921504606846977.5'), -1)
  const ten = new Exact(1000n, 2)
  for (const literal of [10, '10', '10.0', '10.000']) t.equal(compare(ten, literal), 0, JSON.stringify(literal))
  t.equal(compare(ten, 9.99), 1)
  t.equal(compare(ten, '-10'), 1)
  t.equal(compare(new Exact(-5n, 2), -0.05), 0)
  t.equal(compare(10, '10.00'), 0)
  t.equal(compare(0.1, '0.1'), 0)
  t.equal(compare(new Exact(1n, 1), 0.1), 0)
  t.equal(compare(1e-7, '0.0000001'), 0)
  t.equal(compare(1e21, '1000000000000000000000'), 0)
  t.equal(compare(-0, 0), 0)
  t.end()
})

test('compares instants with ISO 8601 texts', (t) => {
  const noon = new Instant(1_672_574_400_000_000_000n)
  for (const text of ['2023-01-01T12:00:00Z', '2023-01-01T12:00', '2023-01-01 12:00:00.000000000', '2023-01-01T14:00:00+02:00']) {
    t.equal(compare(noon, text), 0, text)
  }
  t.equal(compare(noon, '2023-01-01'), 1)
  t.equal(compare(noon, '2023-01-01T12:00:00.000000001Z'), -1)
  t.equal(compare(new Instant(-1n), '1969-12-31T23:59:59.999999999Z'), 0)
  for (const text of ['2023-02-30', '2023-01-01T25:00Z', '2023', 'noon', '2023-01-01T12:00:00.0000000001Z', '']) {
    t.ok(Number.isNaN(compare(noon, text)), text)
  }
  t.end()
})

test('finds different kinds neither equal nor ordered', (t) => {
  const pairs: [unknown, Scalar][] = [
    ...([
      ['10', 10],
      ['1', true],
      [true, 1],
      [true, 'true'],
      [null, 0],
      [null, false],
      [null, ''],
      [0, null],
      [0, false],
    ] as [unknown, Scalar][]),
    ...([
      [10, 'ten'],
      [10, '1e1'],
      [10, ' 10'],
      [10, '+10'],
      [10, '10.'],
      [NaN, 5],
      [Infinity, '5'],
      [undefined, null],
    ] as [unknown, Scalar][]),
    ...([
      [new Exact(1n, 0), true],
      [new Exact(0n, 0), null],
      [new Instant(0n), 0],
      [new Instant(0n), '0'],
    ] as [unknown, Scalar][]),
    ...([
      [[1], 1],
      [{}, '[object Object]'],
      [['a'], 'a'],
    ] as [unknown, Scalar][]),
  ]
  for (const [value, literal] of pairs) t.ok(Number.isNaN(compare(value, literal)), `${String(value)} and ${JSON.stringify(literal)}`)
  t.end()
})

test('orders strings and finds equals', (t) => {
  t.equal(compare('a', 'b'), -1)
  t.equal(compare('b', 'a'), 1)
  t.equal(compare('${user.x}', '${user.x}'), 0)
  t.equal(compare(false, false), 0)
  t.equal(compare(null, null), 0)
  t.end()
})

test('does not spend time on texts of a megabyte', (t) => {
  const started = process.hrtime.bigint()
  for (const text of ['1'.repeat(1e6), `1.${'0'.repeat(1e6)}`, `${'1'.repeat(1e6)}x`, '2023-01-01T'.repeat(1e5)]) {
    t.ok(Number.isNaN(compare(new Exact(1n, 0), text)))
    t.ok(Number.isNaN(compare(new Instant(1n), text)))
  }
  t.ok(process.hrtime.bigint() - started < 1_000_000_000n)
  t.end()
})
