import { test } from 'tap'
import { metricList } from '#gateway/observe/metrics/metric-list.js'
import { MetricsPage } from '#gateway/observe/metrics/metrics-page.js'
import { parsePolicy } from '#policy/role-policy.js'
import { samplesOf } from '../../../support/gateway/prometheus-text.js'
import { StatefulGateway } from '../../../support/gateway/stateful-gateway.js'

/** A gateway, and how its metrics have changed since they were looked at last. */
async function watched() {
  const gateway = await StatefulGateway.start()
  const page = new MetricsPage(gateway.meter)
  let before = samplesOf(await page.text())
  const changes = async (names: readonly string[]) => {
    await gateway.settle()
    await gateway.clock.advance(1000)
    const now = samplesOf(await page.text())
    const changed = names.map((name) => (now.get(name) ?? 0) - (before.get(name) ?? 0))
    before = now
    return changed
  }
  return { gateway, changes }
}

const events = ['routed', 'unwanted', 'not_streamable', 'bad'].map(
  (outcome) => `sluice_events_total{entity_type="order",outcome="${outcome}"}`,
)

test('each event has one outcome, and each delivery its type', async (t) => {
  const { gateway, changes } = await watched()
  const names = [
    ...events,
    'sluice_deliveries_total{entity_type="order"}',
    'sluice_type_delivery_latency_seconds_count{entity_type="order"}',
  ]
  const clients = ['ann', 'bob'].map((sub) => gateway.connect({ sub }))
  for (const client of clients) client.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
  t.same(await changes(names), [0, 0, 0, 0, 0, 0])
  gateway.write('order-1')
  t.same(await changes(names), [1, 0, 0, 0, 2, 2])
  gateway.write('order-2')
  gateway.write('order-3')
  t.same(await changes(names), [0, 2, 0, 0, 0, 0])
  gateway.topics.append('order', { key: Buffer.from('x'), value: Buffer.from('x'), timestampMs: gateway.clock.now() })
  t.same(await changes(names), [0, 0, 0, 1, 0, 0])
})

test('what clients ask for wrongly is counted by its code, what their rights do not show among it', async (t) => {
  const { gateway, changes } = await watched()
  const names = ['not_json', 'forbidden', 'binary_frame'].map((code) => `sluice_protocol_errors_total{code="${code}"}`)
  const nobody = gateway.connect({ roles: ['none'] })
  nobody.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
  nobody.send('{')
  nobody.send('{')
  t.same(await changes(names), [2, 1, 0])
})

test('a client that does not read is slow, with what waits for it, until it reads', async (t) => {
  const { gateway, changes } = await watched()
  const names = ['sluice_clients_slow', 'sluice_mailbox_largest_bytes', 'sluice_tokens_expiring']
  const client = gateway.connect({ expiresAtMs: gateway.clock.now() + 30_000 })
  t.same(await changes(names), [0, 0, 1])
  client.transport.buffered = 70_000
  client.send('{"type":"ping"}')
  t.same(await changes(names), [1, 70_000, 0])
  client.drain()
  t.same(await changes(names), [-1, -70_000, 0])
})

test('what waits and may not be seen any more is counted as it is withdrawn', async (t) => {
  const { gateway, changes } = await watched()
  const names = ['sluice_frames_withdrawn_total']
  const client = gateway.connect({ subprotocol: undefined })
  client.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
  client.transport.buffered = 70_000
  client.send('{"type":"ping"}')
  await changes(names)
  for (const status of ['PAID', 'SENT']) gateway.write('order-1', { status })
  t.same(await changes(names), [0])
  gateway.policy.replaceBy(parsePolicy('{"roles":{}}'))
  t.same(await changes(names), [2])
})

test('a drain and the limit of connections are told', async (t) => {
  const { gateway, changes } = await watched()
  gateway.connect()
  const names = ['sluice_draining', 'sluice_connections_limit']
  t.same(await changes(names), [0, 0])
  void gateway.gateway.connections.drain(60_000, () => undefined)
  t.same(await changes(names), [1, 0])
  void gateway.gateway.stop(0)
  t.same(await changes(names), [-1, 0])
})

test('audiences and masks are those of the policy', async (t) => {
  const gateway = await StatefulGateway.start()
  const all = [{ action: 'read', subject: 'order', fields: ['**'] }]
  const policy = parsePolicy(JSON.stringify({ roles: { one: all, other: [{ ...all[0], fields: ['id'] }] } }))
  gateway.policy.replaceBy(policy)
  gateway.meter.sharing = () => policy.sharing
  for (const [sub, role] of [
    ['ann', 'one'],
    ['bob', 'one'],
    ['cid', 'other'],
  ] as const)
    gateway.connect({ sub, roles: [role] }).ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order' })
  gateway.write('order-1')
  await gateway.settle()
  const samples = samplesOf(await new MetricsPage(gateway.meter).text())
  t.same([samples.get('sluice_audiences'), samples.get('sluice_masks')], [2, 2])
})

test('names end with their unit, and labels name nobody', async (t) => {
  for (const [name, { type, labels, help }] of metricList) {
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.match(name, /^sluice_[a-z]+(_[a-z]+)*$/, name)
    if (type === 'histogram') t.match(name, /_seconds$/, name)
    t.notMatch(name, /milli|_ms|_kb|_percent/, name)
    t.match(help, /^[A-Z0-9].*\.$/, name)
    for (const label of labels) t.notMatch(label, /sub|user|client|entity_id/, name)
  }
})
