import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import type { LeafAnswer } from '#console/answers.js'
import { typeList } from '#console/type-list.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { bundle } from '../../../support/browser/bundle.js'
import { entityType, entityValue } from '../../../support/values/arbitrary-entity.js'
import { avroSchemaOf, encode } from '../../../support/values/entity-model.js'
import { projectedText } from '../../../support/values/projected-text.js'

/** What the page shows at a leaf; it is built apart from the tests. */
type CellOf = (data: unknown, leaf: LeafAnswer) => { readonly kind: string; readonly text: string }

const code = await bundle('src/console/page/live/cell.ts')
const { cellOf } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { cellOf: CellOf }

const nothings = new Set(['hidden', 'empty', 'null'])
const nobody = new Map()

test('each leaf stands where it belongs: hidden where it is, and otherwise as if nothing else were shown', (t) => {
  const things = entityType.chain((type) =>
    fc.record({ type: fc.constant(type), value: entityValue(type), hidden: fc.infiniteStream(fc.boolean()) }),
  )
  fc.assert(
    fc.property(things, ({ type, value, hidden }) => {
      // Where a map or a record may be something else besides, its parts have the names of both; lists within lists have no path.
      fc.pre(!isDoubtful(type))
      const schema = avroSchemaOf(type, 'Thing') as RecordSchema
      const encoder = EntityEncoder.of({ entityType: 'thing', file: 'thing.avsc', text: JSON.stringify(schema), schema, references: [] })
      const { leaves } = typeList(new Map([['thing', [encoder.schema]]]), nobody, {}).types[0]!
      const bytes = encode(type, value, 'Thing')
      const shownTo = (mask: ReadonlySet<number>) => JSON.parse(projectedText(encoder.schema, mask, bytes)) as unknown
      const mask = new Set([...leaves.keys()].filter(() => !hidden.next().value))
      const seen = shownTo(mask)
      for (const [index, leaf] of leaves.entries()) {
        const cell = cellOf(seen, leaf)
        const alone = cellOf(shownTo(new Set(mask.has(index) ? [index] : [])), leaf)
        // Nothing in a list says neither whether it is hidden nor what it is instead.
        const isSame = nothings.has(alone.kind) ? nothings.has(cell.kind) : alone.text === cell.text
        if (!isSame) t.same(cell, alone, `${leaf.path} of ${JSON.stringify(seen)}`)
      }
    }),
    { numRuns: 150 },
  )
  t.end()
})

const leafOf = (path: string, ...lists: readonly string[]): LeafAnswer => {
  return { path, steps: path.split('.').map((name) => ({ name, list: lists.includes(name) })), has_leaves_under: false, tags: [] }
}

test('what is long, odd or of many digits is shown as far as a page has a use for it', async (t) => {
  const text = (data: unknown, leaf: LeafAnswer) => cellOf(data, leaf).text
  t.equal(text({ a: 9007199254740993n }, leafOf('a')), '9007199254740993')
  t.equal(text({ a: 'x'.repeat(1_000_000) }, leafOf('a')), `${'x'.repeat(200)}… (1000000 characters)`)
  t.equal(text({ a: 'a\u202eb\u0000<b>' }, leafOf('a')), 'a\\u202eb\\u0000<b>')
  t.equal(text({ a: [{ b: 1 }, { b: 2 }] }, leafOf('a.b', 'a')), '1 · 2')
  t.match(text({ a: Array(50).fill(7) }, leafOf('a', 'a')), /^7( · 7){19} · and 30 more$/)
  t.equal(text({ a: { x: 'one', y: 2 } }, leafOf('a', 'a')), 'x: one · y: 2')
  t.same(cellOf({ a: [] }, leafOf('a.b', 'a')), { kind: 'empty', text: 'none' })
  t.same(cellOf({}, leafOf('constructor')).kind, 'hidden')
  t.same(cellOf({ a: null }, leafOf('a.b')).kind, 'null')
})

function isDoubtful(type: unknown): boolean {
  if (typeof type !== 'object' || type === null) return false
  const { kind, branches = [], items, values } = type as { kind?: string; branches?: readonly Kind[]; items?: Kind; values?: Kind }
  const isOpen = branches.filter((branch) => branch.kind !== 'null').length > 1 && branches.some(isContainer)
  const isNested = [items, values].some((inner) => inner !== undefined && ['array', 'map'].includes(inner.kind))
  return (kind === 'union' && isOpen) || isNested || Object.values(type).some(isDoubtful)
}

interface Kind {
  readonly kind: string
}

function isContainer({ kind }: Kind): boolean {
  return kind === 'record' || kind === 'map'
}
