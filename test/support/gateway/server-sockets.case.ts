import { test, type Test } from 'tap'
import { systemClock, type Clock } from '#clock.js'
import type { CreateServer, ServerOptions } from '#gateway/deliver/socket/server.js'
import { closeCodes } from '#protocol/codes.js'
import { RawClient } from '../clients/raw-client.js'
import { until } from '../running/until.js'
import { randomFrom } from './simulated-world.js'
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
    // uWebSockets.js hangs up without a code.
    t.match(String((await bad.client.closed).code), /^100[67]$/)
    t.same([bad.connection.texts, bad.connection.closedWith], [[], 1006])
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

  check('puts a message together from its fragments, with a ping between them, which it answers', async (t) => {
    const { port, acceptor, authorization } = await serve(t)
    const client = await RawClient.connect(t, port)
    client.upgrade('/ws/c', authorization)
    await until(() => acceptor.connections.length === 1)
    client.frame(0x01, 'one, ')
    client.frame(0x89, 'hello')
    client.frame(0x00, 'two, ')
    client.frame(0x80, 'three')
    const [connection] = acceptor.connections
    await until(() => connection!.texts.length === 1)
    t.same(connection!.texts, ['one, two, three'])
    await until(() => client.received.includes('\x8a\x05hello') && client.received.endsWith('\x81\x0fone, two, three'))
  })

  check('compresses nothing, and cuts off who does', async (t) => {
    const { port, acceptor, authorization } = await serve(t)
    const client = await RawClient.connect(t, port)
    client.upgrade('/ws/c', { ...authorization, 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' })
    await until(() => acceptor.connections.length === 1 && client.received.endsWith('\r\n\r\n'))
    t.notMatch(client.received, /Sec-WebSocket-Extensions/i)
    client.frame(0xc1, 'x')
    await until(() => acceptor.connections[0]!.closedWith !== undefined)
    t.same([acceptor.connections[0]!.closedWith, acceptor.connections[0]!.texts], [1006, []])
  })

  check('closes its half behind the close code, and waits for nobody to answer it', async (t) => {
    const { port, acceptor, authorization } = await serve(t)
    const client = await RawClient.connect(t, port)
    client.upgrade('/ws/c', authorization)
    await until(() => acceptor.connections.length === 1)
    const [connection] = acceptor.connections
    connection!.transport.close(closeCodes.replaced)
    await until(() => client.hasEnded && connection!.closedWith !== undefined)
    t.ok(client.received.endsWith(closeCodes.replaced.reason))
    t.equal(connection!.closedWith, closeCodes.replaced.code)
    for (let i = 0; i < 1000; i++) client.frame(0x81, 'x')
    t.same(connection!.texts, [], 'nothing is read after it')
  })

  check('tells of a client that closes without a word, by halves or by a reset', async (t) => {
    const { port, acceptor, authorization } = await serve(t)
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const client = await RawClient.connect(t, port)
      client.upgrade('/ws/c', authorization)
      const known = acceptor.connections.length
      await until(() => acceptor.connections.length > known)
      client.socket[leave]()
      await until(() => acceptor.connections.at(-1)!.closedWith !== undefined)
      t.equal(acceptor.connections.at(-1)!.closedWith, 1006, leave)
    }
  })

  check('sends frames of every size whole and in order, corked or not, to a client that stops and goes on', async (t) => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    const random = randomFrom(seed)
    const sizes = [0, 1, 124, 125, 126, 127, 300, 16_000, 16_384, 65_535, 65_536, 200_000]
    const sizeOf = () => sizes[Math.floor(random() * sizes.length)]!
    const { connectClient } = await serve(t)
    const both = [await connectClient('a'), await connectClient('b')] as const
    const sent: [string[], string[]] = [[], []]
    const send = (to: 0 | 1): void => {
      const text = String(sent[to].length).padEnd(sizeOf(), 'x')
      sent[to].push(text)
      both[to].connection.send(text)
    }
    const sendEach = (receivers: readonly (0 | 1)[]) => receivers.forEach(send)
    const writeSome = (to: 0 | 1): void => {
      const other = to === 0 ? 1 : 0
      for (let left = Math.floor(random() * 30); left > 0; left--) {
        send(to)
        // What one connection does may make another one write.
        if (random() < 0.1) both[other].connection.transport.cork(() => sendEach([other, to, other]))
      }
    }
    for (let turn = 0; turn < 60; turn++) {
      const to = random() < 0.5 ? 0 : 1
      if (random() < 0.2) socketOf(both[to].client).pause()
      else socketOf(both[to].client).resume()
      if (random() < 0.8) both[to].connection.transport.cork(() => writeSome(to))
      else writeSome(to)
      if (random() < 0.5) await new Promise(setImmediate)
    }
    for (const [to, { client, connection }] of both.entries()) {
      socketOf(client).resume()
      await until(() => client.received.length === sent[to]!.length)
      // Not by the test's own comparison, which would print megabytes.
      t.ok(
        client.received.every((text, at) => text === sent[to]![at]),
        `seed ${seed}`,
      )
      t.equal(connection.transport.bufferedBytes(), 0)
    }
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
