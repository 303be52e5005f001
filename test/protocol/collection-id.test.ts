import assert from 'node:assert/strict'
import { test } from 'tap'
import { collectionId } from '#protocol/collection-id.js'
import { fc } from '../support/running/seeded-properties.js'

const asked = { entity_type: 'order', where: { status: 'PAID', total: { $gt: 5 } }, fields: ['id', 'total'] }

test('is made of type, filter and fields alone, and stays the same for ever', async (t) => {
  t.equal(collectionId(asked), 'p3kh3U_G99CZFe0nciNgbK')
  const idOf = (changed: object) => collectionId({ ...asked, ...changed })
  t.equal(idOf({ snapshot: true, on_slow: 'close', max_hz: 5, ref: 7 }), idOf({}))
  t.equal(idOf({ fields: ['total', 'id', 'total'] }), idOf({}))
  const others = [
    ...[{ entity_type: 'invoice' }, { where: {} }, { where: { status: 'PAID', total: { $gt: '5' } } }],
    ...[{ fields: undefined }, { fields: ['id'] }, { fields: ['id,total'] }, { fields: ['id', 'total', 'x'] }],
  ]
  t.equal(new Set([{}, ...others].map(idOf)).size, 1 + others.length)
})

/** The same value, with the members of each object in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, of]) => [name, turned(of)]),
  )
}

test('does not depend on the order in which members are written, at any level, but on all else', (t) => {
  const filter = fc.dictionary(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(filter, filter, (where, other) => {
      const idOf = (of: object) => collectionId({ ...asked, where: of as Record<string, unknown> })
      const read = JSON.parse(JSON.stringify(where)) as object
      assert.equal(idOf(turned(read) as object), idOf(read))
      assert.match(idOf(read), /^[A-Za-z0-9_-]{22}$/)
      const isSame = JSON.stringify(sorted(read)) === JSON.stringify(sorted(JSON.parse(JSON.stringify(other))))
      assert.equal(idOf(other) === idOf(read), isSame)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

/** Each object as the list of its members, in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return [value.map(sorted)]
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([name, of]) => [name, sorted(of)])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))
}
