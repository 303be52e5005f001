import { test } from 'tap'
import type { SocketOwner } from '#gateway/deliver/socket/client-socket.js'
import { RefusedSockets } from '#gateway/deliver/socket/refused-sockets.js'
import { FakeSocket } from '../../../support/gateway/fake-socket.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

function refusing(waitingSocketsMax: number) {
  const clock = new SimulatedClock()
  let leftWaiting = 0
  const sockets = new RefusedSockets(waitingSocketsMax, { clock, random: () => 0 }, { upgraded: () => leftWaiting++ })
  const accepted: FakeSocket[] = []
  const accept = (owner: SocketOwner) => {
    const socket = new FakeSocket()
    socket.onGone = (code) => owner.gone(code)
    accepted.push(socket)
    owner.attach(socket)
  }
  return { clock, sockets, accepted, accept, left: () => leftWaiting }
}

test('closes a socket at once with the code of its refusal, behind when to come back where that helps', async (t) => {
  const { sockets, accepted, accept } = refusing(100)
  t.ok(sockets.close('token_expired', 'sluice.v1', accept))
  t.ok(sockets.close('starting', 'sluice.v1.batch', accept))
  t.same([accepted[0]!.sent, accepted[0]!.ended], [[], { code: 4500, reason: 'The token has expired.' }])
  t.match(JSON.parse(accepted[1]!.sent[0]!), [{ type: 'error', code: 'starting', retry_after_ms: 5000 }])
  t.match(accepted[1]!.ended, { code: 4005 })
})

test('bears with a client that goes while it is taken in, and with what it says', async (t) => {
  const { sockets, accepted, accept } = refusing(100)
  let owner: SocketOwner | undefined
  sockets.close('starting', 'sluice.v1', (one) => {
    owner = one
    accept(one)
    accepted[0]!.close()
  })
  t.same(accepted[0]!.sent, [])
  owner!.received(Buffer.alloc(1), false)
  owner!.drained()
})

test('a quarter of the waiting sockets may be such ones, and each counts until the kernel has given it up', async (t) => {
  const { clock, sockets, accept, left } = refusing(8)
  t.same(
    [1, 2, 3].map(() => sockets.close('starting', 'sluice.v1', accept)),
    [true, true, false],
  )
  await clock.advance(14_000)
  t.notOk(sockets.close('starting', 'sluice.v1', accept))
  t.equal(left(), 0)
  await clock.advance(2_000)
  t.equal(left(), 2)
  t.ok(sockets.close('starting', 'sluice.v1', accept))
})

test('has no code for what no browser can be refused for', async (t) => {
  const { sockets, accept } = refusing(100)
  t.notOk(sockets.close('subprotocol_required', 'sluice.v1', accept))
})
