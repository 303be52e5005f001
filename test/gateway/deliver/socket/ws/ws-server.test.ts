import type { CreateServer } from '#gateway/deliver/socket/server.js'
import { WsServer } from '#gateway/deliver/socket/ws/ws-server.js'
import { test } from 'tap'
import { RawClient } from '../../../../support/clients/raw-client.js'
import { serveEcho } from '../../../../support/gateway/echo-server.js'
import { until } from '../../../../support/running/until.js'
import { testServer } from '../../../../support/gateway/server.case.js'
import { testServerSockets } from '../../../../support/gateway/server-sockets.case.js'

const create: CreateServer = (options, parts) => WsServer.create(options, parts)

testServer('ws', create)
testServerSockets('ws', create)

test('the server on ws cuts off a client whose message is in too many pieces, as only whole messages are counted', async (t) => {
  const { port, acceptor, authorization } = await serveEcho(t, create)
  const client = await RawClient.connect(t, port)
  client.upgrade('/ws/c', authorization)
  await until(() => acceptor.connections.length === 1)
  client.frame(0x01)
  for (let i = 0; i < 300; i++) client.frame(0x00)
  await until(() => acceptor.connections[0]!.closedWith !== undefined)
  t.same([acceptor.connections[0]!.closedWith, acceptor.connections[0]!.texts], [1006, []])
})

test('the server on ws sends what was corked, and all after it, where the one who corks throws', async (t) => {
  const { connectClient } = await serveEcho(t, create)
  const { client, connection } = await connectClient()
  const corkAndThrow = () =>
    connection.transport.cork(() => {
      connection.send('corked')
      throw new Error('on purpose')
    })
  t.throws(corkAndThrow, /on purpose/)
  connection.send('alone')
  connection.transport.cork(() => ['corked', 'again'].forEach((text) => connection.send(text)))
  await until(() => client.received.length === 4)
  t.same(client.received, ['corked', 'alone', 'corked', 'again'])
})
