import { test } from 'tap'
import { parseRevocationKey, readRevokedBefore, revocationKey, writeRevocation } from '#policy/control/revocation-record.js'

test('what is written is read', async (t) => {
  for (const kind of ['sub', 'jti'] as const)
    for (const name of ['ann', 'a:b', '', 'sub:x', 'two\nlines']) t.same(parseRevocationKey(revocationKey(kind, name)), { kind, name })
  t.equal(readRevokedBefore(writeRevocation(1.5)), 1.5)
  t.equal(readRevokedBefore(writeRevocation(undefined)), undefined)
})
