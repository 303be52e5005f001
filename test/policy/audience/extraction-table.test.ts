import { test } from 'tap'
import { ExtractionTable } from '#policy/audience/extraction-table.js'
import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { BadRecordError } from '#errors.js'

test('reads an event once for all that ask for the same paths', (t) => {
  let reads = 0
  const schema = { extractionOf: () => (bytes: Buffer) => ({ read: ++reads, byte: bytes[0]! }) } as unknown as EntitySchema
  const table = new ExtractionTable()
  const event = (byte: number): EntityData => ({ schema, bytes: Buffer.from([byte]), start: 0 })
  const [one, other] = [event(1), event(2)]
  t.equal(table.sharedExtraction(schema, ['a', 'b']), table.sharedExtraction(schema, ['b', 'a', 'b']))
  t.not(table.sharedExtraction(schema, ['a', 'b']), table.sharedExtraction(schema, ['a,b']), 'a name may have a comma')
  for (let i = 0; i < 3; i++) t.same(table.sharedExtraction(schema, ['a']).valuesOf(one).judged.value, { read: 1, byte: 1 })
  t.same(table.sharedExtraction(schema, ['a']).valuesOf(other).judged.value, { read: 2, byte: 2 })
  t.same(table.sharedExtraction(schema, ['b']).valuesOf(other).judged.value, { read: 3, byte: 2 })
  t.same(table.sharedExtraction(schema, ['a']).valuesOf(one).judged.value, { read: 4, byte: 1 })
  t.end()
})

test('fails for all that ask where the event cannot be read, and goes on with the next', (t) => {
  const extract = (bytes: Buffer) => {
    if (bytes.length === 0) throw new BadRecordError('truncated')
    return { byte: bytes[0]! }
  }
  const schema = { extractionOf: () => extract } as unknown as EntitySchema
  const extraction = new ExtractionTable().sharedExtraction(schema, ['a'])
  const [good, bad] = [Buffer.from([1]), Buffer.alloc(0)].map((bytes): EntityData => ({ schema, bytes, start: 0 }))
  t.same(extraction.valuesOf(good!).judged.value, { byte: 1 })
  for (let i = 0; i < 2; i++) t.throws(() => extraction.valuesOf(bad!), new BadRecordError('truncated'))
  t.same(extraction.valuesOf(good!).judged.value, { byte: 1 })
  t.end()
})
