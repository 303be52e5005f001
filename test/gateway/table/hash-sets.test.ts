import { test } from 'tap'
import { HashSets, setMax } from '#gateway/table/hash-sets.js'
import { fc } from '../../support/running/seeded-properties.js'

const few = fc.nat(40).map((nth) => (nth * 0x9e3779b1) >>> 0)

test('holds what was added and not removed again, the same hash as often as it was added', async () => {
  const change = fc.record({ isAdded: fc.integer({ min: 0, max: 2 }).map((roll) => roll > 0), key: few, hash: few })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
      const sets = new HashSets()
      const plain = new Map<number, number[]>()
      for (const { isAdded, key, hash } of changes) {
        const all = plain.get(key) ?? []
        plain.set(key, all)
        if (isAdded) {
          sets.add(key, hash)
          all.push(hash)
        } else {
          sets.remove(key, hash)
          if (all.includes(hash)) all.splice(all.indexOf(hash), 1)
        }
      }
      const sorted = (hashes: Iterable<number>) => [...hashes].sort((one, other) => one - other).join()
      for (const [key, all] of plain) if (sorted(sets.of(key)!) !== sorted(all)) throw new Error(`the set of ${key} differs`)
    }),
  )
})

test('of a set that is too large it is only known that it is, until it is empty', async (t) => {
  const sets = new HashSets()
  for (let hash = 0; hash < setMax; hash++) sets.add(1, hash)
  t.equal(sets.of(1)?.length, setMax)
  sets.remove(1, 7)
  sets.add(1, setMax)
  t.equal(sets.of(1)?.length, setMax)
  const before = sets.bytes
  for (let hash = 0; hash < 2 * setMax; hash++) sets.add(1, hash)
  t.equal(sets.of(1), undefined)
  for (let hash = 0; hash < setMax; hash++) sets.add(2, hash)
  t.equal(sets.bytes, before + 24, 'another one has its place')
  for (let hash = 0; hash < 3 * setMax; hash++) sets.remove(1, hash)
  t.same(sets.of(1), [])
  sets.add(1, 5)
  t.same(sets.of(1), [5])
})

test('takes few bytes for each of many small sets and of few large ones', async (t) => {
  const [small, large] = [new HashSets(), new HashSets()]
  const rows = 200_000
  for (let row = 0; row < rows; row++) {
    const hash = (row * 0x9e3779b1) >>> 0
    small.add(hash, hash)
    large.add(row % 10, hash)
  }
  t.ok(small.bytes / rows < 36, `${small.bytes / rows} bytes`)
  t.ok(large.bytes / rows < 16, `${large.bytes / rows} bytes`)
})
