import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { exactJson } from '#text/exact-json.js'
import { fc } from '../support/running/seeded-properties.js'

type Tree = null | boolean | number | bigint | string | Tree[] | Map<string, Tree>

const digits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
const edges = fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 63n), 2n ** 64n - 1n, 10n ** 15n, 0n)
/** What a careless search for digits would find. */
const hostile = fc
  .tuple(
    fc.constantFrom('', '"', '\\', '\\"', ': ', ',', '{"a":', '[', '-', '.', '\n', '\u2028', 'é'),
    digits,
    fc.constantFrom('', '"', '\\', ']', ':'),
  )
  .map(([before, number, after]) => `${before}${number}${after}`)
const name = fc.oneof(fc.constantFrom('a', '__proto__', '1', '9007199254740993'), hostile, fc.string({ unit: 'binary' }))
/** None of which JSON writes with digits alone, and none of which is -0. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value) || Math.abs(value) >= 1e21)

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof<fc.Arbitrary<Tree>[]>(digits, edges, double, hostile, fc.string(), fc.constantFrom(null, true, false)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
}))

/** Some characters as JSON may escape them. */
function stringText(value: string, escaped: number): string {
  const hex = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const plain = JSON.stringify(value)
  return escaped % 3 === 0 ? `"${Array.from({ length: value.length }, (_, at) => hex(value[at]!)).join('')}"` : plain
}

function textOf(value: Tree, [space, escaped]: readonly [string, number]): string {
  const inner = (one: Tree) => textOf(one, [space, escaped + 1])
  if (value instanceof Map)
    return `{${space}${[...value].map(([key, one]) => `${stringText(key, escaped)}${space}:${space}${inner(one)}`).join(`${space},`)}${space}}`
  if (Array.isArray(value)) return `[${space}${value.map(inner).join(`${space},${space}`)}${space}]`
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'string' ? stringText(value, escaped) : JSON.stringify(value)
}

function expectedOf(value: Tree, as: 'bigint' | 'string'): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : as === 'bigint' ? value : String(value)
  if (Array.isArray(value)) return value.map((one) => expectedOf(one, as))
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([key, one]) => [key, expectedOf(one, as)]))
}

const written = fc.tuple(tree, fc.tuple(fc.constantFrom('', ' ', '\n\t'), fc.nat(2)))

for (const as of ['bigint', 'string'] as const) {
  test(`keeps each digit of each integer as a ${as}, in lists, under any name, beside any text`, (t) => {
    const seen = { beyond: 0 }
    fc.assert(
      fc.property(written, ([value, form]) => {
        const text = textOf(value, form)
        const expected = expectedOf(value, as)
        if (!isDeepStrictEqual(JSON.parse(text), expected)) seen.beyond++
        return isDeepStrictEqual(exactJson(text, as), expected)
      }),
      { numRuns: 2000 },
    )
    t.ok(seen.beyond > 500)
    t.end()
  })
}

test('makes nothing of the prototype of what it reads', (t) => {
  const read = exactJson('{"__proto__": 9007199254740993, "a": {"__proto__": {"b": 9007199254740993}}}') as Record<string, object>
  t.same(Object.entries(read), [
    ['__proto__', 9007199254740993n],
    ['a', Object.fromEntries([['__proto__', { b: 9007199254740993n }]])],
  ])
  t.equal((read as { b?: unknown }).b, undefined)
  t.end()
})

test('refuses what is no JSON, also where quotes around digits would make it JSON', (t) => {
  const almost = ['{9007199254740993: 1}', '[09007199254740993]', '["a 9007199254740993]', '--9007199254740993', '', '9007199254740993 "']
  for (const text of almost) for (const as of ['bigint', 'string'] as const) t.throws(() => exactJson(text, as), SyntaxError, text)
  const mangled = fc.tuple(written, fc.nat(), fc.nat()).map(([[value, form], at, length]) => {
    const text = textOf(value, form)
    const cut = at % (text.length + 1)
    return text.slice(0, cut) + text.slice(cut + (length % 4))
  })
  fc.assert(
    fc.property(mangled, (text) => isRefused(() => exactJson(text)) === isRefused(() => JSON.parse(text))),
    { numRuns: 1000 },
  )
  t.end()
})

function isRefused(parse: () => unknown): boolean {
  try {
    parse()
    return false
  } catch (error) {
    if (error instanceof SyntaxError) return true
    throw error
  }
}
