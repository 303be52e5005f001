import fc from 'fast-check'
import { test } from 'tap'
import { operations } from '#entities.js'
import { indexParts } from '#gateway/table/address-index.js'
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
  const gone = new Set<number>()
  const logs = { compare: (one: number, other: number) => one - other, isGone: (log: number) => gone.has(log) }
  const table = new EntityTable({ window, hashOf: keyedIdHash(() => 0.5), logs })
  return { table, window, clock, gone }
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

/** Each log is read again from its beginning now and then. */
const arbitraryHistory = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.record({ nth: fc.nat(7), offset: fc.nat(5), ms: fc.nat(50) }) }, { weight: 1, arbitrary: fc.nat(1) }),
  { minLength: 1, maxLength: 120 },
)

test('what is read of a log that was made anew is newer than all before, and what does not return is buried', (t) => {
  fc.assert(
    fc.property(arbitraryHistory, (history) => {
      const { table, gone } = newTable()
      // Even entities live in the first log, odd ones in the second; a log that is made anew begins at offset 0 again.
      const current = [0, 1]
      const expected = new Map<string, Version>()
      const returned = new Map<string, Version>()
      const next = [0, 0]
      for (const one of history) {
        if (typeof one === 'number') {
          gone.add(current[one]!)
          current[one] = Math.max(...current) + 1
          next[one] = 0
          for (const id of returned.keys()) if (Number(id) % 2 === one) returned.delete(id)
          continue
        }
        const [id, side] = [String(one.nth), one.nth % 2]
        const rank = { timestampMs: one.ms, operation: 'update' } as const
        const at = { log: current[side]!, offset: (next[side]! += 1 + one.offset), kafkaTimestampMs: one.ms, timestampMs: one.ms }
        const version: Version = { ...at, operation: 'update', rank, value: Buffer.from(`${one.ms}`) }
        if (table.write(id, version) === 'stale') return false
        expected.set(id, version)
        returned.set(id, version)
      }
      const isRight = [...expected].every(([id, version]) => JSON.stringify(copied(table.latest(id)!)) === JSON.stringify(copied(version)))
      const buried = allParts().flatMap((part) => table.idsIn(part, gone).filter((id) => table.bury(id, gone) !== undefined))
      const lost = [...expected.keys()].filter((id) => !returned.has(id))
      return (
        isRight &&
        JSON.stringify(buried.sort()) === JSON.stringify(lost.sort()) &&
        lost.every((id) => table.latest(id)!.operation === 'delete' && [...table.versions(id)].length > 1)
      )
    }),
    { numRuns: 300 },
  )
  t.end()
})

test('a version of another log is newer than one of a log that does not go on, whatever their ranks', async (t) => {
  const { table, gone } = newTable()
  const versionOf = (log: number, ms: number): Version => ({
    ...{ log, offset: 0, kafkaTimestampMs: ms, timestampMs: ms, operation: 'update' as const, value: null },
    rank: { timestampMs: ms, operation: 'update' },
  })
  table.write('order-1', versionOf(1, 50))
  t.equal(table.write('order-1', versionOf(2, 10)), 'stale')
  gone.add(1)
  t.not(table.write('order-1', versionOf(2, 10)), 'stale')
  t.not(table.write('order-1', versionOf(3, 20)), 'stale', 'its rank is not that of the log that is gone')
})

test('forgets a deleted entity at the second look at its part of the index, unless it was written meanwhile', async (t) => {
  const { table } = newTable()
  const write = (id: string, operation: Version['operation'], offset: number) =>
    table.write(id, {
      ...{ log: 0, offset, kafkaTimestampMs: 0, timestampMs: 0, operation, value: Buffer.from('{}') },
      rank: { timestampMs: 0, operation },
    })
  const lookAtAll = () => {
    for (const part of allParts()) table.forgetDeleted(part)
  }
  for (const [nth, id] of ['deleted', 'there', 'back', 'again'].entries()) write(id, id === 'there' ? 'update' : 'delete', nth)
  lookAtAll()
  t.equal(table.count, 4)
  t.same(table.latest('deleted')!.value, Buffer.from('{}'), 'it can be read until then')
  write('back', 'create', 10)
  write('again', 'delete', 11)
  lookAtAll()
  t.same(Array.from(table.all(), ({ entityId }) => entityId).sort(), ['again', 'back', 'there'])
  lookAtAll()
  t.same(Array.from(table.all(), ({ entityId }) => entityId).sort(), ['back', 'there'])
})

test('keeps no byte of what was superseded, once it has left the window', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(40)), { minLength: 1, maxLength: 60 }), (writes) => {
      const { table, window, clock } = newTable()
      for (const [offset, [id, length]] of writes.entries()) {
        const [timestampMs, operation] = [0, 'update'] as const
        const place = { log: 0, offset, kafkaTimestampMs: 0, timestampMs, operation, rank: { timestampMs, operation } }
        table.write(String(id), { ...place, value: Buffer.alloc(length, 0xc5) })
      }
      for (const id of new Set(writes.map(([id]) => id))) {
        const [timestampMs, operation] = [0, 'delete'] as const
        const place = { log: 0, offset: writes.length, kafkaTimestampMs: 0, timestampMs, operation, rank: { timestampMs, operation } }
        table.write(String(id), { ...place, value: null })
      }
      clock.ms = 3_700_000
      while (!window.forgetOld());
      const blocks = [...table['rows']['blocks'], ...window['blocks']]
      return blocks.every((block) => block === undefined || !block.bytes.includes(0xc5))
    }),
    { numRuns: 200 },
  )
  t.end()
})

function allParts(): number[] {
  return Array.from({ length: indexParts }, (_, part) => part)
}

test('the window takes no more than twice the memory of what it holds, whatever sizes come by turns', (t) => {
  const { table, window } = newTable()
  const values = [Buffer.alloc(140_000, 1), Buffer.alloc(10, 2)]
  const rank = { timestampMs: 0, operation: 'update' } as const
  for (let offset = 0; offset < 300; offset++)
    table.write('order-1', { log: 0, offset, kafkaTimestampMs: 0, timestampMs: 0, operation: 'update', rank, value: values[offset % 2]! })
  t.ok(window.bytes > 20_000_000)
  t.ok(window['blocks'].reduce((sum, { size }) => sum + size, 0) < 2 * window.bytes)
  t.end()
})
