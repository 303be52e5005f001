import { test } from 'tap'
import { onControlTopic, runControl } from '../../../support/tools/control-commands.js'
import { skipRealParts } from '../../../support/real-parts/real-parts.js'

test('revocations are written for a user and for a token, and lifted', { skip: skipRealParts }, async (t) => {
  const { run, contents } = await onControlTopic(t, 'REVOCATIONS_TOPIC')
  t.match(await run('revoke', '--sub', 'ann', '--before', '2026-11-30T12:00:00Z'), {
    code: 0,
    out: 'Tokens of ann that were issued before 2026-11-30T12:00:00.000Z are void.\n',
  })
  t.match(await run('revoke', '--sub', 'ben', '--before', '1000.5'), { code: 0 })
  t.match(await run('revoke', '--jti', 'a-1'), { code: 0, out: 'The token a-1 is void.\n' })
  const fromMs = Date.now()
  t.match(await run('revoke', '--sub', 'cem'), { code: 0 })
  t.match(await run('revoke', '--sub', 'ann', '--lift'), { code: 0, out: 'Tokens of ann are not revoked any more.\n' })
  const records = await contents()
  t.same(records.slice(0, 3), [
    ['sub:ann', `{"before":${Date.UTC(2026, 10, 30, 12) / 1000}}`],
    ['sub:ben', '{"before":1000.5}'],
    ['jti:a-1', '{}'],
  ])
  const [, value] = records[3]!
  const { before } = JSON.parse(value!) as { before: number }
  t.ok(before * 1000 >= fromMs && before * 1000 <= Date.now())
  t.same(records[4], ['sub:ann', null])
})

test('says what does not go together', async (t) => {
  const variables = { KAFKA_BROKERS: '127.0.0.1:1', REVOCATIONS_TOPIC: 'r' }
  for (const args of [
    [],
    ['--sub', 'a', '--jti', 'b'],
    ['--jti', 'b', '--before', '7'],
    ['--sub', 'a', '--before', '7', '--lift'],
    ['--sub', ''],
    ...['now', '2026-11-30T12:00:00', '30.11.2026', '-1', '1e9'].map((time) => ['--sub', 'a', '--before', time]),
  ])
    t.match(await runControl(variables, 'revoke', ...args), { code: 64 }, args.join(' '))
  t.match(await runControl(variables, 'revoke', '--sub', 'a'), { code: 69, err: /^Kafka: / })
})
