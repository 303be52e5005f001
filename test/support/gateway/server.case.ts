import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import type { TokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { PageLibrary } from '#gateway/deliver/socket/page-library.js'
import type { CreateServer, ServerOptions } from '#gateway/deliver/socket/server.js'
import { canSharePort } from '#gateway/deliver/socket/ws/ws-server.js'
import { backgroundClock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import { httpErrors, type HttpErrorCode } from '#protocol/codes.js'
import { bearerHeaders, subprotocolsWith } from '#protocol/credentials.js'
import { subprotocols, type Subprotocol } from '#protocol/dialect.js'
import { RawClient } from '../clients/raw-client.js'
import { refusedUpgrade, WsClient } from '../clients/ws-client.js'
import { freePort } from '../real-parts/jvm.js'
import { until } from '../running/until.js'
import { serveEcho, socketOf, type EchoParts } from './echo-server.js'
import { selfSignedCertificate } from './self-signed-certificate.js'
import { signedToken } from './tokens.js'

/** What every server does with requests, answers and ports: one suite for all of them. */
export function testServer(library: string, create: CreateServer): void {
  const check = (sentence: string, body: (t: Test) => Promise<void>, options = {}) =>
    void test(`the server on ${library} ${sentence}`, options, body)
  const serve = (t: Test, options?: Partial<ServerOptions>, others?: EchoParts) => serveEcho(t, create, options, others)

  check('hangs up after an answer, so that no pipeline of requests and no endless body holds up others', async (t) => {
    const { port } = await serve(t)
    for (const [path, more] of [['/'], ['/healthz'], ['/healthz', 'Expect: nothing of this\r\n']]) {
      const socket = connect(port, '127.0.0.1')
      let answers = ''
      socket.on('data', (text: Buffer) => (answers += text.toString())).on('error', () => undefined)
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${more ?? ''}\r\n`.repeat(1000))
      await once(socket, 'close')
      t.equal(answers.match(/^HTTP/gm)?.length, 1)
    }
  })

  check('answers HEAD without a body', async (t) => {
    const { url } = await serve(t)
    const response = await fetch(`${url.replace('ws', 'http')}/healthz`, { method: 'HEAD' })
    t.same([response.status, await response.text()], [200, ''])
  })

  check('connects a client whose token is good, wherever it stands', async (t) => {
    const { url, acceptor, authorization } = await serve(t)
    const token = await signedToken({ sub: 'ann', roles: ['support'] })
    const clients = [
      await WsClient.connect(`${url}/ws/a`, { headers: bearerHeaders(token) }),
      await WsClient.connect(`${url}/ws/b?access_token=${token}`),
      await WsClient.connect(`${url}/ws/c`, { protocols: subprotocolsWith(token, 'sluice.v1') }),
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
        { sub: 'ann', clientId: 'a', roles: ['support'], subprotocol: undefined },
        { sub: 'ann', clientId: 'b', subprotocol: undefined },
        { sub: 'ann', clientId: 'c', subprotocol: 'sluice.v1' },
        { sub: 'user', clientId: 'd', subprotocol: 'sluice.v1' },
      ],
    )
  })

  check('refuses an upgrade with a JSON reason and counts it', async (t) => {
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

  check('closes a browser that is refused with a code, as it learns nothing of an HTTP status', async (t) => {
    const { url, acceptor, meter } = await serve(
      t,
      { allowedOrigins: ['https://app.example.com'], waitingSocketsMax: 32 },
      { clock: backgroundClock },
    )
    const expired = await signedToken({ exp: 1 })
    const good = await signedToken()
    const refused = async (
      token: string,
      options: Parameters<typeof WsClient.connect>[1] & object = {},
      subprotocol: Subprotocol = 'sluice.v1',
    ) => {
      const client = await WsClient.connect(`${url}/ws/c`, { ...options, protocols: subprotocolsWith(token, subprotocol) })
      return { close: await client.closed, messages: client.messages() }
    }
    const closeOf = (code: 'token_expired' | 'token_invalid' | 'origin_forbidden' | 'starting') => {
      return { close: { code: httpErrors[code].close, reason: httpErrors[code].message } }
    }
    t.same(await refused(expired), { ...closeOf('token_expired'), messages: [] })
    t.match(await refused('x.y.z'), closeOf('token_invalid'))
    t.match(await refused(good, { origin: 'https://evil.example.com' }), closeOf('origin_forbidden'))
    acceptor.refuses = 'starting'
    for (const subprotocol of subprotocols)
      t.match(await refused(good, {}, subprotocol), { ...closeOf('starting'), messages: [{ code: 'starting', retry_after_ms: Number }] })
    t.match(
      await refusedUpgrade(`${url}/ws/c?access_token=${good}`, { protocols: ['sluice.v1'] }),
      { status: 503 },
      'others get the status',
    )
    t.same([acceptor.connections.length, meter.upgradesRefused.get('starting')], [0, 3])
    acceptor.refuses = undefined
    for (let n = 5; n < 8; n++) await refused(expired)
    t.equal(meter.socketsWaiting, 8, 'they count for as long as the kernel may keep them')
    t.match(await refusedUpgrade(`${url}/ws/c`, { protocols: subprotocolsWith(expired, 'sluice.v1') }), { status: 401 })
  })

  check('sends the client library as small as it is asked for, and only once', async (t) => {
    const pageLibrary = new PageLibrary({ br: Buffer.from('brotli'), gzip: Buffer.from('gzip'), identity: Buffer.from('plain') })
    const { url } = await serve(t, {}, { pageLibrary })
    const get = (headers: Record<string, string>, method = 'GET') =>
      fetch(`${url.replace('ws:', 'http:')}/client.js`, { method, headers: { 'accept-encoding': 'identity', ...headers } })
    const first = await get({})
    t.same([first.status, await first.text()], [200, 'plain'])
    const { headers } = await get({ 'accept-encoding': 'br, gzip' }, 'HEAD')
    t.same([headers.get('content-encoding'), headers.get('content-type')], ['br', 'text/javascript; charset=utf-8'])
    t.ok(Math.abs(Date.parse(headers.get('date')!) - Date.now()) < 60_000)
    const again = await get({ 'if-none-match': first.headers.get('etag')! })
    t.same([again.status, await again.text()], [304, ''])
  })

  check('answers what is no request for its WebSockets as plain HTTP, or hangs up', async (t) => {
    const { port, acceptor, authorization } = await serve(t)
    const answerTo = async (text: string) => {
      const client = await RawClient.connect(t, port)
      client.socket.write(text)
      await until(() => client.hasEnded || client.hasClosed)
      client.socket.destroy()
      return client.received.slice(0, 12)
    }
    const upgrade = 'Host: x\r\nConnection: Upgrade\r\nUpgrade:'
    t.equal(await answerTo(`GET /healthz HTTP/1.1\r\n${upgrade} h2c\r\n\r\n`), 'HTTP/1.1 200')
    t.equal(
      await answerTo(`GET /ws/c HTTP/1.1\r\n${upgrade} websocket\r\nAuthorization: ${authorization.authorization}\r\n\r\n`),
      'HTTP/1.1 404',
    )
    t.equal(await answerTo(`GET /healthz HTTP/1.1\r\nHost: x\r\nPadding: ${'x'.repeat(17_000)}\r\n\r\n`), 'HTTP/1.1 431')
    t.match(await answerTo('\x16\x03\x01\x00\xa5 a client that speaks TLS\r\n\r\n'), /^(HTTP\/1.1 (400|505))?$/)
    t.equal(acceptor.connections.length, 0)
  })

  check('listens on IPv6', async (t) => {
    const { port, authorization, acceptor } = await serve(t, {}, { address: { host: '::1', port: 0 } })
    const client = await WsClient.connect(`ws://[::1]:${port}/ws/c`, { headers: authorization })
    client.socket.terminate()
    t.equal(acceptor.connections.length, 1)
  })

  check('hangs up on sockets beyond those that may wait, and forgets those that have left, also where they speak no TLS', async (t) => {
    const tls = selfSignedCertificate(t.testdir())
    for (const options of [{}, { tls }]) {
      const { port, meter, authorization, acceptor } = await serve(t, { ...options, waitingSocketsMax: 20 })
      const clients = await Promise.all(Array.from({ length: 30 }, () => RawClient.connect(t, port)))
      await until(() => clients.filter(({ hasClosed, hasEnded }) => hasClosed || hasEnded).length === 10)
      t.same([meter.socketsWaiting, meter.socketsRefused], [20, 10])
      for (const [n, { socket }] of clients.entries()) {
        if (n % 3 === 0) socket.resetAndDestroy()
        else if (n % 3 === 1) socket.end('neither TLS nor HTTP\r\n\r\n')
        else socket.destroy()
      }
      await until(() => meter.socketsWaiting === 0)
      const url = `${'tls' in options ? 'wss' : 'ws'}://127.0.0.1:${port}/ws/c`
      const client = await WsClient.connect(url, { headers: authorization, rejectUnauthorized: false })
      t.equal(meter.socketsWaiting, 0, 'a client does not wait')
      client.socket.terminate()
      await until(() => acceptor.connections[0]!.closedWith !== undefined)
      t.equal(meter.socketsWaiting, 0)
    }
  })

  check('goes on while many upgrades wait for their keys, and leaves none behind when it closes', async (t) => {
    const verifier: TokenVerifier = { verify: () => new Promise(() => undefined) }
    const { server, port, url, meter, authorization } = await serve(t, {}, { verifier })
    const clients = await Promise.all(Array.from({ length: 200 }, () => RawClient.connect(t, port)))
    for (const client of clients) client.upgrade('/ws/c', authorization)
    t.equal((await fetch(`${url.replace('ws:', 'http:')}/healthz`)).status, 200)
    for (const { socket } of clients.slice(0, 100)) socket.destroy()
    await until(() => meter.socketsWaiting === 100)
    server.close()
    await until(() => clients.every(({ hasClosed, hasEnded }) => hasClosed || hasEnded))
    t.ok(clients.every(({ received }) => received === ''))
  })

  check('decodes the client id', async (t) => {
    const { connectClient } = await serve(t)
    const { connection } = await connectClient('caf%C3%A9%20%231?access_token=ignored')
    t.equal(connection.identity.clientId, 'café #1')
  })

  check('takes a token of 6 kB, in the header and in the query', async (t) => {
    const { url, acceptor } = await serve(t)
    const token = await signedToken({ padding: 'x'.repeat(4500) })
    t.ok(token.length > 6000)
    for (const [path, headers] of [[`/ws/c?access_token=${token}`, {}] as const, ['/ws/c', bearerHeaders(token)] as const]) {
      const client = await WsClient.connect(url + path, { headers })
      client.socket.terminate()
    }
    t.equal(acceptor.connections.length, 2)
  })

  check('tells a client to come back later when there is no room, also when others came in meanwhile', async (t) => {
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

  check('answers health checks without details, and anything else with 404', async (t) => {
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

  check('survives a client that leaves while its token is being verified', async (t) => {
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

  check('logs no token', async (t) => {
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

  check(
    'cuts off a client that is dead and one that never ends its request, and keeps one that answers pings',
    async (t) => {
      const { connectClient, port } = await serve(t, { idleTimeoutSeconds: 9 })
      const slow = await RawClient.connect(t, port)
      const startedAt = performance.now()
      const trickle = setInterval(() => slow.socket.write(slow.socket.bytesWritten === 0 ? 'GET / HTTP/1.1\r\n' : 'A: b\r\n'), 100)
      t.teardown(() => clearInterval(trickle))
      const [dead, alive] = [await connectClient('dead'), await connectClient('alive')]
      let pings = 0
      alive.client.socket.on('ping', () => pings++)
      socketOf(dead.client).pause()
      await until(() => dead.connection.closedWith !== undefined)
      t.equal(dead.connection.closedWith, 1006)
      t.ok(pings > 0)
      await until(() => slow.hasClosed || slow.hasEnded)
      t.ok(performance.now() - startedAt < 20_000)
      t.equal(alive.client.socket.readyState, alive.client.socket.OPEN)
    },
    { timeout: 60_000 },
  )

  check('speaks wss with a certificate', async (t) => {
    const { port, authorization } = await serve(t, { tls: selfSignedCertificate(t.testdir()) })
    const client = await WsClient.connect(`wss://127.0.0.1:${port}/ws/c`, { headers: authorization, rejectUnauthorized: false })
    t.teardown(() => client.socket.terminate())
    client.socket.send('secret')
    await until(() => client.received.length === 1)
    t.same(client.received, ['secret'])
  })

  check('says which certificate cannot be used', async (t) => {
    const tls = { certFile: '/no/such/cert.pem', keyFile: '/no/such/key.pem' }
    await t.rejects(serve(t, { tls }), { name: 'ConfigurationError', message: /\/no\/such\/cert\.pem/ })
  })

  check('refuses a port that is in use, by a server of its own kind or another', async (t) => {
    const { port } = await serve(t)
    const listenAt = (host: string, wanted: number) => serve(t, {}, { address: { host, port: wanted } })
    await t.rejects(listenAt('127.0.0.1', port), ConfigurationError)
    const other = createServer().listen(0, '127.0.0.1')
    t.teardown(() => other.close())
    await once(other, 'listening')
    const otherPort = (other.address() as AddressInfo).port
    await t.rejects(listenAt('127.0.0.1', otherPort), { message: new RegExp(`127\\.0\\.0\\.1:${otherPort}: .*in use`) })
    await t.rejects(listenAt('203.0.113.1', 0), { message: /203\.0\.113\.1:0: .*EADDRNOTAVAIL/ })
  })

  check('shares its port with others that say so, and with nobody else', async (t) => {
    if (library === 'ws' && !canSharePort(process.versions.node)) {
      await t.rejects(serve(t, { portShared: true }), { name: 'ConfigurationError', message: /Node 22\.12/ })
      return
    }
    // A port that the system chooses is not shared.
    const address = { host: '127.0.0.1', port: await freePort() }
    const first = await serve(t, { portShared: true }, { address })
    const second = await serve(t, { portShared: true }, { address })
    await t.rejects(serve(t, {}, { address }), ConfigurationError)
    // The system spreads them by chance: that all of so many come to one happens once in a billion times.
    for (let n = 0; n < 31; n++) await first.connectClient(`c${n}`).catch(() => undefined)
    const [ofFirst, ofSecond] = [first, second].map(({ acceptor }) => acceptor.connections.length)
    t.ok(ofFirst! > 0 && ofSecond! > 0, `${ofFirst} and ${ofSecond}`)
    t.equal(ofFirst! + ofSecond!, 31)
  })

  check('keeps its connections when it stops listening, and cuts them off when it closes', async (t) => {
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
}
