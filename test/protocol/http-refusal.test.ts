import { test } from 'tap'
import { httpErrors, retryAfterMs, retryLeastMs, type HttpErrorCode } from '#protocol/codes.js'
import { refusalMessage, writeRefusal } from '#protocol/http-refusal.js'

test('names its error and says why, and before a close code also when to come again', async (t) => {
  for (const error of Object.keys(httpErrors) as HttpErrorCode[]) {
    const { message } = httpErrors[error]
    const retry_after_ms = retryAfterMs(error, 0.5)
    t.same(JSON.parse(writeRefusal(error)), { error, message })
    t.same(refusalMessage(error, 0.5), retry_after_ms && { type: 'error', message, code: error, retry_after_ms })
  }
})

test('tells some of a crowd to stay away for longer than others, and nobody for less than what helps', async (t) => {
  for (const [error, leastMs] of Object.entries(retryLeastMs)) {
    const told = [0, 0.25, 0.999].map((chance) => retryAfterMs(error as HttpErrorCode, chance)!)
    t.same(told, [leastMs, leastMs * 1.25, Math.ceil(leastMs * 1.999)], error)
  }
  t.equal(retryAfterMs('token_invalid', 0.5), undefined)
})
