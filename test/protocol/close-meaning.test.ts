import { test } from 'tap'
import { closeWords, isFinalClose } from '#protocol/close-meaning.js'
import { closeCodes, httpErrors, retryAfterMs, type HttpErrorCode } from '#protocol/codes.js'

test('says of every code of the protocol whether to connect again, and what it means', async (t) => {
  const final = Object.values(closeCodes).filter(({ code }) => isFinalClose(code))
  t.same(final, [closeCodes.message_too_big, closeCodes.token_expired, closeCodes.replaced, closeCodes.flooded])
  for (const { code, reason } of Object.values(closeCodes)) t.equal(closeWords(code), reason)
})

test('a refusal that a browser sees is final exactly where waiting does not help, and fits into a close frame', async (t) => {
  const codes = new Set<number>()
  for (const [error, refusal] of Object.entries(httpErrors)) {
    if (!('close' in refusal)) continue
    const { close, message } = refusal
    t.equal(isFinalClose(close), retryAfterMs[error as HttpErrorCode] === undefined, error)
    t.ok(Buffer.byteLength(message) <= 123, error)
    t.ok(closeWords(close), error)
    t.notOk(codes.has(close), 'no two have the same code')
    codes.add(close)
    const same = Object.entries(closeCodes).find(([, { code }]) => code === close)
    if (same !== undefined) t.equal(same[0], error, 'one code means one thing')
  }
})

test('takes a code that nobody knows for one that would come again, but not one of a later server', async (t) => {
  t.same([1000, 1004, 3000, 4999].map(isFinalClose), [true, true, true, true])
  t.same([1006, 1012, 4099].map(isFinalClose), [false, false, false])
  t.equal(closeWords(4099), undefined)
})
