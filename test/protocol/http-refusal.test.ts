import { test } from 'tap'
import { httpErrors, retryAfterMs, type HttpErrorCode } from '#protocol/codes.js'
import { refusalMessage, writeRefusal } from '#protocol/http-refusal.js'

test('names its error and says why, and before a close code also when to come again', async (t) => {
  for (const error of Object.keys(httpErrors) as HttpErrorCode[]) {
    const { message } = httpErrors[error]
    const retry_after_ms = retryAfterMs[error]
    t.same(JSON.parse(writeRefusal(error)), { error, message })
    t.same(refusalMessage(error), retry_after_ms && { type: 'error', message, code: error, retry_after_ms })
  }
})
