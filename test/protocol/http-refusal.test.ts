import { test } from 'tap'
import { httpErrors, type HttpErrorCode } from '#protocol/codes.js'
import { readRefusal, writeRefusal } from '#protocol/http-refusal.js'

test('is read back as it was written', async (t) => {
  for (const error of Object.keys(httpErrors) as HttpErrorCode[])
    t.same(readRefusal(writeRefusal(error)), { error, message: httpErrors[error].message })
})

test('is nothing that somebody in between has written', async (t) => {
  for (const body of ['', '<html>Bad gateway</html>', 'null', '[]', '{"message":1}', '{"error":"x"}'])
    t.equal(readRefusal(body), undefined, body)
  t.same(readRefusal('{"message":"m","retry":1}'), { message: 'm' })
})
