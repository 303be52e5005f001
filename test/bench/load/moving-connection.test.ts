import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { type Test, test } from 'tap'
import { WebSocketServer, type WebSocket } from 'ws'
import type { LoadConnection } from '../../../bench/load/load-connection.js'
import { movingConnection } from '../../../bench/load/moving-connection.js'
import { Tally } from '../../../bench/load/tally.js'
import { entityIdOf, firstSequence } from '../../../bench/workload/order.js'
import { until } from '../../support/running/until.js'

/** A server that tells each client so many versions of entity 1, from that one on, and then what `last` does. */
async function serverOf(t: Test, from: number, versions: number, last: (client: WebSocket) => void = () => undefined) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const asked: unknown[] = []
  server.on('connection', (client) => {
    client.send('{"type":"connection_established"}')
    client.on('message', (text: Buffer) => {
      asked.push(JSON.parse(text.toString()))
      client.send('{"type":"subscription_success","resumed":true}')
      for (let n = from; n < from + versions; n++) client.send(JSON.stringify(versionOf(firstSequence + n)))
      last(client)
    })
  })
  await once(server, 'listening')
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/client`, asked }
}

function versionOf(sequence: number): object {
  const about = { entity_id: entityIdOf(1), entity_type: 'order', operation: 'update' }
  return { type: 'entity_update', ...about, data: { seq: sequence }, cursor: `c${sequence}` }
}

/** As the gateway does, which waits for no answer to its close frame. */
function end(client: WebSocket): void {
  client.close(4000)
  ;(client as unknown as { _socket: Socket })._socket.end()
}

for (const [how, leave] of [
  ['asks for it', (client: WebSocket) => client.send('{"type":"reconnect","within_ms":20}')],
  ['ends', end],
] as const)
  test(`a client goes to another server when its own ${how}, and from what it holds`, async (t) => {
    t.intercept(Math, 'random', { value: () => 0.001 })
    const [first, second] = [await serverOf(t, 0, 2, leave), await serverOf(t, 2, 3)]
    const tally = new Tally()
    tally.account.reserve(1)
    tally.begin()
    const who = {
      token: '',
      role: 'support',
      sees: true,
      timed: true,
      entities: [1],
      subprotocol: 'sluice.v1',
      keepsCursors: true,
    } as const
    let next: LoadConnection | undefined
    const connection = movingConnection({ ...who, url: first.url, movesTo: second.url }, tally, 0, (moved) => (next = moved))
    t.teardown(() => [connection, next].forEach((one) => one?.reset()))
    await until(() => tally.received === 5)
    t.same(second.asked, [{ type: 'subscribe', entity_id: entityIdOf(1), entity_type: 'order', since: `c${firstSequence + 1}` }])
    t.match(tally.account.result(), { counts: [5], disordered: 0 })
    t.same([tally.closes.size, tally.errors], [0, []], 'to leave is no fault')
  })
