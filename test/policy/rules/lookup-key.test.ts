import { test } from 'tap'
import { compareWithLiteral, Literal, type Scalar } from '#policy/rules/literal.js'
import { keysOfLiteral, keysOfValue } from '#policy/rules/lookup-key.js'
import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'

function meet(value: unknown, literal: Scalar): boolean {
  const keys = keysOfLiteral(new Literal(literal))
  return keysOfValue(value).some((key) => keys.includes(key))
}

const grid = Array.from({ length: 81 }, (_, i) => i - 40)
const texts = ['', 'eu', '-0', '1e1', '10ns', 'true', 'null', 'NaN', '2023-01-01', '2023-01-01T02:00+02:00', '1969-12-31']
const numbers = [-0, 1e-7, 1e21, 2 ** 53, NaN, Infinity, -Infinity]
const literals: readonly Scalar[] = [
  ...[...texts, ...numbers, null, true, false],
  ...grid.flatMap((n) => [n / 4, n, (n / 4).toFixed(2), (n / 4).toFixed(3), String(n)]),
  ...['1152921504606846977', '0.0000001', '1000000000000000000000', '9007199254740992.0'],
]
const values: readonly unknown[] = [
  ...[...literals, undefined, { a: 10 }],
  ...grid.flatMap((n) => [new Exact(BigInt(n), 0), new Exact(BigInt(n), 1), new Exact(BigInt(n * 100), 2), new Exact(BigInt(n), -1)]),
  ...[new Exact(10n ** 21n, 0), new Exact(1152921504606846977n, 0), new Exact(2n ** 53n, 0)],
  ...[0n, -86_400n, 1_672_531_200n].map((seconds) => new Instant(seconds * 1_000_000_000n)),
]

test('finds every literal that equals a value', (t) => {
  const equal = values.flatMap((value) =>
    literals.flatMap((literal) => (compareWithLiteral(value, new Literal(literal)) === 0 ? [[value, literal] as const] : [])),
  )
  t.ok(equal.length > 1_000, `${equal.length} are equal`)
  for (const [value, literal] of equal) {
    if (!meet(value, literal)) t.fail(`${String(value)} and ${JSON.stringify(literal)}`)
  }
  t.end()
})

test('finds no literal of another value or kind', (t) => {
  const pairs: [value: unknown, literal: Scalar][] = [
    ...([
      ['10', 10],
      ['true', true],
      [10, '10.01'],
      [10, 1],
      [100, 10],
      [0.1, 1],
      [new Exact(1001n, 2), 10],
    ] as [unknown, Scalar][]),
    ...([
      [new Instant(0n), 0],
      [new Instant(1n), '1970-01-01'],
      [null, 0],
      [undefined, null],
      [[[10]], 10],
      [{}, null],
    ] as [unknown, Scalar][]),
  ]
  for (const [value, other] of pairs) t.notOk(meet(value, other), `${String(value)} and ${JSON.stringify(other)}`)
  t.end()
})
