import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { test, type Test } from 'tap'
import { createTokenVerifier, type TokenVerifier } from '../../src/authenticate/token-verifier.js'
import { systemClock, type Clock } from '../../src/clock.js'
import { UwsServer, type UwsServerOptions } from '../../src/deliver/uws-server.js'
import { closeCodes, ConfigurationError, httpErrors, type HttpErrorCode } from '../../src/errors.js'
import { Meter } from '../../src/observe/meter.js'
import { EchoAcceptor } from '../support/echo-acceptor.js'
import { selfSignedCertificate } from '../support/self-signed-certificate.js'
import { SilentLog } from '../support/silent-log.js'
import { secret, signedToken } from '../support/tokens.js'
import { until } from '../support/until.js'
import { refusedUpgrade, WsClient } from '../support/ws-client.js'

const defaults: UwsServerOptions = { frameBytesMax: 16 * 1024, framesPerSecondMax: 1000, idleTimeoutSeconds: 60, allowedOrigins: [] }

async function serve(t: Test, options: Partial<UwsServerOptions> = {}, others: { verifier?: TokenVerifier; clock?: Clock } = {}) {
  const [acceptor, meter, log] = [new EchoAcceptor(), new Meter(), new SilentLog()]
  const context = { clock: others.clock ?? systemClock, log }
  const verifier = others.verifier ?? createTokenVerifier({ keys: { kind: 'secret', secret }, rolesClaim: 'roles' }, context)
  const ready = { is: true }
  const server = await UwsServer.create({ ...defaults, ...options }, { acceptor, verifier, isReady: () => ready.is, meter, ...context })
  const port = await server.listen('127.0.0.1', 0)
  t.teardown(() => server.close())
  const url = `ws://127.0.0.1:${port}`
  const authorization = { authorization: `Bearer ${await signedToken()}` }
  const connectClient = async (clientId = 'c') => {
    const client = await WsClient.connect(`${url}/ws/${clientId}`, { headers: authorization })
    t.teardown(() => client.socket.terminate())
    return { client, connection: acceptor.connections.at(-1)! }
  }
  return { acceptor, meter, log, server, port, url, authorization, ready, connectClient }
}

/** As each socket of the server library knows its peer: the sockets in Node that a `ws` client stands on. */
function socketOf(client: WsClient): Socket {
  return (client.socket as unknown as { _socket: Socket })._socket
}

test('hangs up after an answer, so that no pipeline of requests and no endless body holds up others', async (t) => {
  const { port } = await serve(t)
  for (const endless of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n']) {
    const socket = connect(port, '127.0.0.1')
    let answers = ''
    socket.on('data', (text: Buffer) => (answers += text.toString())).on('error', () => undefined)
    socket.write(endless.repeat(1000))
    await once(socket, 'close')
    t.equal(answers.match(/^HTTP/gm)?.length, 1)
  }
})

test('answers HEAD without a body', async (t) => {
  const { url } = await serve(t)
  const response = await fetch(`${url.replace('ws', 'http')}/healthz`, { method: 'HEAD' })
  t.same([response.status, await response.text()], [200, ''])
})

test('connects a client whose token is good, wherever it stands', async (t) => {
  const { url, acceptor, authorization } = await serve(t)
  const token = await signedToken({ sub: 'ann', roles: ['support'] })
  const clients = [
    await WsClient.connect(`${url}/ws/a`, { headers: { authorization: `Bearer ${token}` } }),
    await WsClient.connect(`${url}/ws/b?access_token=${token}`),
    await WsClient.connect(`${url}/ws/c`, { protocols: ['sluice.v1', `bearer.${token}`] }),
    await WsClient.connect(`${url}/ws/d`, { protocols: [`bearer.${token}`, 'sluice.v1'], headers: authorization }),
  ]
  t.teardown(() => clients.forEach(({ socket }) => socket.terminate()))
  t.same(
    clients.map(({ socket }) => socket.protocol),
    ['', '', 'sluice.v1', 'sluice.v1'],
  )
  t.match(
    acceptor.connections.map(({ identity }) => identity),
    [
      { sub: 'ann', clientId: 'a', roles: ['support'], dialect: 'seed' },
      { sub: 'ann', clientId: 'b', dialect: 'seed' },
      { sub: 'ann', clientId: 'c', dialect: 'sluice.v1' },
      { sub: 'user', clientId: 'd', dialect: 'sluice.v1' },
    ],
  )
})

