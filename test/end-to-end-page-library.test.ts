import { symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request, type IncomingMessage } from 'node:http'
import { test } from 'tap'
import { followOrder } from './support/client/follow-order.js'
import { refusedUpgrade } from './support/clients/ws-client.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { secret, signedToken } from './support/gateway/tokens.js'

// What `npm run build` makes for pages without a build step, as the gateway sends it.

/** As it is on the wire: `fetch` would decompress it. */
function ask(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  return new Promise((answered, failed) => {
    const sent = request(url, { method, headers }, (answer) => {
      void answer
        .toArray()
        .then((parts) => answered({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(parts as Buffer[]) }))
    })
    sent.on('error', failed).end()
  })
}

void test('a page imports the client library from the gateway, whichever origin it has, and follows an order by it', async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret, ALLOWED_ORIGINS: 'https://app.example.com' })
  const url = `${gateway.url!.replace('ws', 'http')}/client.js`
  const plain = await ask(url, { origin: 'https://elsewhere.example.com' })
  t.match(plain, { status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8', 'access-control-allow-origin': '*' } })
  t.equal(await refusedUpgrade(`${gateway.url!}/ws/page`, { origin: 'https://elsewhere.example.com' }).then(({ status }) => status), 403)

  for (const [coding, decompress] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const { headers, body } = await ask(url, { 'accept-encoding': coding })
    t.equal(headers['content-encoding'], coding)
    t.ok(decompress(body).equals(plain.body), coding)
    t.ok(body.length < plain.body.length / 2)
  }
  const known = await ask(url, { 'if-none-match': plain.headers.etag! })
  t.same([known.status, known.body.length], [304, 0])
  const byHash = await ask(new URL(plain.headers['content-location']!, url).href)
  t.match(byHash.headers['cache-control'], /immutable/)
  t.ok(byHash.body.equals(plain.body))
  const head = await ask(url, {}, 'HEAD')
  t.same([head.status, head.headers.etag, head.body.length], [200, plain.headers.etag, 0])
  t.equal((await ask(url, {}, 'POST')).status, 404)

  const page = t.testdir({ node_modules: {}, 'client.mjs': plain.body })
  symlinkSync(resolve('node_modules/ws'), join(page, 'node_modules/ws'))
  writeFileSync(join(page, 'page.mjs'), followOrder('./client.mjs', gateway.url!, await signedToken({ roles: ['warehouse'] })))
  const { stdout } = await promisify(execFile)(process.execPath, [join(page, 'page.mjs')], { timeout: 30_000 })
  t.equal(stdout, 'snapshot,update\n')
  t.equal(await gateway.stop(), 0)
})
