import { test } from 'tap'
import { keyedIdHash } from '#gateway/table/id-hash.js'
import type { IndexedVersion } from '#gateway/table/row-index.js'
import { RowIndexes } from '#gateway/table/row-indexes.js'
import type { RowSearch } from '#gateway/table/row-search.js'
import { orderEvent } from '../../support/values/order.js'

const version: IndexedVersion = { log: 0, operation: 'update', value: Buffer.from('value') }
const { data } = orderEvent()

/** Of 50,000 orders that are all alike. @param room in bytes. */
function indexesWithin(room: number): { readonly indexes: RowIndexes; readonly left: () => number } {
  const rows = {
    hashOf: keyedIdHash(() => 0.5),
    count: () => 50_000,
    hashesIn: (part: number) => Array.from({ length: part < 1000 ? 50 : 0 }, (_none, nth) => (part << 22) + nth),
    latestWith: () => [version],
    dataOf: () => data,
  }
  const indexes: RowIndexes = new RowIndexes(rows, () => room - indexes.bytes)
  return { indexes, left: () => room - indexes.bytes }
}

/** Once all is taken in. */
function foundBy(search: RowSearch): ReadonlySet<number> | undefined {
  for (;;) {
    const found = search.found()
    if (found !== 'later') return found
  }
}

const lookupAt = (...paths: string[]) => [{ paths, keys: ['2 eu'] }]

test('there is one for all who ask at the same paths, and another one where a name has a comma', async (t) => {
  const { indexes } = indexesWithin(Infinity)
  const [two, again, one] = [lookupAt('id', 'region'), lookupAt('id', 'region'), lookupAt('id,region')].map(
    (all) => indexes.search(all)!.indexes,
  )
  t.equal(two![0], again![0])
  t.not(two![0], one![0])
})

test('there are so many at most, and the one gives way that was not asked for lately', async (t) => {
  const { indexes } = indexesWithin(Infinity)
  const paths = ['id', 'region', 'total', 'owner', 'address.city', 'address.geo.lat', 'items.sku', 'items.price']
  const searches = paths.map((path) => indexes.search(lookupAt(path)))
  t.notOk(searches.includes(undefined))
  t.ok(indexes.search(lookupAt('id')), 'it is there already')
  t.equal(indexes.search(lookupAt('id', 'region')), undefined, 'all were asked for in this round')
  indexes.nextRound()
  for (const search of searches.slice(1)) for (const index of search!.indexes) index.keep()
  t.ok(indexes.search(lookupAt('id', 'region')))
  t.equal(searches[0]!.found(), undefined, 'whoever looks there goes through all')
  t.equal(searches[1]!.found(), 'later')
})

test('where there is no room none is made, and what outgrows the room is forgotten until the next round', async (t) => {
  t.equal(indexesWithin(100_000).indexes.search(lookupAt('region')), undefined, 'it could not fit')
  const { indexes, left } = indexesWithin(520_000)
  const search = indexes.search(lookupAt('id', 'region'))!
  const other = indexes.search(lookupAt('region'))!
  foundBy(search)
  t.ok(left() < 300_000 && left() > 0)
  t.equal(foundBy(other), undefined)
  t.equal(left(), 520_000)
  t.equal(search.found(), undefined)
  t.equal(indexes.search(lookupAt('region')), undefined)
  indexes.nextRound()
  t.ok(indexes.search(lookupAt('region')))
})

test('one that finds too many to be of use is said to find nothing', async (t) => {
  const { indexes } = indexesWithin(Infinity)
  const of = (key: string) => foundBy(indexes.search([{ paths: ['region'], keys: [key] }])!)
  t.equal(of('2 eu'), undefined)
  t.equal(of('2 us')?.size, 0)
})
