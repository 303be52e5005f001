import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { test, type Test } from 'tap'
import { bearerHeaders } from '#protocol/credentials.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { samplesOf } from './support/gateway/prometheus-text.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { refusedUpgrade, WsClient } from './support/clients/ws-client.js'

// Whoever opens sockets, with a token or without, leaves enough file descriptors for what must work.

const policyOf = (...fields: string[]) => JSON.stringify({ roles: { clerk: [{ action: 'read', subject: 'order', fields }] } })

/** A crowd that opens sockets, says nothing on them, and opens another for each that is closed, until it is told to leave. */
function crowd(t: Test, url: string, size: number): { leave: () => void; open: () => number } {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let stays = true
  const come = () => {
    if (!stays) return
    const socket = connect(Number(port), hostname).on('error', () => undefined)
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      setTimeout(come, 5)
    })
  }
  for (let n = 0; n < size; n++) come()
  const leave = () => {
    stays = false
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(leave)
  return { leave, open: () => [...sockets].filter(({ readyState }) => readyState === 'open').length }
}

async function headersOf(sub: string): Promise<{ headers: { authorization: string } }> {
  return { headers: bearerHeaders(await signedToken({ sub, roles: ['clerk'] })) }
}

void test('sockets that say nothing leave room for the policy, the admin port and those who have a token', async (t) => {
  const path = `${t.testdir({ 'policy.json': policyOf('id', 'status') })}/policy.json`
  const gateway = await GatewayProcess.start(t, { POLICY_FILE: path, JWT_SECRET: secret }, { descriptorsMax: 256 })
  t.ok(
    gateway.log.some(({ msg }) => String(msg).includes('ulimit -n')),
    'it is said that CONNECTIONS_MAX cannot be had',
  )
  const client = await WsClient.connect(`${gateway.url!}/ws/a`, await headersOf('ann'))
  t.teardown(() => client.socket.terminate())
  client.ask({ type: 'subscribe', entity_id: 'order-1001' })
  await until('the first policy shows', () => client.latestFields() === 'id,status', 10_000)
  const { leave } = crowd(t, gateway.url!, 600)
  const sample = async (name: string) => samplesOf(await gateway.metrics()).get(name)!
  await until('sockets are refused', async () => (await sample('sluice_sockets_refused_total')) > 300, 10_000)
  t.ok(gateway.log.some(({ msg }) => String(msg).startsWith('Sockets are refused')))

  writeFileSync(path, policyOf('id', 'region'))
  const changedAt = performance.now()
  await until('the second policy shows', () => client.latestFields() === 'id,region', 10_000)
  const reload = gateway.log.find(({ msg }) => String(msg).startsWith('A changed policy'))
  t.ok(reload !== undefined && performance.now() - changedAt < 5000, 'the policy is read while the crowd is there')
  leave()
  await until('who comes now is served', async () => (await gateway.readiness()) === 200, 10_000)
  const late = await WsClient.connect(`${gateway.url!}/ws/late`, await headersOf('late'))
  t.equal(late.socket.readyState, late.socket.OPEN)
  await until('the crowd is forgotten', async () => (await sample('sluice_sockets_waiting')) <= 1, 10_000)
  t.equal(await gateway.stop(), 0)
})

void test('clients with tokens are refused with an answer before descriptors are short', async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret }, { descriptorsMax: 256 })
  const clients: WsClient[] = []
  let refusal: { status: number; body: unknown } | undefined
  for (let n = 0; refusal === undefined; n++) {
    const options = await headersOf(`user-${n}`)
    const at = `${gateway.url!}/ws/c`
    await WsClient.connect(at, options).then(
      (client) => clients.push(client),
      async () => (refusal = await refusedUpgrade(at, options)),
    )
  }
  t.match(refusal, { status: 503, body: { error: 'too_many_connections' } })
  t.ok(clients.length >= 60 && clients.length < 200, String(clients.length))
  t.match(await gateway.metrics(), /^sluice_connections \d+$/m)
  for (const { socket } of clients) socket.terminate()
  t.equal(await gateway.stop(), 0)
})

void test('a socket that has not said whose it is by 12 seconds is closed, however it trickles', { timeout: 60_000 }, async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret })
  const { hostname, port } = new URL(gateway.url!)
  const sockets = ['', 'GET /ws/c HTTP/1.1\r\nHost: x\r\n', 'x'].map((beginning) => {
    const socket = connect(Number(port), hostname).on('error', () => undefined)
    if (beginning !== '') socket.write(beginning)
    return socket
  })
  const trickle = setInterval(() => {
    sockets[1]!.write('a')
  }, 500)
  t.teardown(() => clearInterval(trickle))
  const begunAt = performance.now()
  await Promise.all(sockets.map((socket) => once(socket, 'close')))
  t.ok(performance.now() - begunAt < 20_000, `${performance.now() - begunAt} ms`)
  t.equal(await gateway.stop(), 0)
})
