import type { CreateServer } from '#gateway/deliver/socket/server.js'
import { WsServer } from '#gateway/deliver/socket/ws/ws-server.js'
import { once } from 'node:events'
import { connect } from 'node:net'
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

test('the server on ws reads nothing behind a request, where Node would go through all that has come', async (t) => {
  const { port, ready } = await serveEcho(t, create)
  let asked = 0
  Object.defineProperty(ready, 'is', { get: () => ++asked > 0 })
  const socket = connect(port, '127.0.0.1').resume()
  socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000))
  await once(socket, 'close')
  t.equal(asked, 1)
})

test('the server on ws takes a request for no upgrade that does not ask for one in its connection', async (t) => {
  const { port, authorization, acceptor } = await serveEcho(t, create)
  const socket = connect(port, '127.0.0.1')
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
  socket.write(`GET /ws/c HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n${key}\r\nAuthorization: ${authorization.authorization}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  t.match(answer.toString(), /^HTTP\/1\.1 404 /)
  t.equal(acceptor.connections.length, 0)
})
