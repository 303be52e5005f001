import { test, type Test } from 'tap'
import { systemClock, type Clock } from '#clock.js'
import type { CreateServer, ServerOptions } from '#gateway/deliver/socket/server.js'
import { closeCodes } from '#protocol/codes.js'
import { until } from '../running/until.js'
import { serveEcho, socketOf, type EchoParts } from './echo-server.js'

/** What every server does with the sockets of clients, real ones on both sides: one suite for all of them. */
export function testServerSockets(library: string, create: CreateServer): void {
  const check = (sentence: string, body: (t: Test) => Promise<void>) => void test(`the server on ${library} ${sentence}`, body)
  const serve = (t: Test, options?: Partial<ServerOptions>, others?: EchoParts) => serveEcho(t, create, options, others)

  check('hands on text and tells of binary frames', async (t) => {
    const { connectClient } = await serve(t)
    const { client, connection } = await connectClient()
    client.socket.send('é\u0000𝄞')
    client.socket.send(Buffer.from('x'))
    client.socket.send('')
    await until(() => client.received.length === 2)
    t.same(connection.texts, ['é\u0000𝄞', ''])
    t.equal(connection.binaries, 1)
    t.same(client.received, ['é\u0000𝄞', ''])
  })

  check('closes a client whose frame is over the limit with 1009, which arrives', async (t) => {
    const { connectClient } = await serve(t, { frameBytesMax: 1000 })
    for (const bytes of [1001, 100_000, 1024 * 1024]) {
      const { client, connection } = await connectClient()
      client.socket.send('x'.repeat(1000))
      client.socket.send('x'.repeat(bytes))
      client.socket.send('after')
      t.same(await client.closed, closeCodes.message_too_big, `${bytes} bytes`)
      await until(() => connection.closedWith !== undefined)
      t.equal(connection.closedWith, 1009)
      t.same(
        connection.texts.map((text) => text.length),
        [1000],
      )
    }
  })

  check('cuts off bad UTF-8 without disturbing others', async (t) => {
    const { connectClient, log } = await serve(t)
    const [bad, other] = [await connectClient('bad'), await connectClient('other')]
    socketOf(bad.client).write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]))
    t.equal((await bad.client.closed).code, 1006)
    t.same(bad.connection.texts, [])
    other.client.socket.send('still here')
    await until(() => other.client.received.length === 1)
    t.match(log.lines.join(), /invalid UTF-8/i, 'the log says why')
  })

  check('closes a client that sends 100,000 frames with 4502, which arrives, while another goes on', async (t) => {
    const { connectClient } = await serve(t)
    const [flood, other] = [await connectClient('flood'), await connectClient('other')]
    for (let i = 0; i < 100_000; i++) flood.client.socket.send(`{"i":${i}}`)
    let echoes = 0
    while (flood.client.socket.readyState === flood.client.socket.OPEN) {
      other.client.socket.send('echo')
      echoes++
      await until(() => other.client.received.length === echoes)
    }
    t.same(await flood.client.closed, closeCodes.flooded)
    t.ok(flood.connection.texts.length < 2500, `${flood.connection.texts.length} were read`)
    t.equal(flood.connection.closedWith, 4502)
    other.client.socket.send('after')
    await until(() => other.client.received.at(-1) === 'after')
    t.equal(other.connection.closedWith, undefined)
  })

  check('closes a client whose frames are few but costly to read', async (t) => {
    const { connectClient } = await serve(t)
    const [flood, other] = [await connectClient('flood'), await connectClient('other')]
    const costly = `[${Array.from({ length: 1300 }, (_, n) => `{"k${n}":0}`).join()}]`
    for (let i = 0; i < 500; i++) flood.client.socket.send(costly)
    t.same(await flood.client.closed, closeCodes.flooded)
    t.ok(flood.connection.texts.length < 20, `${flood.connection.texts.length} were read`)
    other.client.socket.send('still here')
    await until(() => other.client.received.length === 1)
  })

  check('closes a client that floods it with pings or pongs', async (t) => {
    const { connectClient } = await serve(t, { framesPerSecondMax: 100 })
    for (const kind of ['ping', 'pong'] as const) {
      const { client } = await connectClient()
      for (let i = 0; i < 1000; i++) client.socket[kind]()
      t.same(await client.closed, closeCodes.flooded, kind)
    }
  })

  check('sends the close code behind the data that waits, however much that is', async (t) => {
    const { connectClient } = await serve(t)
    const { client, connection } = await connectClient()
    const megabyte = 'x'.repeat(1024 * 1024)
    socketOf(client).pause()
    connection.transport.cork(() => {
      for (let i = 0; i < 20; i++) connection.send(megabyte)
      t.ok(connection.transport.bufferedBytes() > 0)
      connection.transport.close(closeCodes.shutting_down)
    })
    connection.send('never')
    t.equal(connection.closedWith, undefined)
    socketOf(client).resume()
    t.same(await client.closed, closeCodes.shutting_down)
    t.equal(client.received.join('').length, 20 * megabyte.length)
    await until(() => connection.closedWith !== undefined)
    t.equal(connection.closedWith, 4000)
  })

  check('hangs up on a client that never reads its last bytes', async (t) => {
    const hurried: Clock = { ...systemClock, after: (delayMs, call) => systemClock.after(delayMs / 1000, call) }
    const { connectClient } = await serve(t, {}, { clock: hurried })
    const { client, connection } = await connectClient()
    socketOf(client).pause()
    for (let i = 0; i < 20; i++) connection.send('x'.repeat(1024 * 1024))
    connection.transport.close(closeCodes.too_slow)
    await until(() => connection.closedWith !== undefined)
    socketOf(client).resume()
    t.equal((await client.closed).code, 1006)
    t.ok(client.received.length < 20)
  })

  check('sends what is corked before the close code', async (t) => {
    const { connectClient } = await serve(t)
    const { client, connection } = await connectClient()
    connection.transport.cork(() => {
      connection.send('a')
      connection.send('b')
      connection.transport.close(closeCodes.replaced)
    })
    t.same(await client.closed, closeCodes.replaced)
    t.same(client.received, ['a', 'b'])
  })

  check('tells a connection when its socket can take more', async (t) => {
    const { connectClient } = await serve(t)
    const { client, connection } = await connectClient()
    socketOf(client).pause()
    for (let i = 0; i < 20; i++) connection.send('x'.repeat(1024 * 1024))
    t.ok(connection.transport.bufferedBytes() > 0)
    socketOf(client).resume()
    await until(() => connection.transport.bufferedBytes() === 0)
    t.ok(connection.drains > 0)
  })

  check('takes calls on a socket that has gone for nothing', async (t) => {
    const { connectClient } = await serve(t)
    const { client, connection } = await connectClient()
    client.socket.close(4999)
    await until(() => connection.closedWith !== undefined)
    t.equal(connection.closedWith, 4999)
    connection.send('x')
    connection.transport.close(closeCodes.replaced)
    t.equal(connection.transport.bufferedBytes(), 0)
  })
}
