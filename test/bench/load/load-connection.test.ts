import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { WebSocketServer } from 'ws'
import { LoadConnection } from '../../../bench/load/load-connection.js'
import { Tally } from '../../../bench/load/tally.js'

test('fails where it is refused a subscription, instead of waiting for it for ever', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  server.on('connection', (client) => {
    client.send('{"type":"connection_established"}')
    client.on('message', () => client.send('{"type":"error","message":"no"}'))
  })
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/client`
  const connection = new LoadConnection({ url, token: '', role: 'support', sees: true, timed: true, entities: [1] }, new Tally(), 0)
  t.teardown(() => connection.reset())
  await t.rejects(connection.opened, { message: /"message":"no"/ })
})
