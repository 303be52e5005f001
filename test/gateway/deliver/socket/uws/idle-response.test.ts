import { test } from 'tap'
import { IdleResponse } from '#gateway/deliver/socket/uws/idle-response.js'
import { loadLibrary } from '#gateway/deliver/socket/uws/uws-server.js'

const library = await loadLibrary()

test('corks the response that is never given in place of the one that is upgraded', async (t) => {
  const idle = new IdleResponse(library)
  t.teardown(() => idle.close())
  await idle.open()
  await idle.open()
  let written = 0
  idle.cork({ cork: () => t.fail('must not be corked') }, () => written++)
  t.equal(written, 1)
})

test('corks the response itself where there is no other one', async (t) => {
  const idle = new IdleResponse(library)
  let written = 0
  const own = { cork: (write: () => void) => write() }
  idle.cork(own, () => written++)
  await idle.open()
  idle.close()
  idle.cork(own, () => written++)
  t.equal(written, 2)
})
