import { test } from 'tap'
import { closeWords } from '#protocol/close-meaning.js'
import { closeCodes, httpErrors } from '#protocol/codes.js'

test('says of every code of the protocol what it means', async (t) => {
  for (const { code, reason } of Object.values(closeCodes)) t.equal(closeWords(code), reason)
  for (const refusal of Object.values(httpErrors)) if ('close' in refusal) t.ok(closeWords(refusal.close), refusal.message)
  t.equal(closeWords(4099), undefined)
})
