import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { AvroReader } from '#avro/read/avro-reader.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { skipOf } from '#avro/read/avro-skip.js'
import { encode } from '../../support/values/avro-cases.js'
import { reasonOf } from '../../support/values/bad-record.js'
import { allLeaves, entityCases, parseEntity } from '../../support/values/entity-cases.js'
import { projectedText } from '../../support/values/projected-text.js'

const array = (items: unknown) => ({ type: 'record', name: 'Thing', fields: [{ name: 'v', type: { type: 'array', items } }] })
type Read = (bytes: Buffer) => unknown
const zigzag = (value: bigint) => encode('long', value)

/** Why the bytes are refused, which must be the same whichever leaves are asked for. */
function refusal(schema: object, ...bytes: (Buffer | number[])[]): string | undefined {
  const entity = parseEntity(schema)
  const value = Buffer.concat(bytes.map((part) => Buffer.from(part)))
  const hidden = reasonOf(() => projectedText(entity, new Set(), value))
  const shown = reasonOf(() => projectedText(entity, allLeaves(entity), value))
  const extracted = reasonOf(() => entity.extractionOf(entity.leaves)(value, 0))
  return hidden === shown && shown === extracted ? hidden : `${hidden}, ${shown}, ${extracted}`
}

test('reads every long, as a number where a double holds it', (t) => {
  const edges = fc.bigInt({ min: 0n, max: 63n }).chain((bits) => fc.constantFrom(2n ** bits - 1n, -(2n ** bits), 2n ** bits / 2n))
  fc.assert(
    fc.property(fc.oneof(edges, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (value) => {
      const reader = new AvroReader(zigzag(value), 0)
      const read = reader.long()
      reader.expectEnd()
      if (BigInt(read) !== value) t.equal(read, value)
      if ((typeof read === 'number') !== (value >= -(2n ** 53n) && value < 2n ** 53n)) t.fail(`${value} as a ${typeof read}`)
    }),
  )
  t.equal(new AvroReader(Buffer.from([0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0]), 0).long(), 1, 'padded')
  t.end()
})

test('whatever is cut off or changed in a record, nothing but a bad record comes of it, for any mask', (t) => {
  fc.assert(
    fc.property(entityCases, fc.nat(), fc.nat({ max: 255 }), ({ bytes, entity, leaves, paths }, place, byte) => {
      fc.pre(bytes.length > 0)
      const at = place % bytes.length
      const flipped = Buffer.from(bytes)
      flipped[at] = byte
      const [project, nothing] = [leaves, new Set<number>()].map((some) => (of: Buffer) => projectedText(entity, some, of)) as [Read, Read]
      const extract = entity.extractionOf(paths)
      if (reasonOf(() => nothing(bytes.subarray(0, at))) === undefined) t.fail('a truncated record passed')
      for (const bad of [bytes.subarray(0, at), flipped, Buffer.concat([bytes, Buffer.from([byte])])]) {
        const reason = reasonOf(() => nothing(bad))
        if (reasonOf(() => project(bad)) !== reason || reasonOf(() => extract(bad, 0)) !== reason) t.fail(`${reason} for one mask alone`)
      }
    }),
    { numRuns: 2000 },
  )
  t.end()
})

test('refuses a count before anything is allocated for it', (t) => {
  t.equal(refusal(array('int'), zigzag(2n ** 40n)), 'over_limit')
  t.equal(refusal(array('int'), zigzag(-(2n ** 40n)), zigzag(1n), [0]), 'over_limit')
  t.equal(refusal(array('int'), zigzag(-(2n ** 63n)), zigzag(0n)), 'over_limit')
  t.equal(refusal(array('int'), zigzag(2n ** 20n), [0, 0]), 'truncated')
  const fewBytes = new AvroReader(Buffer.concat([zigzag(3n), Buffer.alloc(11)]), 0)
  t.equal(
    reasonOf(() => fewBytes.nextBlock(4)),
    'truncated',
  )
  t.equal(refusal(array('null'), zigzag(65_536n), [0]), undefined)
  t.equal(refusal(array('null'), zigzag(40_000n), zigzag(40_000n), [0]), 'over_limit')
  const map = { type: 'record', name: 'Thing', fields: [{ name: 'v', type: { type: 'map', values: 'null' } }] }
  t.equal(refusal(map, zigzag(1000n), [0]), 'truncated')
  t.end()
})

test('reads blocks that say their size, and refuses those that lie about it', (t) => {
  t.equal(refusal(array('int'), zigzag(-2n), zigzag(2n), [2, 4], [0]), undefined)
  t.equal(refusal(array('int'), zigzag(-2n), zigzag(3n), [2, 4], [0]), 'value_invalid')
  t.equal(refusal(array('int'), zigzag(-2n), zigzag(100n), [2, 4], [0]), 'truncated')
  t.equal(refusal(array({ type: 'array', items: 'int' }), zigzag(-1n), zigzag(4n), [1, 2, 2, 0], [0]), undefined)
  t.end()
})

test('refuses what cannot be a value of the schema', (t) => {
  const fields = (...types: unknown[]) => ({ type: 'record', name: 'Thing', fields: types.map((type, i) => ({ name: `f${i}`, type })) })
  t.equal(refusal(fields('boolean'), [2]), 'value_invalid')
  t.equal(refusal(fields('int'), zigzag(2n ** 31n)), 'value_invalid')
  t.equal(refusal(fields('long'), new Array<number>(10).fill(0xff)), 'value_invalid')
  t.equal(refusal(fields('string'), zigzag(-1n)), 'value_invalid')
  t.equal(refusal(fields('string'), zigzag(5n), [0x61]), 'truncated')
  t.equal(refusal(fields({ type: 'enum', name: 'E', symbols: ['A'] }), [2]), 'value_invalid')
  t.equal(refusal(fields(['null', 'int']), [4]), 'value_invalid')
  t.equal(refusal(fields({ type: 'fixed', name: 'F', size: 3 }), [1, 2]), 'truncated')
  t.equal(
    refusal(fields({ type: 'bytes', logicalType: 'decimal', precision: 4 }), zigzag(1025n), new Array<number>(1025).fill(1)),
    'over_limit',
  )
  t.equal(refusal(fields('int'), [0, 0]), 'trailing_bytes')
  t.equal(refusal(fields('int')), 'truncated')
  t.end()
})

test('refuses nesting that is deeper than any document', (t) => {
  const node = {
    type: 'record',
    name: 'Node',
    fields: [
      { name: 'next', type: ['null', 'Node'] },
      { name: 'v', type: 'int' },
    ],
  }
  const nested = (depth: number) => [...new Array<number>(depth).fill(2), 0, ...new Array<number>(depth + 1).fill(0)]
  t.equal(refusal(node, nested(63)), undefined)
  t.equal(refusal(node, nested(64)), 'over_limit')
  t.equal(refusal(node, new Array<number>(100_000).fill(2)), 'over_limit')
  t.equal(
    refusal(
      {
        type: 'record',
        name: 'A',
        fields: [
          { name: 'a', type: 'A' },
          { name: 'v', type: 'int' },
        ],
      },
      [0],
    ),
    'over_limit',
  )
  t.end()
})

test('goes over what takes no bytes without walking it', (t) => {
  class CountingReader extends AvroReader {
    records = 0
    override enter(): void {
      this.records++
      super.enter()
    }
  }
  let doubled: object = { type: 'record', name: 'R0', fields: [] }
  for (let i = 1; i < 16; i++) {
    const fields = [
      { name: 'a', type: doubled },
      { name: 'b', type: `R${i - 1}` },
    ]
    doubled = { type: 'record', name: `R${i}`, fields }
  }
  const reader = new CountingReader(Buffer.alloc(0), 0)
  skipOf(parseAvroSchema(JSON.stringify(doubled)))(reader)
  t.equal(reader.records, 1)
  t.end()
})

test('text that would outgrow any frame is refused', (t) => {
  const names = Array.from({ length: 20 }, (_, i) => ({ name: `${'n'.repeat(1000)}${i}`, type: 'null' }))
  const entity = parseEntity(array({ type: 'record', name: 'Wide', fields: names }))
  const value = Buffer.concat([zigzag(60_000n), Buffer.from([0])])
  t.equal(
    reasonOf(() => projectedText(entity, allLeaves(entity), value)),
    'over_limit',
  )
  t.equal(
    reasonOf(() => projectedText(entity, new Set(), value)),
    undefined,
  )
  t.end()
})