test('refuses an upgrade with a JSON reason and counts it', async (t) => {
  const { url, meter, authorization, acceptor } = await serve(t, { allowedOrigins: ['https://app.example.com'] })
  const expired = `Bearer ${await signedToken({ exp: 1 })}`
  const early = `Bearer ${await signedToken({ nbf: 1e10 })}`
  const cases: [HttpErrorCode, string, Parameters<typeof refusedUpgrade>[1]][] = [
    ['token_missing', '/ws/c', {}],
    ['token_invalid', '/ws/c?access_token=x', {}],
    ['token_expired', '/ws/c', { headers: { authorization: expired } }],
    ['token_not_active', '/ws/c', { headers: { authorization: early } }],
    ['subprotocol_required', '/ws/c', { protocols: ['bearer.x'] }],
    ['origin_forbidden', '/ws/c', { headers: { ...authorization, origin: 'https://evil.example.com' } }],
    ['client_id_invalid', '/ws/', { headers: authorization }],
    ['client_id_invalid', '/ws/a/b', { headers: authorization }],
    ['client_id_invalid', '/ws/a%2Fb', { headers: authorization }],
    ['client_id_invalid', '/ws/%zz', { headers: authorization }],
    ['client_id_invalid', `/ws/${'x'.repeat(1024)}`, { headers: authorization }],
  ]
  for (const [code, path, options] of cases) {
    const { status, message } = httpErrors[code]
    const refusal = await refusedUpgrade(url + path, options)
    t.same({ status: refusal.status, body: refusal.body }, { status, body: { error: code, message } }, code)
    t.equal(refusal.headers['content-type'], 'application/json')
  }
  t.equal(meter.upgradesRefused.get('client_id_invalid'), 5)
  t.equal(meter.upgradesRefused.get('token_missing'), 1)
  t.equal(acceptor.connections.length, 0)
})

test('decodes the client id', async (t) => {
  const { connectClient } = await serve(t)
  const { connection } = await connectClient('caf%C3%A9%20%231?access_token=ignored')
  t.equal(connection.identity.clientId, 'café #1')
})

test('takes a token of 6 kB, in the header and in the query', async (t) => {
  const { url, acceptor } = await serve(t)
  const token = await signedToken({ padding: 'x'.repeat(4500) })
  t.ok(token.length > 6000)
  for (const [path, headers] of [[`/ws/c?access_token=${token}`, {}] as const, ['/ws/c', { authorization: `Bearer ${token}` }] as const]) {
    const client = await WsClient.connect(url + path, { headers })
    client.socket.terminate()
  }
  t.equal(acceptor.connections.length, 2)
})

test('tells a client to come back later when there is no room, also when others came in meanwhile', async (t) => {
  const verifier: TokenVerifier = {
    verify: async () => {
      acceptor.refuses = 'too_many_connections'
      return { sub: 'user', roles: [], claims: {}, expiresAtMs: 1 }
    },
  }
  const { url, acceptor, authorization } = await serve(t, {}, { verifier })
  for (const reason of ['too_many_connections', 'shutting_down', undefined] as const) {
    acceptor.refuses = reason
    const refusal = await refusedUpgrade(`${url}/ws/c`, { headers: authorization })
    t.match(refusal, { status: 503, body: { error: reason ?? 'too_many_connections' } })
    t.match(refusal.headers['retry-after'], /^\d+$/)
  }
  t.equal(acceptor.connections.length, 0)
})

