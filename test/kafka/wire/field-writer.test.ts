import { test } from 'tap'
import { FieldReader } from '#kafka/wire/field-reader.js'
import { FieldWriter } from '#kafka/wire/field-writer.js'
import { fc } from '../../support/running/seeded-properties.js'

/** A field by its kind, with what is written. */
type Field =
  | { readonly kind: 'int8' | 'int16' | 'int32' | 'offset'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string' | 'uuid'; readonly value: string }
  | { readonly kind: 'array'; readonly value: readonly string[] }
  | { readonly kind: 'tags'; readonly value: undefined }

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ kind: fc.constant('int8' as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ kind: fc.constant('int16' as const), value: fc.integer({ min: -32_768, max: 32_767 }) }),
  fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('offset' as const), value: fc.maxSafeInteger() }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'grapheme', maxLength: 400 }) }),
  fc.record({
    kind: fc.constant('uuid' as const),
    value: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  }),
  fc.record({ kind: fc.constant('array' as const), value: fc.array(fc.string(), { maxLength: 200 }) }),
  fc.constant({ kind: 'tags' as const, value: undefined }),
)

function write(fields: FieldWriter, { kind, value }: Field): void {
  if (kind === 'tags') fields.tags()
  else if (kind === 'array') fields.array(value, (text) => fields.string(text))
  else if (kind === 'boolean') fields.boolean(value)
  else if (kind === 'string' || kind === 'uuid') fields[kind](value)
  else if (kind === 'offset') fields.int64(value)
  else if (typeof value === 'number') fields[kind](value)
}

function read(fields: FieldReader, { kind }: Field): Field['value'] {
  if (kind === 'tags') fields.tags()
  if (kind === 'array') return fields.array(() => fields.string())
  return kind === 'tags' ? undefined : fields[kind]()
}

for (const isFlexible of [false, true]) {
  test(`what is written is read back the same, however long it becomes, ${isFlexible ? 'with' : 'without'} varints and tags`, (t) => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 60 }), (fields) => {
        const writer = new FieldWriter(isFlexible)
        for (const one of fields) write(writer, one)
        const reader = new FieldReader(writer.bytes, isFlexible)
        t.same(
          fields.map((one) => read(reader, one)),
          fields.map(({ value }) => value),
        )
        t.throws(() => reader.int8(), RangeError, 'and nothing is left over')
      }),
    )
    t.end()
  })
}

test('a field is whole on whose behalf the memory had to grow', (t) => {
  for (const isFlexible of [false, true]) {
    for (const write of [
      (fields: FieldWriter) => fields.int8(0x11),
      (fields: FieldWriter) => fields.int16(0x1111),
      (fields: FieldWriter) => fields.int32(0x11111111),
      (fields: FieldWriter) => fields.int64(0x11111111111111),
      (fields: FieldWriter) => fields.uuid('11'.repeat(16)),
      (fields: FieldWriter) => fields.string('\x11'.repeat(0x10)),
      (fields: FieldWriter) => fields.array(Array<number>(0x10).fill(0x11), (one) => fields.int8(one)),
    ]) {
      const one = new FieldWriter(isFlexible)
      write(one)
      const many = new FieldWriter(isFlexible)
      for (let n = 0; n < 1000; n++) write(many)
      t.ok(many.bytes.equals(Buffer.concat(Array<Buffer>(1000).fill(one.bytes))))
    }
  }
  t.end()
})

test('an answer that ends too early, or counts more than it holds, is refused at once', (t) => {
  for (const isFlexible of [false, true]) {
    const writer = new FieldWriter(isFlexible)
    writer.array(['one', 'two'], (text) => writer.string(text))
    for (let end = 0; end < writer.bytes.length; end++) {
      const reader = new FieldReader(writer.bytes.subarray(0, end), isFlexible)
      t.throws(() => reader.array(() => reader.string()), RangeError)
    }
  }
  t.throws(() => new FieldReader(Buffer.from([0x7f, 0xff, 0xff, 0xff]), false).array(() => 0), /elements in/)
  t.throws(() => new FieldReader(Buffer.alloc(8, 0xff), true).string(), /too long/)
  t.end()
})

test('tags that a broker adds are passed over', (t) => {
  const reader = new FieldReader(Buffer.from([2, 0, 1, 0xaa, 5, 2, 0xbb, 0xcc, 42]), true)
  reader.tags()
  t.equal(reader.int8(), 42)
  t.end()
})
