import { test } from 'tap'
import { RevocationsTable } from '#gateway/control/revocations-table.js'
import type { Claims } from '#policy/rights.js'
import { fc } from '../../support/running/seeded-properties.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'

function tableOf(max?: number) {
  const lines: LoggedLine[] = []
  const table = new RevocationsTable(recordingLog(lines), max)
  const revoked: (string | undefined)[] = []
  table.follow((sub) => revoked.push(sub))
  const take = (key: string, value: unknown) => {
    const text = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)
    table.take({ key, value: value === null ? null : Buffer.from(text), timestampMs: 0 })
  }
  const isVoid = (sub: string, claims: Claims = {}) => table.isVoid({ sub, claims })
  return { table, take, isVoid, lines, revoked }
}

test('tokens of a user that were issued before a time are void, and those that do not say when', async (t) => {
  const { take, isVoid, revoked } = tableOf()
  take('sub:ann', { before: 1_000.5 })
  t.same(
    [{ iat: 1_000 }, { iat: 1_000.4 }, {}, { iat: '2000' }, { iat: null }].map((claims) => isVoid('ann', claims)),
    [true, true, true, true, true],
  )
  t.same([isVoid('ann', { iat: 1_000.5 }), isVoid('ann', { iat: 1_001 })], [false, false])
  for (const other of ['', 'an', 'Ann', 'sub:ann', 'ann ']) t.equal(isVoid(other), false, other)
  t.same(revoked, ['ann'])
  take('sub:ann', null)
  t.equal(isVoid('ann'), false, 'a tombstone lifts it')
  t.same(revoked, ['ann'])
})

test('a token whose id is revoked is void, whoever has it, and no other one', async (t) => {
  const { table, take, isVoid, revoked } = tableOf()
  take('jti:a:b', '')
  take('jti:7', { before: 0 })
  t.same(revoked, [], 'those who have them are looked for once')
  table.settle()
  table.settle()
  t.same(revoked, [undefined])
  t.same([isVoid('ann', { jti: 'a:b' }), isVoid('ben', { jti: 'a:b', iat: 9e9 }), isVoid('ann', { jti: 7 })], [true, true, true])
  t.same(
    [isVoid('ann', { jti: 'a' }), isVoid('a:b'), isVoid('ann', {}), isVoid('ann', { jti: { toString: 'x' } })],
    [false, false, false, false],
  )
  take('jti:a:b', null)
  t.equal(isVoid('ann', { jti: 'a:b' }), false)
})

test('where a revocation cannot be read, all tokens of its key are void', async (t) => {
  const { take, isVoid, lines } = tableOf()
  const values = ['', '{', 'null', '{}', '[1]', '{"before":"2030-01-01"}', '{"before":null}', Buffer.from([0xff]), ' '.repeat(10_000_000)]
  for (const [n, value] of values.entries()) {
    take(`sub:u${n}`, value)
    t.equal(isVoid(`u${n}`, { iat: 9e15 }), true, String(value).slice(0, 30))
    t.match(lines.at(-1), { level: 'error', fields: { key: `sub:u${n}` } })
  }
  t.equal(isVoid('other'), false)
})

test('a key that names neither a user nor a token means nothing, and is said', async (t) => {
  const { table, take, isVoid, lines } = tableOf()
  const keys = ['ann', 'subject:ann', 'SUB:ann', '', ':ann', 'jti', `x${'y'.repeat(1_000)}`]
  for (const key of keys) take(key, { before: 1 })
  t.equal(isVoid('ann'), false)
  t.equal(lines.filter(({ level }) => level === 'error').length, keys.length)
  t.equal(table.hash, '0'.repeat(16))
})

test('a topic that is made anew lifts nothing', async (t) => {
  const { table, take, isVoid } = tableOf()
  take('sub:ann', {})
  take('jti:a', '')
  table.caughtUp()
  table.beginAnew()
  take('sub:ben', {})
  table.caughtUp()
  t.same([isVoid('ann'), isVoid('ben'), isVoid('cem', { jti: 'a' })], [true, true, true])
})

test('with more revocations than can be held every token counts as void', async (t) => {
  const { table, take, isVoid, revoked } = tableOf(2)
  take('sub:ann', {})
  take('sub:ben', {})
  take('sub:ben', { before: 7 })
  t.same([isVoid('ben', { iat: 8 }), isVoid('cem'), table.status().ready], [false, false, true])
  take('sub:dan', {})
  t.same([isVoid('dan'), isVoid('cem', { iat: 9e9 })], [true, true])
  t.same(revoked.at(-1), 'dan')
  t.match(table.status(), { ready: false, reason: /more than 2 revocations/ })
})

test('the hash is that of what is revoked, however it came about', async () => {
  const record = fc.tuple(fc.constantFrom('sub:a', 'sub:b', 'jti:a'), fc.constantFrom(null, { before: 1 }, { before: 2 }, {}))
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), (records) => {
      const [whole, compacted] = [tableOf(), tableOf()]
      for (const [key, value] of records) whole.take(key, value)
      for (const [key, value] of new Map([...records].reverse().filter(([key], n, all) => all.findIndex(([one]) => one === key) === n)))
        compacted.take(key, value)
      return whole.table.hash === compacted.table.hash
    }),
    { numRuns: 300 },
  )
})

test('where revocations were lost, every token is void until the topic is made anew', async (t) => {
  const { table, take, isVoid, revoked } = tableOf()
  take('sub:ben', { before: 9e15 })
  table.lost()
  t.same([isVoid('ann', { iat: 9e15 }), revoked.at(-1)], [true, undefined])
  t.match(table.status(), { ready: false, reason: /every token counts as void/ })
  take('sub:ben', { before: 9e15 })
  t.ok(isVoid('ann', { iat: 9e15 }), 'nobody knows of whom the lost ones are')
  table.beginAnew()
  t.same([isVoid('ann', { iat: 9e15 }), isVoid('ben'), table.status().ready], [false, true, true])
})
