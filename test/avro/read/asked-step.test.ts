import { test } from 'tap'
import { Branch, encode } from '../../support/values/avro-cases.js'
import { parseEntity } from '../../support/values/entity-cases.js'

const part = {
  type: 'record',
  name: 'Part',
  fields: [
    { name: 'tags', type: { type: 'array', items: 'int' } },
    { name: 'n', type: 'int' },
  ],
}
const schema = {
  type: 'record',
  name: 'Thing',
  fields: [
    { name: 'parts', type: { type: 'array', items: part } },
    { name: 'grid', type: { type: 'array', items: { type: 'array', items: 'int' } } },
    { name: 'words', type: { type: 'map', values: 'int' } },
  ],
}
const paths = ['parts', 'parts.n', 'parts.tags', 'grid', 'words']
const extract = parseEntity(schema).extractionOf(paths)

interface Lengths {
  readonly parts?: number
  readonly tags?: number
  readonly rows?: number
  readonly cells?: number
  readonly words?: number
}

/** The paths of which an event with so many values is not known. */
function unknownOf({ parts = 1, tags = 1, rows = 1, cells = 1, words = 1 }: Lengths): string[] {
  const value = {
    parts: Array.from({ length: parts }, () => ({ tags: new Array<number>(tags).fill(1), n: 2 })),
    grid: Array.from({ length: rows }, () => new Array<number>(cells).fill(3)),
    words: new Map(Array.from({ length: words }, (_, index) => [String(index), 4])),
  }
  const unknown = new Set<string>()
  extract(encode(schema, value), 0, unknown)
  return [...unknown]
}

test('takes a path with more than 10,000 values for unknown, those of all lists on it together', async (t) => {
  t.same(unknownOf({ parts: 10_000, words: 10_000, rows: 5_000 }), [])
  t.same(unknownOf({ parts: 10_001 }), ['parts', 'parts.n', 'parts.tags'])
  t.same(unknownOf({ parts: 100, tags: 100 }), [])
  t.same(unknownOf({ parts: 101, tags: 100 }), ['parts.tags'])
  t.same(unknownOf({ words: 10_001 }), ['words'])
  t.same(unknownOf({ rows: 10_001 }), ['grid'])
  t.same(unknownOf({ rows: 2, cells: 4_999 }), [])
  t.same(unknownOf({ rows: 2, cells: 5_000 }), ['grid'], 'what lies in an array within an array counts with it')
})

test('counts the items of a list that stands within another by way of a union, and records in it', async (t) => {
  const list = (items: unknown) => ({ type: 'array', items })
  const row = { type: 'record', name: 'Row', fields: [{ name: 'n', type: 'int' }] }
  const fields = [
    { name: 'tags', type: list(['string', list('string')]) },
    { name: 'v', type: list(list(row)) },
  ]
  const nested = { type: 'record', name: 'Thing', fields }
  const extractNested = parseEntity(nested).extractionOf(['tags', 'v.n'])
  const unknownOfNested = (inner: number) => {
    const unknown = new Set<string>()
    const tags = [new Branch(0, 'a'), new Branch(1, new Array<string>(inner).fill('b'))]
    extractNested(encode(nested as never, { tags, v: [new Array<object>(inner).fill({ n: 1 })] }), 0, unknown)
    return [...unknown]
  }
  t.same(unknownOfNested(9_998), [])
  t.same(unknownOfNested(10_001), ['tags', 'v.n'])
})

test('begins anew with each event', async (t) => {
  t.same(unknownOf({ parts: 10_001 }), ['parts', 'parts.n', 'parts.tags'])
  t.same(unknownOf({}), [])
  for (let i = 0; i < 3; i++) t.same(unknownOf({ parts: 5_000, words: 5_000 }), [])
})

test('reads no further than it needs', async (t) => {
  const value = {
    parts: [],
    grid: [new Array<number>(5).fill(1)],
    words: new Map(Array.from({ length: 20_000 }, (_, i) => [String(i), 1])),
  }
  const { words, grid } = extract(encode(schema, value), 0)
  t.ok((words as unknown[]).length <= 10_001)
  t.same(grid, [[1, 1, 1, 1, 1]])
})
