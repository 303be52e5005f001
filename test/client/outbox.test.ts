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
