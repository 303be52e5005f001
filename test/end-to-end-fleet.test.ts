import { writeFileSync } from 'node:fs'
import { test, type Test } from 'tap'
import { WebSocket } from 'ws'
import { SluiceClient } from '#client/sluice-client.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { FollowedOrders } from './support/client/followed-orders.js'
import { Balancer } from './support/clients/balancer.js'
import { WsClient } from './support/clients/ws-client.js'
import { orderUsers, policyText } from './support/gateway/changing-rights.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { randomFrom } from './support/gateway/simulated-world.js'
import { signedToken } from './support/gateway/tokens.js'
import { until } from './support/kafka/source-reader.js'
import { WrittenOrders } from './support/kafka/written-orders.js'
import { skipRealParts } from './support/real-parts/real-parts.js'
import { EarlierVersion } from './support/running/earlier-version.js'
import { firstSeed } from './support/running/seeds.js'

// Two nodes behind a balancer are replaced one by one while orders change.

const drainMs = 3000
const patienceMs = 30_000
const patient = { DRAIN_MS: '3600000' }
/** What `main.ts` takes for one wish. */
const sameSignalMs = 500
const ids = Array.from({ length: 8 }, (_, n) => `order-${n}`)
const skip = skipRealParts || (!EarlierVersion.isKnown() && 'the history of this checkout does not go back to the earlier version')

/** Orders that change while something is done, and the environment of the nodes that stream them. */
async function streamedOrders(t: Test) {
  const random = randomFrom(firstSeed)
  const options = { partitions: 3, environment: { DRAIN_MS: String(drainMs) } }
  const { topics, entityType, write, environment, process: node } = await OrderGateway.start(t, singleTopic, options)
  writeFileSync(environment['POLICY_FILE']!, policyText(0, entityType))
  await until('its policy is in force', () => node.log.some(({ msg }) => msg === 'A changed policy is in force.'), patienceMs)
  const orders = new WrittenOrders(topics, entityType, write, random)
  await orders.change(ids)
  const underLoad = async (done: Promise<unknown>) => {
    let isOver = false as boolean
    const over = done.finally(() => (isOver = true))
    while (!isOver) {
      await orders.change([0, 1, 2].map(() => ids[Math.floor(random() * ids.length)]!))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await over
  }
  return { node, entityType, orders, underLoad, environment }
}

/** Clients of two versions of the library, and how their connections ended. */
function clientsOf(
  t: Test,
  url: string,
  { entityType, orders }: Awaited<ReturnType<typeof streamedOrders>>,
  libraries: (typeof SluiceClient)[],
) {
  const ends: string[] = []
  const clients = Array.from({ length: 12 }, (_, n) => {
    const followed = Array.from({ length: 3 }, (_none, m) => ids[(n + 3 * m) % ids.length]!)
    const rights = { policy: 0, user: orderUsers[n % orderUsers.length]! }
    const one = new FollowedOrders(url, `client ${n}`, entityType, followed, rights, orders, libraries[n % libraries.length])
    // Who is shown nothing of the latest version has no version to go on from.
    one.client.on('resumed', ({ resumed, reason }) => !resumed && reason !== 'none' && ends.push(`client ${n}: not resumed, ${reason}`))
    one.client.state.subscribe((state) => state.status === 'waiting' && ends.push(`client ${n}: ${state.end.name}`))
    return one
  })
  t.teardown(() => clients.forEach(({ client }) => client.close()))
  const settled = async (what: string) => {
    const wrongs = () => clients.flatMap((one) => one.wrongs((id) => orders.of(id).at(-1)))
    await until('all is as it should be', () => wrongs().length === 0, patienceMs).catch(() => {
      throw new Error(`SIMULATION_SEED=${firstSeed}: after ${what}: ${wrongs().join('; ')}`)
    })
    t.same(
      clients.flatMap(({ faults }) => faults),
      [],
      what,
    )
    return ends.splice(0)
  }
  const met = (name: keyof FollowedOrders['met']) => clients.reduce((sum, one) => sum + one.met[name], 0)
  return { settled, met }
}

const title = 'nodes are replaced by others, also by those of another version, and no client misses or notices anything'
void test(title, { skip, timeout: 240_000 }, async (t) => {
  const earlier = await EarlierVersion.build(t)
  const streamed = await streamedOrders(t)
  const { environment, underLoad, node: first } = streamed
  const balancer = await Balancer.start(t)
  const balance = async (node: GatewayProcess) => await balancer.add(Number(new URL(node.url!).port))
  const join = async (version?: EarlierVersion, more = {}) => {
    const node = await GatewayProcess.start(t, { ...environment, ...more }, version && { file: version.main })
    await balance(node)
    return node
  }
  const leave = async (node: GatewayProcess) => t.equal(await node.stop(), 0)
  await balance(first)
  const oldest = await join(earlier)
  const { settled, met } = clientsOf(t, `ws://127.0.0.1:${balancer.port}`, streamed, [SluiceClient, await earlier.clientLibrary()])
  await settled('the beginning')

  let second!: GatewayProcess
  const upgrade = async () => {
    second = await join()
    await leave(oldest)
  }
  await underLoad(upgrade())
  t.match(await settled('a node of the earlier version was replaced'), Array(6).fill(/shutting_down/))

  const seed = await WsClient.connect(`${first.url!}/ws/seed`, { headers: bearerHeaders(await signedToken()) })
  const rollBack = async () => {
    await join(earlier)
    await leave(first)
  }
  await underLoad(rollBack())
  t.same(await settled('a node was drained, and replaced by one of the earlier version'), [], 'all have left by themselves')
  t.match(await seed.closed, { code: 4000 }, 'who knows no other way is closed')

  let last!: GatewayProcess
  const dieAmidDrain = async () => {
    last = await join(undefined, patient)
    second.signal('SIGTERM')
    await until('it lets nobody in any more', async () => (await second.readiness().catch(() => 0)) === 0, patienceMs)
    await second.kill()
  }
  await underLoad(dieAmidDrain())
  const lost = await settled('a node had no time to drain')
  t.ok(
    lost.every((end) => end.endsWith(': lost')),
    lost.join(),
  )
  t.ok(met('resumed') > 30, `they went on where they were ${met('resumed')} times`)

  const plain = await WsClient.connect(`${last.url!}/ws/seed`, { headers: bearerHeaders(await signedToken()) })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) last.signal(signal)
  await until('it drains', async () => (await last.readiness()) === 503, patienceMs)
  await new Promise((resolve) => setTimeout(resolve, sameSignalMs + 100))
  t.equal(plain.socket.readyState, WebSocket.OPEN, 'signals that arrive together are one')
  last.signal('SIGTERM')
  t.match(await plain.closed, { code: 4000 }, 'a later one ends the drain')
  t.equal(await last.exited, 0)

  const filling = GatewayProcess.spawn(t, { ...environment, ...patient, STATE_FILL_BYTES_PER_SECOND: '1' })
  await until('it listens', async () => (await filling.readiness()) === 503, patienceMs)
  t.equal(await filling.stop(), 0, 'a node that has let in nobody leaves at once')
})
