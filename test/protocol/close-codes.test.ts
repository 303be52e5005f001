import { test } from 'tap'
import { closeNameOf, closeNumbers, isFinalClose } from '#protocol/close-codes.js'
import { closeCodes, httpErrors, retryLeastMs, type HttpErrorCode } from '#protocol/codes.js'

test('says of every code of the protocol whether to connect again', async (t) => {
  const final = Object.values(closeCodes).filter(({ code }) => isFinalClose(code))
  t.same(final, [closeCodes.message_too_big, closeCodes.token_expired, closeCodes.replaced, closeCodes.flooded, closeCodes.revoked])
})

test('a refusal that a browser sees is final exactly where waiting does not help, and fits into a close frame', async (t) => {
  const codes = new Set<number>()
  for (const [error, refusal] of Object.entries(httpErrors)) {
    if (!('close' in refusal)) continue
    const { close, message } = refusal
    t.equal(isFinalClose(close), retryLeastMs[error as HttpErrorCode] === undefined, error)
    t.ok(Buffer.byteLength(message) <= 123, error)
    t.notOk(codes.has(close), 'no two have the same code')
    codes.add(close)
    t.equal(closeNameOf(close), closeNameFor(error), 'one code means one thing')
  }
})

/** A revoked token ends an open connection by the same code. */
function closeNameFor(error: string): string {
  return error === 'token_revoked' ? 'revoked' : error
}

test('names every code that is ever sent, and no other one', async (t) => {
  const sent = [
    ...Object.keys(closeCodes),
    ...Object.entries(httpErrors).flatMap(([error, refusal]) => ('close' in refusal ? [closeNameFor(error)] : [])),
  ]
  t.same(new Set(Object.keys(closeNumbers)), new Set(sent))
  for (const [name, { code }] of Object.entries(closeCodes)) t.equal(closeNameOf(code), name)
  t.same([1000, 1006, 4099].map(closeNameOf), [undefined, undefined, undefined])
})

test('takes a code that nobody knows for one that would come again, but not one of a later server', async (t) => {
  t.same([1000, 1004, 3000, 4999].map(isFinalClose), [true, true, true, true])
  t.same([1006, 1012, 4099].map(isFinalClose), [false, false, false])
})
