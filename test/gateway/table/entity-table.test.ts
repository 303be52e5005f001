import fc from 'fast-check'
import { test } from 'tap'
import { operations } from '#entities.js'
import { EntityTable } from '#gateway/table/entity-table.js'
import { keyedIdHash } from '#gateway/table/id-hash.js'
import { rowBytes, type Version } from '#gateway/table/row.js'
import { Window } from '#gateway/table/window.js'

interface Write {
  readonly id: string
  readonly version: Version
}

/** The plain rule: the log whose versions of the entity have the highest rank says which one is the latest: its last. */
function latestOf(id: string, writes: readonly Write[]): Version | undefined {
  const own = writes.filter((write) => write.id === id).map(({ version }) => version)
  const keyOf = ({ rank, log }: Version) => [rank.timestampMs, operations.indexOf(rank.operation), log] as const
  const compare = (one: Version, other: Version) => {
    const [a, b] = [keyOf(one), keyOf(other)]
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
  }
  const [highest] = own.toSorted((one, other) => compare(other, one))
  return own.filter(({ log }) => log === highest?.log).at(-1)
}

const arbitraryId = fc.oneof(fc.constantFrom('order-1', 'order-2', 'ü', '𝒳-9'), fc.string({ minLength: 1, maxLength: 256 }))
const arbitraryValue = fc.option(
  fc.oneof(
    { weight: 20, arbitrary: fc.uint8Array({ maxLength: 600 }) },
    { weight: 1, arbitrary: fc.nat(300_000).map((length) => new Uint8Array(length).fill(7)) },
  ),
)

/** Writes of three logs, each with rising offsets; at times a clock was set back. */
const arbitraryWrites = fc
  .array(fc.record({ id: arbitraryId, log: fc.nat(2), ms: fc.nat(50), operation: fc.constantFrom(...operations), value: arbitraryValue }), {
    minLength: 1,
    maxLength: 120,
  })
  .map((drafts) =>
    drafts.map(({ id, log, ms, operation, value }, offset): Write => {
      const bytes = value && Buffer.from(value)
      return {
        id,
        version: { log, offset, kafkaTimestampMs: ms, timestampMs: ms, operation, rank: { timestampMs: ms, operation }, value: bytes },
      }
    }),
  )

function newTable(bytesMax = 64 * 1024 * 1024) {
  const clock = { ms: 0 }
  const window = new Window({ bytesMax, secondsMax: 3600 }, () => clock.ms)
  const logOrder = (one: number, other: number) => one - other
  const table = new EntityTable({ window, hashOf: keyedIdHash(() => 0.5), logOrder, nowMs: () => clock.ms })
  return { table, window, clock }
}

/** As plain values, so that they can be compared after further writes. */
function copied({ log, offset, operation, kafkaTimestampMs, value }: Version) {
  return { log, offset, operation, kafkaTimestampMs, value: value && Buffer.from(value).toString('base64') }
}

test('the latest version of each entity is the one that the plain rule says, in whatever order the logs are read', (t) => {
  fc.assert(
    fc.property(arbitraryWrites, (writes) => {
      const { table } = newTable()
      for (const [at, { id, version }] of writes.entries()) {
        const before = latestOf(id, writes.slice(0, at))
        const written = table.write(id, version)
        const isLatest = latestOf(id, writes.slice(0, at + 1)) === version
        if (isLatest !== (written !== 'stale')) return false
        if (written !== 'stale' && JSON.stringify(written.before && copied(written.before)) !== JSON.stringify(before && copied(before)))
          return false
      }
      const ids = new Set(writes.map(({ id }) => id))
      return (
        table.count === ids.size &&
        [...ids].every((id) => JSON.stringify(copied(table.latest(id)!)) === JSON.stringify(copied(latestOf(id, writes)!))) &&
        [...table.all()].length === ids.size
      )
    }),
    { numRuns: 300 },
  )
  t.end()
})

test('versions are known back to where the window ends, and no further', (t) => {
  fc.assert(
    fc.property(arbitraryWrites, fc.nat(20_000), (writes, bytesMax) => {
      const { table, window } = newTable(bytesMax)
      const chains = new Map<string, Version[]>()
      const superseded: { id: string; version: Version; bytes: number }[] = []
      for (const { id, version } of writes) {
        const [latest] = chains.get(id) ?? []
        if (table.write(id, version) === 'stale') continue
        if (latest !== undefined) superseded.push({ id, version: latest, bytes: rowBytes(id, latest.value) })
        chains.set(id, [version, ...(chains.get(id) ?? [])])
      }
      // What fits counted from the newest; the newest itself always does.
      let bytes = 0
      const known = superseded.toReversed().filter((one, nth) => (bytes += one.bytes) <= bytesMax || nth === 0)
      const firstForgotten = superseded.toReversed().findIndex((one) => !known.includes(one))
      const kept = new Set((firstForgotten === -1 ? known : known.slice(0, firstForgotten)).map(({ version }) => version))
      return (
        window.bytes === [...kept].reduce((sum, version) => sum + superseded.find((one) => one.version === version)!.bytes, 0) &&
        [...chains].every(([id, [latest, ...older]]) => {
          const expected = [latest!, ...older.filter((version) => kept.has(version))].map(copied)
          return JSON.stringify([...table.versions(id)].map(copied)) === JSON.stringify(expected)
        })
      )
    }),
    { numRuns: 300 },
  )
  t.end()
})
