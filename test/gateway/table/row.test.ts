import fc from 'fast-check'
import { test } from 'tap'
import { Block } from '#gateway/table/block.js'
import { Row, rowBytes } from '#gateway/table/row.js'

/** Texts that are alike once their bytes are taken for characters, or their characters for bytes. */
const arbitraryId = fc.oneof(
  fc.constantFrom('é', 'Ã©', '\u00c3\u00a9', 'a', 'ab', '\u0161', '\u0261', '𝒳', '\u007f', '\u0080'),
  fc.string({ unit: fc.constantFrom('a', 'é', 'Ã', '©', '\u0101', '𝒳'), maxLength: 4 }),
  fc.string({ unit: 'binary', maxLength: 256 }),
)

function rowOf(id: string): Row {
  const block = new Block()
  const length = rowBytes(id, null)
  const row = new Row(block, block.take(length))
  const rank = { timestampMs: 0, operation: 'update' } as const
  row.write(length, id, { log: 0, offset: 0, kafkaTimestampMs: 0, timestampMs: 0, operation: 'update', rank, value: null }, -1)
  return row
}

test('a row is of the id that it was written with and of no other', (t) => {
  fc.assert(
    fc.property(arbitraryId, arbitraryId, (id, other) => {
      const row = rowOf(id)
      return row.isOf(id) && row.isOf(other) === (id === other)
    }),
    { numRuns: 2000 },
  )
  t.end()
})
