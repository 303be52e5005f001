import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type Test } from 'tap'
import { ProduceConnection } from '../../../bench/feed/produce-connection.js'

/** A broker that does with each of its sockets what the test says. */
async function connectionTo(t: Test, serve: (socket: Socket) => void): Promise<ProduceConnection> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const connection = await ProduceConnection.open('127.0.0.1', (server.address() as AddressInfo).port)
  t.teardown(() => connection.close())
  return connection
}

test('answers each request, also where the answer comes in pieces', async (t) => {
  const connection = await connectionTo(t, (socket) => {
    socket.setNoDelay(true)
    socket.on('data', (bytes) => {
      const answer = Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
      for (const byte of answer) socket.write(Buffer.of(byte))
    })
  })
  t.equal((await connection.request(Buffer.from('one'))).toString(), 'one')
  t.equal((await connection.request(Buffer.from('second'))).toString(), 'second')
})

test('says that the broker has gone, to the request that waits and to each further one', async (t) => {
  const connection = await connectionTo(t, (socket) => socket.on('data', () => socket.destroy()))
  await t.rejects(connection.request(Buffer.from('one')), /broker at 127.0.0.1:\d+ is gone/)
  await t.rejects(connection.request(Buffer.from('two')), /is gone/)
})

test('takes one request at a time', async (t) => {
  const connection = await connectionTo(t, (socket) => socket.on('data', () => socket.write(Buffer.of(0, 0, 0, 1, 7))))
  const first = connection.request(Buffer.from('one'))
  await t.rejects(connection.request(Buffer.from('two')), /has not answered the last request/)
  t.same(await first, Buffer.of(7))
})

test('says that nobody listens', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await t.rejects(ProduceConnection.open('127.0.0.1', port), /ECONNREFUSED/)
})
