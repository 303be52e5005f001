import { writeFileSync } from 'node:fs'
import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { policyHash, policyKey } from '#policy/control/policy-record.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { metricList } from '#gateway/observe/metrics/metric-list.js'
import { waitForNodes } from '#tools/cli/control/wait-for-nodes.js'
import { refusedUpgrade, WsClient } from './support/clients/ws-client.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { singleTopic } from './support/gateway/order-layouts.js'
import { samplesOf } from './support/gateway/prometheus-text.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { until } from './support/kafka/source-reader.js'
import { realParts, skipRealParts } from './support/real-parts/real-parts.js'
import { runControl } from './support/tools/control-commands.js'
import { FakeTerminal } from './support/tools/fake-terminal.js'
import { orderOf, orderSchema } from './support/values/streamed-order.js'

const compacted = { 'cleanup.policy': 'compact' }

/** A fleet on real parts that is told by control topics who may see what. */
class Fleet {
  private constructor(
    private readonly t: Test,
    readonly topics: KafkaTopics,
    readonly entityType: string,
    readonly environment: Readonly<Record<string, string>>,
    private readonly write: Awaited<ReturnType<typeof singleTopic.prepare>>,
    private readonly dir: string,
  ) {}

  static async on(t: Test): Promise<Fleet> {
    const { brokers, registryUrl } = await realParts()
    const topics = await KafkaTopics.connect(brokers)
    t.teardown(() => topics.close())
    const entityType = uniqueName('order')
    const control = { POLICY_TOPIC: uniqueName('policy'), CLAIMS_TOPIC: uniqueName('claims'), REVOCATIONS_TOPIC: uniqueName('revocations') }
    await topics.create(entityType)
    for (const topic of Object.values(control)) await topics.create(topic, 1, compacted)
    const write = await singleTopic.prepare(registryUrl, entityType)
    const entities = JSON.stringify({ [entityType]: singleTopic.entry })
    const dir = t.testdir({ schemas: { [`${entityType}.avsc`]: JSON.stringify(orderSchema) }, 'entities.json': entities })
    const kafka = { KAFKA_BROKERS: brokers.join(','), SCHEMA_REGISTRY_URL: registryUrl }
    const environment = { ...kafka, ...control, ENTITIES: `${dir}/entities.json`, JWT_SECRET: secret }
    return new Fleet(t, topics, entityType, environment, write, dir)
  }

  node(): Promise<GatewayProcess> {
    return GatewayProcess.start(this.t, this.environment)
  }

  async run(...args: string[]): Promise<void> {
    const { code, out, err } = await runControl(this.environment, ...args)
    this.t.equal(code, 0, `${args.slice(0, 2).join(' ')}: ${out}${err}`)
  }

  /** Clerks see these fields of all orders, and owners of those whose owner is their claim `owner`. */
  async publish(fields: readonly string[], ...more: string[]): Promise<void> {
    const rule = { action: 'read', subject: this.entityType, fields }
    const policy = { roles: { clerk: [rule], own: [{ ...rule, conditions: { owner: '${user.owner}' } }] } }
    await this.run('policy', 'publish', this.file('policy', policy), '--schemas', `${this.dir}/schemas`, ...more)
  }

  async setClaims(sub: string, claims: object, ...more: string[]): Promise<void> {
    await this.run('claims', 'set', sub, this.file('claims', claims), ...more)
  }

  async put(entityId: string, version: number): Promise<void> {
    const order = orderOf(entityId, version, () => 0)
    const { topic, messages } = this.write({ entityId, operation: 'update', timestampMs: Date.now(), order })
    await this.topics.produce(topic, messages)
  }

  async connect(node: GatewayProcess, claims: Readonly<Record<string, unknown>>, clientId: string): Promise<WsClient> {
    const headers = bearerHeaders(await signedToken(claims))
    const client = await WsClient.connect(`${node.url!}/ws/${clientId}`, { headers, protocols: ['sluice.v1'] })
    this.t.teardown(() => client.socket.terminate())
    return client
  }

  private file(name: string, content: object): string {
    const file = `${this.dir}/${name}.json`
    writeFileSync(file, JSON.stringify(content))
    return file
  }
}

const waits = (...nodes: readonly GatewayProcess[]) => ['--wait', ...nodes.map(({ adminUrl }) => adminUrl)]

test('a user who is revoked is out at each node, and cannot come in at one that starts later', { skip: skipRealParts }, async (t) => {
  const fleet = await Fleet.on(t)
  await fleet.publish(['id', 'status'])
  const [one, other] = [await fleet.node(), await fleet.node()]
  const issued = Math.floor(Date.now() / 1000) - 60
  const ann = { sub: 'ann', roles: ['clerk'], iat: issued }
  const clients = [await fleet.connect(one, ann, 'a'), await fleet.connect(other, ann, 'b')]
  const ben = await fleet.connect(other, { sub: 'ben', roles: ['clerk'] }, 'c')
  await fleet.run('revoke', '--sub', 'ann', ...waits(one, other))
  for (const { closed } of clients) t.match(await closed, { code: 4503, reason: 'the token was revoked' })
  const late = await fleet.node()
  const headers = bearerHeaders(await signedToken(ann))
  for (const node of [one, other, late])
    t.match(await refusedUpgrade(`${node.url!}/ws/a`, { headers }), { status: 401, body: { error: 'token_revoked' } })
  const later = await fleet.connect(late, { ...ann, iat: Math.ceil(Date.now() / 1000) + 1 }, 'd')
  t.equal(later.socket.readyState, later.socket.OPEN, 'a token that was issued later is good')
  t.equal(ben.socket.readyState, ben.socket.OPEN)
})

