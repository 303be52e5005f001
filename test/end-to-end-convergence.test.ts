import { renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'tap'
import { FollowedOrders } from './support/client/followed-orders.js'
import { HangingProxy } from './support/clients/hanging-proxy.js'
import { orderUsers, policyCount, policyText } from './support/gateway/changing-rights.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { OrderGateway } from './support/gateway/order-gateway.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { randomFrom } from './support/gateway/simulated-world.js'
import { until } from './support/kafka/source-reader.js'
import { WrittenOrders } from './support/kafka/written-orders.js'
import { freePort } from './support/real-parts/jvm.js'
import { skipRealParts } from './support/real-parts/real-parts.js'
import { firstSeed } from './support/running/seeds.js'

// Clients of the library, whose gateway is killed and started again, whose connections are cut, and whose rights change by the policy and by
// their tokens, which last for seconds. By hand, and for minutes: CONVERGENCE_SECONDS=300 SIMULATION_SEED=7.

const secondsAtLeast = Number(process.env['CONVERGENCE_SECONDS'] ?? 0)
const patienceMs = 60_000
const ids = Array.from({ length: 8 }, (_, n) => `order-${n}`)
const clientCount = 6
const idsOfClient = 4

const title =
  'whatever happens, clients hold what plain CASL makes of the log, are shown nothing else on the way, and what they miss is said'
void test(title, { skip: skipRealParts, timeout: (secondsAtLeast + 240) * 1000 }, async (t) => {
  const random = randomFrom(firstSeed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const port = await freePort()
  const first = await OrderGateway.start(t, singleTopic, { partitions: 3, environment: { PORT: String(port) } })
  const { entityType, topics, environment } = first
  let gateway = first.process
  const policyFile = environment['POLICY_FILE']!
  const proxy = await HangingProxy.start(t, port)
  const orders = new WrittenOrders(topics, entityType, first.write, random)
  const policyLoads = () => gateway.log.filter(({ msg }) => msg === 'A changed policy is in force.').length
  const toPolicy = async (policy: number) => {
    const before = policyLoads()
    for (const one of clients) one.mayBe({ policy })
    // In one step, as a file that is seen half written is refused by itself.
    writeFileSync(`${dirname(policyFile)}/next.json`, policyText(policy, entityType))
    renameSync(`${dirname(policyFile)}/next.json`, policyFile)
    await until('the policy is in force', () => policyLoads() > before, patienceMs)
  }
  const clients: FollowedOrders[] = []
  await toPolicy(0)
  await orders.change(ids)
  for (let n = 0; n < clientCount; n++) {
    const followed = Array.from({ length: idsOfClient }, (_, m) => ids[(n + 3 * m) % ids.length]!)
    const rights = { policy: 0, user: orderUsers[n % orderUsers.length]! }
    clients.push(new FollowedOrders(`ws://127.0.0.1:${proxy.port}`, `client ${n}`, entityType, followed, rights, orders))
  }
  t.teardown(() => clients.forEach(({ client }) => client.close()))
  const latest = (id: string) => orders.of(id).at(-1)
  const settled = async (what: string, latestOf = latest) => {
    const wrongs = () => clients.flatMap((one) => one.wrongs(latestOf))
    await until('all is as it should be', () => wrongs().length === 0, patienceMs).catch(() => {
      throw new Error(`SIMULATION_SEED=${firstSeed}: after ${what}: ${wrongs().join('; ')}`)
    })
    for (const one of clients) one.settle()
  }
  const disturbances: Readonly<Record<string, () => Promise<void> | void>> = {
    cut: () => proxy.cut(),
    async kill() {
      await gateway.kill()
      await orders.change([pick(ids), pick(ids)])
      gateway = await GatewayProcess.start(t, environment)
    },
    policy: () => toPolicy((clients[0]!.now.policy + 1 + Math.floor(random() * (policyCount - 1))) % policyCount),
    role() {
      const one = pick(clients)
      const { sub, role } = one.now.user
      one.mayBe({ user: { sub, role: role === 'day' ? 'night' : 'day' } })
    },
    login: () => pick(clients).mayBe({ user: pick(orderUsers) }),
  }
  await settled('the beginning')
  const done: string[] = []
  const names = Object.keys(disturbances)
  const endMs = Date.now() + secondsAtLeast * 1000
  for (let turn = 0; (turn < names.length || Date.now() < endMs) && t.passing(); turn++) {
    const busy = names[turn % names.length]!
    done.push(busy)
    const writing = orders.change(Array.from({ length: 20 }, () => pick(ids)))
    await disturbances[busy]!()
    await writing
    await orders.change(Array.from({ length: 5 }, () => pick(ids)))
    if (random() < 0.6) await settled(done.join(', '))
    // With no new version that would say the same, what is told by changed rights alone has to count.
    const quiet = pick(['policy', 'role', 'login'])
    done.push(quiet)
    await disturbances[quiet]!()
    await settled(done.join(', '))
    t.same(
      clients.flatMap(({ faults }) => faults),
      [],
      `SIMULATION_SEED=${firstSeed}: ${done.join(', ')}`,
    )
  }
  const inKafka = await orders.latestInKafka()
  await settled('all', (id) => inKafka.get(id))
  const met = clients.map((one) => one.met)
  const sum = (name: keyof FollowedOrders['met']) => met.reduce((all, one) => all + one[name], 0)
  const sums = {
    resumed: sum('resumed'),
    notResumed: sum('notResumed'),
    missed: sum('missed'),
    renewed: sum('renewed'),
    absent: sum('absent'),
  }
  t.comment(JSON.stringify({ turns: done.length, ...sums }))
  t.ok(
    Object.values(sums).every((count) => count > 0),
    'each of the cases is met',
    sums,
  )
})
