import { test } from 'tap'
import { CloseWhenFull } from '#gateway/deliver/backlog/close-when-full.js'

test('keeps all that is pushed, and closes the connection once that is more than may wait', async (t) => {
  const gauge = { mailboxBytes: 0 }
  const backlog = new CloseWhenFull<{ readonly size: number; mailboxes: number }>(gauge, 10)
  backlog.push({ size: 10, mailboxes: 0 })
  t.notOk(backlog.isOverfull)
  backlog.push({ size: 1, mailboxes: 0 })
  t.ok(backlog.isOverfull)
  t.equal(backlog.overflow(), 'too_slow')
  t.same([backlog.count, backlog.bytes, gauge.mailboxBytes], [2, 11, 11], 'what gives is the connection')
})
