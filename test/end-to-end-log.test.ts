import { existsSync, openSync } from 'node:fs'
import { test, type Test } from 'tap'
import { bearerHeaders } from '#protocol/credentials.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { WsClient } from './support/clients/ws-client.js'
import { freePort } from './support/real-parts/jvm.js'

// Whatever becomes of what the process prints, its clients are served, and it ends when it is told to.

interface Place {
  readonly url: string
  readonly adminUrl: string
}

/** Ports that are known before anything is read of what the process prints. */
async function knownPlace(): Promise<Place & { readonly environment: Record<string, string> }> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const environment = { PORT: String(port), ADMIN_PORT: String(adminPort), LOG_LEVEL: 'debug', JWT_SECRET: secret }
  return { url: `ws://127.0.0.1:${port}`, adminUrl: `http://127.0.0.1:${adminPort}`, environment }
}

async function statusOf(url: string): Promise<number> {
  return await fetch(url).then(
    ({ status }) => status,
    () => 0,
  )
}

async function isReady({ url }: Place): Promise<boolean> {
  return (await statusOf(`${url.replace('ws', 'http')}/readyz`)) === 200
}

async function linesLost({ adminUrl }: Place): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text()
  return Number(/^sluice_log_lines_lost_total (\d+)$/m.exec(text)![1])
}

/** A client comes and goes, which is a line of some kilobytes: more than a megabyte after so many. */
async function makeLines({ url }: Place, count = 400): Promise<void> {
  const token = await signedToken({ sub: 'x'.repeat(4000) })
  for (let made = 0; made < count; made++) {
    const client = await WsClient.connect(`${url}/ws/c`, { headers: bearerHeaders(token) })
    client.socket.close()
    await client.closed
  }
}

/** Updates still come, and the process ends when it is told to. */
async function serves(t: Test, gateway: GatewayProcess, place: Place): Promise<void> {
  const headers = bearerHeaders(await signedToken({ roles: ['support'] }))
  const client = await WsClient.connect(`${place.url}/ws/served`, { headers })
  client.ask({ type: 'subscribe', entity_id: 'order-1001' })
  await until('an update comes', () => client.received.some((text) => text.includes('entity_update')), 30_000)
  t.equal(await statusOf(`${place.adminUrl}/healthz`), 200)
  gateway.signal('SIGTERM')
  t.match(await client.closed, { code: 4000 })
  t.equal(await gateway.exited, 0)
}

void test('a disk that is full under the log holds nothing up', { skip: !existsSync('/dev/full') }, async (t) => {
  const place = await knownPlace()
  const gateway = GatewayProcess.spawn(t, place.environment, { stdout: openSync('/dev/full', 'w') })
  await until('it is ready', () => isReady(place), 30_000)
  await makeLines(place)
  t.ok((await linesLost(place)) > 0, 'and what is lost is counted')
  await serves(t, gateway, place)
})

void test('a reader of the log that has gone holds nothing up', async (t) => {
  const place = await knownPlace()
  const gateway = GatewayProcess.spawn(t, place.environment)
  gateway.leaveOutput()
  await until('it is ready', () => isReady(place), 30_000)
  await makeLines(place)
  t.ok((await linesLost(place)) > 0, 'and what is lost is counted')
  await serves(t, gateway, place)
})

void test('a reader of the log that stands still holds nothing up, and finds the place where lines are missing', async (t) => {
  const place = await knownPlace()
  const gateway = GatewayProcess.spawn(t, place.environment)
  gateway.pauseOutput()
  await until('it is ready', () => isReady(place), 30_000)
  await makeLines(place)
  const lost = await linesLost(place)
  t.ok(lost > 0, 'and what is lost is counted')
  gateway.resumeOutput()
  await until('the loss is told', () => gateway.log.some(({ msg }) => String(msg).includes('lost here')), 30_000)
  t.equal(gateway.log.find(({ msg }) => String(msg).includes('lost here'))!['lines'], lost)
  await serves(t, gateway, place)
  t.ok(
    gateway.log.some(({ msg }) => String(msg).startsWith('Sluice stops')),
    'the last lines have come out',
  )
})

void test('a reader that stands still does not keep the process from ending', async (t) => {
  const place = await knownPlace()
  const gateway = GatewayProcess.spawn(t, place.environment)
  gateway.pauseOutput()
  await until('it is ready', () => isReady(place), 30_000)
  await makeLines(place, 100)
  await serves(t, gateway, place)
})

void test(
  'what is wrong is said and the exit code stays where the log cannot be written',
  { skip: !existsSync('/dev/full') },
  async (t) => {
    const gateway = GatewayProcess.spawn(t, { PORT: 'x' }, { stdout: openSync('/dev/full', 'w') })
    t.equal(await gateway.exited, 78)
    t.match(gateway.complaint, /^sluice: PORT/)
  },
)

void test('Ctrl-C that arrives twice, as it does on npm start, still tells clients to connect again', async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret })
  const headers = bearerHeaders(await signedToken())
  const client = await WsClient.connect(`${gateway.url!}/ws/c`, { headers })
  gateway.signal('SIGINT')
  await until('it stops', () => gateway.log.some(({ msg }) => String(msg).startsWith('Sluice stops')), 10_000)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) gateway.signal(signal)
  t.match(await client.closed, { code: 4000 })
  t.equal(await gateway.exited, 0)
})
