import { connect, createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test, type Test } from 'tap'
import { AdminServer } from '#gateway/observe/admin-server.js'
import { Meter } from '#gateway/observe/meter.js'
import { operationRoutes } from '#gateway/observe/operation-routes.js'
import { samplesOf } from '../../support/gateway/prometheus-text.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'

async function served(t: Test, status: () => { ready: boolean; reasons?: string[] } = () => ({ ready: true }), lines: LoggedLine[] = []) {
  const meter = new Meter()
  const server = new AdminServer({ routes: operationRoutes(meter, status), connectionsMax: 100, log: recordingLog(lines) })
  t.teardown(() => server.close())
  const port = await server.listen('127.0.0.1', 0)
  return { meter, server, port, url: `http://127.0.0.1:${port}` }
}

test('serves metrics that Prometheus can read', async (t) => {
  const { url, meter } = await served(t)
  meter.framesSent = 42
  const answer = await fetch(`${url}/metrics?x=1`)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  t.equal(samplesOf(await answer.text()).get('sluice_frames_sent_total'), 42)
})

test('says that it is up, and whether it is ready and why not', async (t) => {
  let status = { ready: false, reasons: ['Kafka does not answer.'] }
  const { url } = await served(t, () => status)
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  const unready = await fetch(`${url}/readyz`)
  t.equal(unready.status, 503)
  t.same(await unready.json(), { ready: false, reasons: ['Kafka does not answer.'] })
  status = { ready: true, reasons: [] }
  t.equal((await fetch(`${url}/readyz`)).status, 200)
})

test('answers what it does not know, and takes nothing', async (t) => {
  const { url } = await served(t)
  const told = async (path: string, options?: RequestInit) => {
    const answer = await fetch(url + path, options)
    return [answer.status, ((await answer.json()) as { message: string }).message]
  }
  const there = 'There are /metrics, /healthz and /readyz. There is no console: ADMIN_TOKEN_FILE says who may look at one.'
  for (const path of ['/', '/metrics/', '/api/session']) t.same(await told(path), [404, there], path)
  t.same(await told('/metrics', { method: 'POST', body: 'x' }), [405, 'This is asked by GET.'])
  const head = await fetch(`${url}/healthz`, { method: 'HEAD' })
  t.equal(head.status, 200)
  t.equal(await head.text(), '')
})

test('goes on after a page that failed, and logs why', async (t) => {
  const lines: LoggedLine[] = []
  const { url } = await served(
    t,
    () => {
      throw new Error('broken')
    },
    lines,
  )
  const failed = await fetch(`${url}/readyz`)
  t.match([failed.status, await failed.json()], [500, { error: 'internal_error', message: /the log says why/ }])
  t.match(lines, [{ level: 'error', fields: { err: { message: 'broken' } } }])
  t.equal((await fetch(`${url}/healthz`)).status, 200)
})

test('refuses a port that is in use, in one sentence that names it', async (t) => {
  const { port } = await served(t)
  const second = new AdminServer({ routes: {}, connectionsMax: 100, log: recordingLog() })
  await t.rejects(second.listen('127.0.0.1', port), {
    name: 'ConfigurationError',
    message: new RegExp(`^ADMIN_HOST and ADMIN_PORT: the admin server cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`),
  })
  await second.close()
})

const onlyLinux = process.platform === 'linux' ? false : 'elsewhere 127.0.0.2 is no address of its own'

test('listens on the address it is told alone', { skip: onlyLinux }, async (t) => {
  const { port } = await served(t)
  // The same port on another loopback address is free: this one does not listen everywhere.
  const other = createServer().listen(port, '127.0.0.2')
  await once(other, 'listening')
  t.equal((other.address() as AddressInfo).port, port)
  other.close()
})

test('cuts off who still asks when it closes', { timeout: 10_000 }, async (t) => {
  const { server, port, url } = await served(t)
  const asking = connect(port, '127.0.0.1')
  asking.write('GET /healthz HTTP/1.1\r\n')
  await fetch(`${url}/healthz`) // The server has surely read what came before.
  const gone = once(asking, 'close')
  await server.close()
  await gone
  await t.rejects(fetch(`${url}/healthz`))
})
