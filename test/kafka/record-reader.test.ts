import { test } from 'tap'
import { RecordReader, type RecordFrame } from '#kafka/record-reader.js'
import { encodeHeaders } from '#kafka/record-headers.js'
import { encodeRecord, varint } from '../support/kafka/record-batch.js'
import { fc } from '../support/running/seeded-properties.js'

const frameOf = (count: number, more: Partial<RecordFrame> = {}): RecordFrame => ({
  ...{ count, firstOffset: 100, lastOffsetDelta: 1_000_000, firstTimestampMs: 0, appendTimeMs: undefined },
  ...more,
})

function readAll(input: Buffer, frame: RecordFrame) {
  const reader = new RecordReader(input, frame)
  const records = []
  for (let record = reader.next(); record !== undefined; record = reader.next()) records.push(record)
  return records
}

/** By passing over them. */
function countAll(input: Buffer, frame: RecordFrame): number {
  const reader = new RecordReader(input, frame)
  let count = 0
  while (reader.pass()) count++
  return count
}

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)))
const arbitraryRecord = fc.record({
  gap: fc.nat(3),
  timestampDelta: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  key: bytes,
  value: bytes,
  headers: fc.array(fc.tuple(fc.string({ maxLength: 5 }), bytes), { maxLength: 3 }),
})

test('reads what was written, whatever it was, and passes over just as many', (t) => {
  fc.assert(
    fc.property(fc.array(arbitraryRecord, { maxLength: 20 }), (records) => {
      let delta = -1
      const written = records.map((record) => ({ ...record, offsetDelta: (delta += 1 + record.gap) }))
      const input = Buffer.concat(written.map(encodeRecord))
      const read = readAll(input, frameOf(records.length))
      const expected = written.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
        ...{ offset: 100 + offsetDelta, timestampMs: Number(timestampDelta), key, value, headers: encodeHeaders(headers) },
      }))
      if (countAll(input, frameOf(records.length)) !== records.length) throw new Error('passed over another number')
      t.same(read, expected)
    }),
    { numRuns: 300 },
  )
  t.end()
})

const record = (offsetDelta: number) => encodeRecord({ offsetDelta, value: Buffer.from('abc') })
/** The fields of a record behind its length. */
const recordOf = (...fields: (number | Buffer)[]) => {
  const body = Buffer.concat(fields.map((field) => (typeof field === 'number' ? varint(field) : field)))
  return Buffer.concat([varint(body.length), body])
}

const lies: Record<string, readonly [Buffer, RecordFrame]> = {
  'more records than it counts': [Buffer.concat([record(0), record(1)]), frameOf(1)],
  'fewer records than it counts': [record(0), frameOf(2)],
  'a negative count': [record(0), frameOf(-1)],
  'a count beyond its bytes': [record(0), frameOf(400_000)],
  'a count beyond the limit': [Buffer.alloc(8_000_000), frameOf(500_001)],
  'offsets that do not rise': [Buffer.concat([record(1), record(1)]), frameOf(2)],
  'offsets that fall': [Buffer.concat([record(5), record(4)]), frameOf(2)],
  'a negative offset': [record(-1), frameOf(1)],
  'an offset behind its last': [record(2), frameOf(1, { lastOffsetDelta: 1 })],
  'a record of a negative length': [Buffer.concat([varint(-5), Buffer.alloc(20)]), frameOf(1)],
  'a record that ends beyond it': [Buffer.concat([varint(500), Buffer.alloc(20)]), frameOf(1)],
  'a record that is longer than its fields': [recordOf(0, 0, 0, -1, -1, 0, 0), frameOf(1)],
  'a record that is shorter than its fields': [Buffer.concat([varint(3), recordOf(0, 0, 0, -1, -1, 0)]), frameOf(1)],
  'a key that ends beyond it': [recordOf(0, 0, 0, 2_000_000_000, -1, 0), frameOf(1)],
  'a value that ends beyond it': [recordOf(0, 0, 0, -1, 2_000_000_000, 0), frameOf(1)],
  'a negative number of headers': [recordOf(0, 0, 0, -1, -1, -1), frameOf(1)],
  'more headers than it holds': [recordOf(0, 0, 0, -1, -1, 2_000_000_000), frameOf(1)],
  'a header without a name': [recordOf(0, 0, 0, -1, -1, 1, -1, -1), frameOf(1)],
  'a header that ends beyond it': [recordOf(0, 0, 0, -1, -1, 1, 2_000_000_000, -1), frameOf(1)],
  'a number of eleven bytes': [recordOf(0, Buffer.alloc(11, 0x80), 0, -1, -1, 0), frameOf(1)],
  'a length of six bytes': [Buffer.concat([Buffer.alloc(5, 0x80), Buffer.alloc(20)]), frameOf(1)],
  'a number that is cut off': [Buffer.from([12, 0, 0, 0, 1, 1, 0x80]), frameOf(1)],
}
for (const [what, [input, frame]] of Object.entries(lies)) {
  test(`refuses ${what}, whether it is read or passed over`, (t) => {
    t.throws(() => readAll(input, frame))
    t.throws(() => countAll(input, frame))
    t.end()
  })
}

test('takes the broker’s time where the topic has that', (t) => {
  t.equal(readAll(record(0), frameOf(1, { appendTimeMs: 42 }))[0]?.timestampMs, 42)
  t.end()
})
