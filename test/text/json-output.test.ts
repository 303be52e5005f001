import { test } from 'tap'
import { JsonOutput, jsonTextOf, OutputFullError } from '#text/json-output.js'
import { fc } from '../support/running/seeded-properties.js'

/** Whatever the two texts are made of. */
function alike<T>(values: fc.Arbitrary<T>, write: (output: JsonOutput, value: T) => void, expected: (value: T) => string): void {
  fc.assert(
    fc.property(values, (value) => jsonTextOf((output) => write(output, value)) === expected(value)),
    { numRuns: 1000 },
  )
}

test('quotes any text as JSON.stringify does', async (t) => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ maxLength: 100 }),
    fc.constantFrom('\ud800', 'a\udc00b', '"', '\\', '\x7f'),
  )
  alike(texts, (output, text) => output.quoted(text), JSON.stringify)
  t.pass()
})

test('quotes any bytes as their UTF-8 reads', async (t) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.string({ maxLength: 100 }).map((text) => Buffer.from(text)),
  )
  alike(
    bytes.map((some) => Buffer.concat([Buffer.from('x'), some, Buffer.from('x')])),
    (output, some) => output.quotedFrom(some, 1, some.length - 1),
    (some) => JSON.stringify(some.toString('utf8', 1, some.length - 1)),
  )
  t.pass()
})

test('writes any integer with all its digits', async (t) => {
  const edges = [0, -0, 9, 10, 99, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 1e15 - 1, 1e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
  const longs = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  alike(fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger(), fc.integer(), longs), (output, value) => output.integer(value), String)
  t.pass()
})

test('writes any decimal with the digits of its scale', async (t) => {
  const unscaled = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }))
  alike(
    fc.tuple(unscaled, fc.nat(20)),
    (output, [value, scale]) => output.decimal(value, scale),
    ([value, scale]) => {
      const digits = String(value)
        .replace('-', '')
        .padStart(scale + 1, '0')
      const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)]
      return (value < 0 ? '-' : '') + whole + (scale === 0 ? '' : `.${fraction}`)
    },
  )
  t.pass()
})

test('grows with what is written, takes back, and begins anew', async (t) => {
  const output = new JsonOutput()
  const text = 'ä'.repeat(3_000_000)
  output.quoted(text)
  const { length } = output
  output.ascii('x'.repeat(100))
  output.raw(Buffer.from('y'.repeat(100)))
  output.rewind(length)
  t.equal(output.copy().toString(), `"${text}"`)
  t.equal(output.textFrom(length - 1), '"')
  output.clear()
  output.pair(7)
  t.equal(output.copy().toString(), '07')
})

test('holds no more than it may, to the byte, whatever is written and held back', (t) => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => (output: JsonOutput) => output.text(Buffer.from(text).toString())),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => (output: JsonOutput) => output.quoted(text)),
    fc.string({ maxLength: 200 }).map((text) => (output: JsonOutput) => output.quotedFrom(Buffer.from(text), 0, Buffer.byteLength(text))),
    fc.bigInt().map((value) => (output: JsonOutput) => output.decimal(value, 300)),
    fc.nat(500).map((length) => (output: JsonOutput) => output.raw(Buffer.alloc(length, 'x'))),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(5000), fc.nat(1000), (pieces, bytesMax, held) => {
      const output = new JsonOutput()
      output.clear()
      for (const write of pieces) write(output)
      const { length } = output
      let isFull = false
      output.clear(bytesMax)
      try {
        output.hold(Math.min(held, bytesMax))
        for (const write of pieces) write(output)
      } catch (error) {
        isFull = error instanceof OutputFullError
      }
      if (isFull !== length + Math.min(held, bytesMax) > bytesMax || output.length > bytesMax) throw new Error(`${length} in ${bytesMax}`)
      output.clear()
      for (const write of pieces) write(output)
      if (output.length !== length) throw new Error('something is left of it')
    }),
  )
  t.end()
})
