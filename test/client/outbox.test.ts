import { test } from 'tap'
import { clientFixture, requestsOf } from '../support/client/client-fixture.js'
import { SimulatedServer } from '../support/client/simulated-server.js'

test('ten thousand subscriptions go in lists, within what the server allows', async (t) => {
  const { client, world } = clientFixture()
  const server = new SimulatedServer(world)
  for (let n = 0; n < 10_000; n++) client.subscribe('order', `ördér-${n}`).subscribe(() => undefined)
  world.advance(60_000)
  const [socket] = world.sockets
  t.equal(requestsOf(socket!, 'subscribe').length, 10_000)
  t.ok(socket!.sent.length < 200, `${socket!.sent.length} frames`)
  t.equal(server.floods, 0)
  t.ok(socket!.sent.every((frame) => JSON.stringify(frame).length < 16_384))
})

for (const bad of [-1000, 0, '1', null]) {
  test(`limits of ${String(bad)} are none, and what is usual holds`, async (t) => {
    const { client, world, live } = clientFixture()
    for (let n = 0; n < 3000; n++) client.subscribe('order', `order-${n}`).subscribe(() => undefined)
    const socket = live({ limits: { frames_per_second: bad, bytes_per_frame: bad, frame_bytes: bad }, features: [] })
    for (let n = 0; n < 3000; n++) {
      const { ref } = requestsOf(socket, 'subscribe').at(-1)!
      if (ref !== n + 1) break
      socket.receive({ type: 'subscription_success', ref })
      world.settle()
    }
    const asked = requestsOf(socket, 'subscribe').length
    t.ok(asked > 100 && asked < 1000, `${asked} at once`)
  })
}
