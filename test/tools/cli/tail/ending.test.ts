import { test } from 'tap'
import { closeNumbers } from '#protocol/close-codes.js'
import { closeCodes } from '#protocol/codes.js'
import { endingExitCode, endingWords } from '#tools/cli/tail/ending.js'

test('says a close code in the words of the server, or in its own where the server sent none', (t) => {
  const words = (code: number, reason: string) => endingWords({ code, name: 'unknown', reason }, '')
  t.equal(words(4001, 'new words'), 'new words (close code 4001)')
  t.equal(words(4001, ''), `${closeCodes.too_slow.reason} (close code 4001)`)
  t.equal(words(1006, ''), 'the connection was lost (close code 1006)')
  t.equal(words(3000, ''), 'the connection was closed (close code 3000)')
  t.equal(words(4001, 'a\u001b[2J'), 'a\\u001b[2J (close code 4001)')
  t.end()
})

test('says why it could not connect, and what there was instead of a socket', (t) => {
  t.equal(endingWords({ code: 1006, name: 'lost', reason: '' }, 'nobody\nthere'), 'cannot connect: nobody\\u000athere')
  t.equal(endingWords({ code: 0, name: 'token_failed', reason: 'No token.' }, ''), 'No token')
  t.end()
})

test('leaves with 77 where the gateway has something against the token, and with 69 otherwise', (t) => {
  for (const name of Object.keys(closeNumbers) as (keyof typeof closeNumbers)[])
    t.equal(endingExitCode({ name }), name.startsWith('token') || ['origin_forbidden', 'revoked'].includes(name) ? 77 : 69, name)
  t.end()
})