test('claims and a policy on topics change the pages at each node', { skip: skipRealParts }, async (t) => {
  const fleet = await Fleet.on(t)
  await fleet.publish(['id', 'version'])
  const nodes = [await fleet.node(), await fleet.node()]
  await fleet.put('o-1', 1)
  const who = { sub: 'ann', roles: ['own'], owner: 'nobody' }
  const clients = await Promise.all(nodes.map((node, n) => fleet.connect(node, who, `tab-${n}`)))
  for (const client of clients) client.ask({ type: 'subscribe', entity_id: 'o-1', entity_type: fleet.entityType, snapshot: true })
  await until('the snapshots', () => clients.every((client) => client.messages().some(({ type }) => type === 'snapshot_complete')), 10_000)
  const shown = (fields: string) => until(fields, () => clients.every((client) => client.latestFields() === fields), 10_000)
  await fleet.setClaims('ann', { owner: 'owner-1' }, ...waits(...nodes))
  await shown('id,version')
  await fleet.publish(['id', 'version', 'status'], ...waits(...nodes))
  await shown('id,version,status')
  await fleet.run('claims', 'delete', 'ann', ...waits(...nodes))
  await until('a delete', () => clients.every((client) => client.updates().at(-1)?.operation === 'delete'), 10_000)
})

test('a policy that a node cannot use is not said to be in force there', { skip: skipRealParts }, async (t) => {
  const fleet = await Fleet.on(t)
  await fleet.publish(['id'])
  const node = await fleet.node()
  const topic = fleet.environment['POLICY_TOPIC']!
  const text = '{"roles":{"clerk":[{"action":"foresee"}]}}'
  await fleet.topics.produce(topic, [{ key: policyKey, value: text }])
  const terminal = Object.assign(new FakeTerminal(), { clock: systemClock })
  const written = { topic, offset: 1, hash: policyHash(text) }
  t.equal(await waitForNodes({ wait: [node.adminUrl] }, written, terminal), 1)
  t.match(terminal.err, /goes by another one \([0-9a-f]{12}\): it cannot use this one/)
  await fleet.publish(['id', 'status'], ...waits(node))
})

/** Each metric of the list, and no other: but for what a certificate says, which these have not. */
async function showsItsMetrics(t: Test, nodes: readonly GatewayProcess[]): Promise<void> {
  const hashes = new Set<string>()
  for (const node of nodes) {
    const samples = samplesOf(await node.metrics('?by=partition'))
    const keys = [...samples.keys()].filter((key) => key.startsWith('sluice_'))
    const shown = new Set(
      keys.map((key) => key.split('{')[0]!).map((name) => (metricList.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''))),
    )
    t.same([...shown].sort(), [...metricList.keys()].filter((name) => name !== 'sluice_certificate_expiry_timestamp_seconds').sort())
    for (const name of ['sluice_fetch_seconds_count', 'sluice_fetch_bytes_total', 'sluice_partitions', 'sluice_source_buffer_limit_bytes'])
      t.ok(samples.get(name)! > 0, name)
    for (const name of [
      'sluice_dependency_requests_total{dependency="registry"}',
      'sluice_upgrade_seconds_count',
      'sluice_audiences',
      'sluice_masks',
    ])
      t.ok(samples.get(name)! > 0, name)
    t.equal(samples.get('sluice_partitions_paused'), 0)
    t.ok(keys.some((key) => /^sluice_build_info\{version="\d+\.\d+\.\d+",node="v\d+\..*",server="[\w.]+"\}$/.test(key)))
    for (const key of keys.filter((each) => each.startsWith('sluice_policy_info'))) hashes.add(key)
  }
  t.equal(hashes.size, 1, 'nodes judge by one policy')
}

test('from the publication of a policy to the last byte that it forbids', { skip: skipRealParts }, async (t) => {
  const fleet = await Fleet.on(t)
  await fleet.publish(['id', 'version', 'status'])
  const nodes = [await fleet.node(), await fleet.node()]
  const clients: WsClient[] = []
  let lastForbiddenMs = 0
  for (let n = 0; n < 40; n++) {
    const client = await fleet.connect(nodes[n % 2]!, { sub: `clerk-${n}`, roles: ['clerk'] }, 'tab')
    client.socket.on('message', (data: Buffer) => {
      if (data.includes('"status":')) lastForbiddenMs = Date.now()
    })
    client.ask({ type: 'subscribe', entity_id: 'o-1', entity_type: fleet.entityType })
    clients.push(client)
  }
  await until(
    'all subscriptions',
    () => clients.every((client) => client.received.some((text) => text.includes('subscription_success'))),
    10_000,
  )
  let version = 0
  const enough = new AbortController()
  const writing = (async () => {
    while (!enough.signal.aborted) await fleet.put('o-1', ++version)
  })()
  await until('what is shown', () => clients.every((client) => client.latestFields() === 'id,version,status'), 10_000)
  const beganMs = Date.now()
  await fleet.publish(['id', 'version'], ...waits(...nodes))
  const inForceMs = Date.now()
  await until('what is shown then', () => clients.every((client) => client.latestFields() === 'id,version'), 10_000)
  const written = version
  await until('more changes', () => version > written + 20, 10_000)
  enough.abort()
  await writing
  t.ok(lastForbiddenMs < inForceMs + 250, 'nothing forbidden behind what the command has waited for')
  for (const node of nodes) t.match(await node.metrics(), /^sluice_policy_change_seconds_count 1$/m)
  await showsItsMetrics(t, nodes)
  const sums = await Promise.all(nodes.map(async (node) => /sluice_policy_change_seconds_sum (\S+)/.exec(await node.metrics())?.[1]))
  t.comment(
    `the last forbidden byte ${lastForbiddenMs - beganMs} ms after the command began, ${inForceMs - beganMs} ms to its end; ${sums.join(', ')} s by node`,
  )
})
