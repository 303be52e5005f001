import { test } from 'tap'
import { closeWords, isFinalClose } from '#protocol/close-meaning.js'
import { closeCodes } from '#protocol/codes.js'

test('says of every code of the protocol whether to connect again, and what it means', async (t) => {
  const final = Object.values(closeCodes).filter(({ code }) => isFinalClose(code))
  t.same(final, [closeCodes.message_too_big, closeCodes.token_expired, closeCodes.replaced, closeCodes.flooded])
  for (const { code, reason } of Object.values(closeCodes)) t.equal(closeWords(code), reason)
})

test('takes a code that nobody knows for one that would come again, but not one of a later server', async (t) => {
  t.same([1000, 1004, 3000, 4999].map(isFinalClose), [true, true, true, true])
  t.same([1006, 1012, 4099].map(isFinalClose), [false, false, false])
  t.equal(closeWords(4099), undefined)
})
