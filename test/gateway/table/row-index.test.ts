import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { partOf } from '#gateway/table/address-index.js'
import { keyedIdHash } from '#gateway/table/id-hash.js'
import { type IndexedVersion, RowIndex } from '#gateway/table/row-index.js'
import { CollectionTable } from '#policy/collection/collection-table.js'
import { equalityLookupOf, EqualityPaths } from '#policy/collection/equality-keys.js'
import { equalitiesOf } from '#policy/rules/equalities.js'
import { fc } from '../../support/running/seeded-properties.js'
import { entityType, entityValue, unavailable } from '../../support/values/arbitrary-entity.js'
import { avroSchemaOf, encode, literalsAt, type ModelValue, type RecordType } from '../../support/values/entity-model.js'

type Where = Readonly<Record<string, unknown>>

const collections = new CollectionTable()
const filterOf = (where: Where) => collections.get({ id: JSON.stringify(where), entityType: 'thing', where, fields: undefined }).filter!

const ids = Array.from({ length: 6 }, (_none, number) => `id-${number}`)

interface Filled {
  readonly type: RecordType
  readonly value: ModelValue
}

interface Write {
  readonly id: string
  /** Undefined where it is gone; `unreadable` where nobody can read it. */
  readonly row: Filled | 'unreadable' | undefined
  /** How many rows are taken in before it. */
  readonly takenIn: number
}

const writesOf = (types: readonly RecordType[]): fc.Arbitrary<Write[]> => {
  const filled = fc.constantFrom(...types).chain((type) => fc.record({ type: fc.constant(type), value: entityValue(type) }))
  const row = fc.oneof({ weight: 8, arbitrary: filled }, { weight: 2, arbitrary: fc.constantFrom('unreadable' as const, undefined) })
  return fc.array(fc.record({ id: fc.constantFrom(...ids), row, takenIn: fc.nat(1) }), { minLength: 1, maxLength: 30 })
}

/** Rows of two schemas, and an equality on one path or two that some of them meet. */
const asked = fc
  .array(entityType, { minLength: 1, maxLength: 2 })
  .chain((types) => writesOf(types))
  .chain((writes) => {
    const filled = writes.flatMap(({ row }) => (typeof row === 'object' ? [row] : []))
    const known = filled.flatMap(({ type, value }) => literalsAt(type, value)).filter(([path]) => path !== '__proto__')
    const one =
      known.length === 0
        ? fc.constant(['missing', 'x'] as const)
        : fc.constantFrom(...known).map(([path, [first]]) => [path, first === '${user.s}' ? 'us' : first] as const)
    const where = fc.array(one, { minLength: 1, maxLength: 2 }).map((all) => Object.fromEntries(all) as Where)
    return fc.record({ writes: fc.constant(writes), where, hashBits: fc.constantFrom(32, 22, 3), isConnected: fc.boolean() })
  })

test('finds exactly the rows that a filter by equality would find one by one, whatever was written while they are taken in', async (t) => {
  const met = { found: 0, others: 0, untold: 0 }
  fc.assert(
    fc.property(asked, ({ writes, where, hashBits, isConnected }) => {
      const lookup = equalityLookupOf(equalitiesOf(filterOf(where)))
      if (lookup === undefined) return
      const siphash = keyedIdHash(() => 0.5)
      // By fewer bits all are in one part, by very few some are alike.
      const hashOf = (text: string) => siphash(text) >>> (text.startsWith('id-') ? 32 - hashBits : 0)
      const rows = new Map<string, Write['row']>()
      const versions = new WeakMap<IndexedVersion, Write['row']>()
      const schemas = new Map<RecordType, ReturnType<typeof parseEntitySchema>>()
      const schemaOf = (type: RecordType) => {
        const source = { schema: JSON.stringify(avroSchemaOf(type, 'Thing')), references: [] }
        const schema = schemas.get(type) ?? parseEntitySchema('thing', source, { unavailableValue: isConnected ? unavailable : undefined })
        schemas.set(type, schema)
        return schema
      }
      const dataOf = ({ type, value }: Filled) => ({ schema: schemaOf(type), bytes: encode(type, value, 'Thing'), start: 0 })
      const paths = new EqualityPaths(lookup.paths)
      const told = (row: Write['row']) => (typeof row === 'object' ? dataOf(row) : (row ?? null))
      const versionOf = (row: Write['row']): IndexedVersion => {
        const version: IndexedVersion = { log: 0, operation: 'update', value: null }
        versions.set(version, row)
        return version
      }
      const index = new RowIndex(lookup.paths, {
        hashOf,
        count: () => rows.size,
        hashesIn: (part) => [...new Set([...rows.keys()].map(hashOf).filter((hash) => partOf(hash) === part))],
        latestWith: (hash) => [...rows].flatMap(([id, row]) => (hashOf(id) === hash ? [versionOf(row)] : [])),
        dataOf: (version) => told(versions.get(version)),
      })
      for (const [nth, { id, row, takenIn }] of writes.entries()) {
        // What is there before is taken in row by row.
        if (nth > writes.length / 3) index.takeIn(takenIn)
        const before = rows.get(id)
        rows.set(id, row)
        index.note(hashOf(id), told(before), told(row))
      }
      while (!index.takeIn(5));
      const found = index.found(lookup.keys)!
      const expected = new Set<number>()
      for (const [id, row] of rows) {
        const keys = row === undefined ? [] : row === 'unreadable' ? 'many' : paths.keysOf(dataOf(row))
        if (keys === 'many') met.untold++
        if (keys === 'many' || keys.some((key) => lookup.keys.includes(key))) expected.add(hashOf(id))
      }
      met.found += expected.size
      met.others += rows.size - expected.size
      const sorted = (hashes: Iterable<number>) => [...hashes].sort().join()
      if (sorted(found) !== sorted(expected)) throw new Error(`found ${sorted(found)} instead of ${sorted(expected)}`)
    }),
    { numRuns: 400 },
  )
  t.comment(JSON.stringify(met))
  t.ok(
    Object.values(met).every((times) => times > 50),
    'each is met often',
  )
})
