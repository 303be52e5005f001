import { test } from 'tap'
import { verdictOn } from '#tools/cli/tail/ending.js'
import { closeCodes } from '#protocol/codes.js'

function exitCode(code: number): number | undefined {
  return verdictOn({ kind: 'closed', code, reason: '' }, true).exitCode
}

test('tries again after each close code of the protocol below 4500, and stops from there on', async (t) => {
  for (const { code } of Object.values(closeCodes).filter((close) => close.code >= 4000)) t.equal(exitCode(code) === undefined, code < 4500)
  t.equal(exitCode(4499), undefined)
  t.equal(exitCode(4999), 69)
  t.equal(exitCode(closeCodes.token_expired.code), 77)
})

test('tries again after the standard codes of what passes by itself, and after no other', async (t) => {
  for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 1014]) t.equal(exitCode(code), undefined, String(code))
  for (const code of [1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000]) t.equal(exitCode(code), 69, String(code))
})

test('says a close code in the words of the server, or in its own where the server sent none', async (t) => {
  t.equal(verdictOn({ kind: 'closed', code: 4001, reason: 'new words' }, true).words, 'new words (close code 4001)')
  t.equal(verdictOn({ kind: 'closed', code: 4001, reason: '' }, true).words, `${closeCodes.too_slow.reason} (close code 4001)`)
  t.equal(verdictOn({ kind: 'closed', code: 1006, reason: '' }, true).words, 'the connection was lost (close code 1006)')
  t.equal(verdictOn({ kind: 'closed', code: 3000, reason: '' }, true).words, 'the connection was closed (close code 3000)')
})

test('gives up at once when the first try reaches nothing, and not when there was a connection before', async (t) => {
  for (const ending of [
    { kind: 'unreachable', message: 'nobody there' },
    { kind: 'upgrade_refused', status: 503, message: '' },
    { kind: 'upgrade_refused', status: 429, message: '' },
  ] as const) {
    t.equal(verdictOn(ending, false).exitCode, 69)
    t.equal(verdictOn(ending, true).exitCode, undefined)
  }
})

test('gives up whenever the request itself is refused', async (t) => {
  const refusals = [400, 401, 403, 404].map((status) => verdictOn({ kind: 'upgrade_refused', status, message: 'No.' }, true))
  t.same(
    refusals.map((verdict) => verdict.exitCode),
    [69, 77, 77, 69],
  )
  t.equal(refusals[1]!.words, 'the server refused the connection with HTTP 401: No.')
  t.equal(verdictOn({ kind: 'subscription_refused', message: 'No.', mayPass: false }, true).exitCode, 77)
  t.equal(verdictOn({ kind: 'subscription_refused', message: 'Later.', mayPass: true }, true).exitCode, undefined)
})
