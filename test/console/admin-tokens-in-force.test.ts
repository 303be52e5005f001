import { test } from 'tap'
import type { AdminToken } from '#config/admin-tokens.js'
import { AdminTokensInForce } from '#console/admin-tokens-in-force.js'
import { recordingLog, type LoggedLine } from '../support/running/recording-log.js'

const own: AdminToken = { label: 'the sample shop', rights: new Set(['view', 'act']), token: 'k'.repeat(43) }

function inForce() {
  const logged: LoggedLine[] = []
  let known: readonly AdminToken[] = []
  const learned: string[] = []
  const guard = { know: (tokens: readonly AdminToken[]) => void (known = tokens) }
  const learn = (secrets: readonly string[]) => void learned.push(...secrets)
  const tokens = new AdminTokensInForce(guard, [own], { log: recordingLog(logged), learn })
  return { tokens, logged, learned, labels: () => known.map(({ label }) => label) }
}

test('a changed file counts at once, and the log knows what it must not show before it says so', async (t) => {
  const { tokens, logged, learned, labels } = inForce()
  tokens.changed(`ann view ${'a'.repeat(43)}`)
  t.same(labels(), ['the sample shop', 'ann'])
  t.same(learned, ['a'.repeat(43)])
  t.match(logged, [{ fields: { admins: ['ann'] }, message: 'The changed admin tokens are in force.' }])
  tokens.changed(`bob view ${'b'.repeat(43)}`)
  t.same(labels(), ['the sample shop', 'bob'], 'whose line is gone is let in no more')
})

test('a file that cannot be used is told of, and the tokens of before go on to count', async (t) => {
  const { tokens, logged, labels } = inForce()
  tokens.changed(`ann view ${'a'.repeat(43)}`)
  tokens.changed('bob everything S3cretS3cretS3cretS3cretS3cretS3cret')
  tokens.changed('')
  tokens.unreadable('it is a folder')
  t.same(labels(), ['the sample shop', 'ann'])
  t.same(
    logged.slice(1).map(({ fields }) => fields['reason']),
    [
      'ADMIN_TOKEN_FILE, line 1: its rights must be "view" or "view,act".',
      'ADMIN_TOKEN_FILE names a file without any token; a line each has: label rights token.',
      'ADMIN_TOKEN_FILE: it is a folder',
    ],
  )
  t.notMatch(JSON.stringify(logged), /S3cret/)
})
