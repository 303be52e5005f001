import { test } from 'tap'
import { NearReplica } from '#kafka/read/near-replica.js'

const epoch = 4

test('none is named before its leader has compared what was read, in each epoch anew', (t) => {
  const replica = new NearReplica()
  t.notOk(replica.mayBeNamed(epoch, 0))
  replica.compared(epoch)
  t.ok(replica.mayBeNamed(epoch, 0))
  t.notOk(replica.mayBeNamed(epoch + 1, 0))
  t.end()
})

test('the one that is named is read for five minutes', (t) => {
  const replica = new NearReplica()
  replica.name(2, 1000)
  replica.forgetIfOld(300_999)
  t.equal(replica.broker, 2)
  replica.forgetIfOld(301_000)
  t.equal(replica.broker, undefined)
  t.end()
})

test('the leader of one that fails is read for half a minute, and compares anew', (t) => {
  const replica = new NearReplica()
  replica.compared(epoch)
  replica.name(2, 0)
  replica.leave(1000)
  t.equal(replica.broker, undefined)
  t.notOk(replica.mayBeNamed(epoch, 31_000), 'what was read from the replica may not be what its leader has')
  replica.compared(epoch)
  t.notOk(replica.mayBeNamed(epoch, 30_999))
  t.ok(replica.mayBeNamed(epoch, 31_000))
  t.end()
})
