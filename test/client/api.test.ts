import { test } from 'tap'
import type { CloseName, ErrorCode } from '#client/failure-codes.js'
import type { CloseCodeName } from '#protocol/close-codes.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'

/** Compiles only where both are the same. */
type Same<A, B> = [A, B] extends [B, A] ? true : never

test('names the codes of the protocol, although it imports nothing of it', async (t) => {
  const errors: Same<ErrorCode, ProtocolErrorCode> = true
  const closes: Same<CloseName, CloseCodeName> = true
  t.same([errors, closes], [true, true])
})