test('answers health checks without details, and anything else with 404', async (t) => {
  const { url, ready } = await serve(t)
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(url.replace('ws:', 'http:') + path, init)
    return { status: response.status, body: await response.json() }
  }
  t.same(await get('/healthz'), { status: 200, body: { status: 'ok' } })
  t.same(await get('/readyz'), { status: 200, body: { status: 'ok' } })
  ready.is = false
  t.same(await get('/readyz'), { status: 503, body: { status: 'unavailable' } })
  t.same(await get('/healthz'), { status: 200, body: { status: 'ok' } })
  for (const path of ['/', '/ws', '/ws/c', '/metrics', '/healthz/x'])
    t.match(await get(path), { status: 404, body: { error: 'not_found' } }, path)
  t.match(await get('/healthz', { method: 'POST', body: 'x' }), { status: 404 })
})

test('hands on text and tells of binary frames', async (t) => {
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

test('closes a client whose frame is over the limit with 1009, which arrives', async (t) => {
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

test('cuts off bad UTF-8 without disturbing others', async (t) => {
  const { connectClient, log } = await serve(t)
  const [bad, other] = [await connectClient('bad'), await connectClient('other')]
  socketOf(bad.client).write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]))
  t.equal((await bad.client.closed).code, 1006)
  t.same(bad.connection.texts, [])
  other.client.socket.send('still here')
  await until(() => other.client.received.length === 1)
  t.match(log.lines.join(), /invalid UTF-8/i, 'the log says why')
})

test('closes a client that sends 100,000 frames with 4502, which arrives, while another goes on', async (t) => {
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

test('closes a client whose frames are few but costly to read', async (t) => {
  const { connectClient } = await serve(t)
  const [flood, other] = [await connectClient('flood'), await connectClient('other')]
  const costly = `[${Array.from({ length: 1300 }, (_, n) => `{"k${n}":0}`).join()}]`
  for (let i = 0; i < 500; i++) flood.client.socket.send(costly)
  t.same(await flood.client.closed, closeCodes.flooded)
  t.ok(flood.connection.texts.length < 20, `${flood.connection.texts.length} were read`)
  other.client.socket.send('still here')
  await until(() => other.client.received.length === 1)
})

test('closes a client that floods it with pings or pongs', async (t) => {
  const { connectClient } = await serve(t, { framesPerSecondMax: 100 })
  for (const kind of ['ping', 'pong'] as const) {
    const { client } = await connectClient()
    for (let i = 0; i < 1000; i++) client.socket[kind]()
    t.same(await client.closed, closeCodes.flooded, kind)
  }
})

test('sends the close code behind the data that waits, however much that is', async (t) => {
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

test('hangs up on a client that never reads its last bytes', async (t) => {
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

test('sends what is corked before the close code', async (t) => {
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

test('tells a connection when its socket can take more', async (t) => {
  const { connectClient } = await serve(t)
  const { client, connection } = await connectClient()
  socketOf(client).pause()
  for (let i = 0; i < 20; i++) connection.send('x'.repeat(1024 * 1024))
  t.ok(connection.transport.bufferedBytes() > 0)
  socketOf(client).resume()
  await until(() => connection.transport.bufferedBytes() === 0)
  t.ok(connection.drains > 0)
})

test('takes calls on a socket that has gone for nothing', async (t) => {
  const { connectClient } = await serve(t)
  const { client, connection } = await connectClient()
  client.socket.close(4999)
  await until(() => connection.closedWith !== undefined)
  t.equal(connection.closedWith, 4999)
  connection.send('x')
  connection.transport.close(closeCodes.replaced)
  t.equal(connection.transport.bufferedBytes(), 0)
})

test('survives a client that leaves while its token is being verified', async (t) => {
  let verified: () => void = () => undefined
  let verifying = false
  const verifier: TokenVerifier = {
    verify: () => {
      verifying = true
      return new Promise((resolve) => (verified = () => resolve({ sub: 'user', roles: [], claims: {}, expiresAtMs: 1 })))
    },
  }
  const { port, acceptor, url, authorization } = await serve(t, {}, { verifier })
  const socket = connect(port, '127.0.0.1')
  socket.write(
    'GET /ws/c?access_token=x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await until(() => verifying)
  socket.resetAndDestroy()
  await once(socket, 'close')
  const next = WsClient.connect(`${url}/ws/next`, { headers: authorization })
  const first = verified
  await until(() => verified !== first)
  first()
  verified()
  ;(await next).socket.terminate()
  t.same(
    acceptor.connections.map(({ identity }) => identity.clientId),
    ['next'],
  )
})

test('logs no token', async (t) => {
  const { url, log, connectClient, authorization } = await serve(t)
  const token = await signedToken({ exp: 1 })
  await refusedUpgrade(`${url}/ws/c?access_token=${token}`)
  await refusedUpgrade(`${url}/ws/%zz?access_token=${token}`, { headers: authorization })
  const { client, connection } = await connectClient()
  client.socket.close()
  await until(() => connection.closedWith !== undefined)
  t.ok(log.lines.length >= 3)
  for (const part of [...token.split('.'), ...authorization.authorization.split('.')]) t.notOk(log.lines.join().includes(part))
})

test('cuts off a client that is dead, and keeps one that answers pings', { timeout: 60_000 }, async (t) => {
  const { connectClient } = await serve(t, { idleTimeoutSeconds: 9 })
  const [dead, alive] = [await connectClient('dead'), await connectClient('alive')]
  let pings = 0
  alive.client.socket.on('ping', () => pings++)
  socketOf(dead.client).pause()
  await until(() => dead.connection.closedWith !== undefined)
  t.equal(dead.connection.closedWith, 1006)
  t.ok(pings > 0)
  t.equal(alive.client.socket.readyState, alive.client.socket.OPEN)
})

test('speaks wss with a certificate', async (t) => {
  const { port, authorization } = await serve(t, { tls: selfSignedCertificate(t.testdir()) })
  const client = await WsClient.connect(`wss://127.0.0.1:${port}/ws/c`, { headers: authorization, rejectUnauthorized: false })
  t.teardown(() => client.socket.terminate())
  client.socket.send('secret')
  await until(() => client.received.length === 1)
  t.same(client.received, ['secret'])
})

test('says which certificate cannot be used', async (t) => {
  const tls = { certFile: '/no/such/cert.pem', keyFile: '/no/such/key.pem' }
  await t.rejects(serve(t, { tls }), { name: 'ConfigurationError', message: /\/no\/such\/cert\.pem/ })
})

test('refuses a port that is in use, by a server of its own kind or another', async (t) => {
  const { port } = await serve(t)
  const { server } = await serve(t)
  await t.rejects(server.listen('127.0.0.1', port), ConfigurationError)
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const otherPort = (other.address() as AddressInfo).port
  await t.rejects(server.listen('127.0.0.1', otherPort), { message: new RegExp(`127\\.0\\.0\\.1:${otherPort}: .*in use`) })
  await t.rejects(server.listen('203.0.113.1', 0), { message: /203\.0\.113\.1:0: .*EADDRNOTAVAIL/ })
})

test('keeps its connections when it stops listening, and cuts them off when it closes', async (t) => {
  const { server, url, authorization, acceptor, connectClient } = await serve(t)
  const { client, connection } = await connectClient()
  server.stopListening()
  server.stopListening()
  await t.rejects(WsClient.connect(`${url}/ws/late`, { headers: authorization, handshakeTimeout: 2000 }))
  t.equal(acceptor.connections.length, 1)
  client.socket.send('still here')
  await until(() => client.received.length === 1)
  server.close()
  t.equal((await client.closed).code, 1006)
  await until(() => connection.closedWith !== undefined)
})
