import { test } from 'tap'
import { CallCounts } from '#gateway/observe/call-counts.js'
import { Meter } from '#gateway/observe/meter.js'
import { metricList } from '#gateway/observe/metrics/metric-list.js'
import { MetricsPage } from '#gateway/observe/metrics/metrics-page.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'
import { samplesOf } from '../../../support/gateway/prometheus-text.js'

const [policyHash, claimsHash] = ['0f'.repeat(32), 'a1'.repeat(8)]

/** With each number another one. */
function busyMeter(): Meter {
  const meter = new Meter()
  Object.assign(meter, {
    ...{ connections: 1, connectionsAccepted: 2, subscriptions: 3, records: 4, recordBytes: 5, eventsRouted: 6, eventsStale: 7 },
    ...{ framesEncoded: 8, framesSent: 9, bytesSent: 10, writes: 11, mailboxBytes: 12, recordsForeign: 20 },
    ...{ framesEncoded: 8, framesSent: 9, bytesSent: 10, writes: 11, mailboxBytes: 12, socketBytes: 21 },
  })
  Object.assign(meter, { socketBytes: 22, socketsWaiting: 20, socketsRefused: 21, offsetsCut: 23 })
  meter.logLinesLost = () => 19
  Object.assign(meter, { isReady: () => true, keyCount: () => 20, policyFileInForce: false })
  meter.dependencies.set('kafka', { isUp: () => false, ageMs: () => undefined })
  meter.dependencies.set('registry', { isUp: () => true, ageMs: () => 2500 })
  meter.connectionsClosed.set('too_slow', 13)
  meter.upgradesRefused.set('token_expired', 14)
  meter.badRecords.set('truncated', 15)
  meter.offsetsSkipped.set('retention', 18)
  meter.lag.set('shop.order.update/3', () => 16)
  meter.lag.set('shop.order.update/4', () => 41)
  meter.eventLoop = { utilization: () => 0.42, longestMs: () => 43 }
  Object.assign(meter, { connectionsMax: 44, policyInForce: { hash: 'b2'.repeat(32), sinceMs: 45_000 } })
  Object.assign(meter, { tablesGivenUp: 24, tablesRefilled: 25, snapshots: 26 })
  meter.resumes.set('too_much', 27)
  meter.transitions.set('delete', 28)
  meter.versions = { byType: new Map([['order', { count: 29, bytes: 30, indexes: { bytes: 39 } }]]), window: { bytes: 31, ageSeconds: 32 } }
  meter.collectionScans.set('index', 40)
  meter.rightsChangeLatency.observe(33)
  meter.control = [
    { name: 'shop.policy', offset: 34, hash: policyHash, ageMs: 3500 },
    { name: 'claims', offset: 0, hash: claimsHash, ageMs: undefined },
    { name: 'revocations', offset: undefined, hash: 'is being read', ageMs: undefined },
  ]
  meter.policyChangeLatency.observe(36)
  meter.claimsChangeLatency.observe(37)
  meter.revocationLatency.observe(38)
  const order = meter.types.of('order')
  Object.assign(order, { routed: 50, unwanted: 51, stale: 52, notStreamable: 17, bad: 54, deliveries: 55 })
  order.deliveryLatency.observe(56)
  meter.types.of('shop "one"\\').deliveryLatency.observe(1)
  meter.protocolErrors.set('forbidden', 57)
  Object.assign(meter, { upgradesPending: 58, framesWithdrawn: 59, fetchedBytes: 60, throttledMs: 61_000 })
  Object.assign(meter, { clients: { slow: 62, fullestBytes: 63, expiring: 64 }, certificateExpiresAtMs: 65_000 })
  Object.assign(meter, { isDraining: () => true, build: { version: '1.2.3', node: 'v20', server: 'uws' } })
  meter.source = () => ({ partitions: 66, paused: 67, bufferBytes: 68, bufferBytesMax: 69, brokersLost: 70 })
  meter.sharing = () => ({ audiences: 71, masks: 72 })
  meter.fetchLatency.observe(73)
  meter.upgradeLatency.observe(74)
  meter.fieldsWithoutRule.set('order', 75)
  meter.fills = new Map([['order', { progress: { read: 1, of: 77 } }]])
  const calls = new CallCounts(new SimulatedClock())
  Object.assign(calls, { requests: 78, failures: 79 })
  calls.latency.observe(80)
  meter.dependencies.set('registry', { isUp: () => true, ageMs: () => 2500, calls })
  return meter
}

test('shows every number of the meter, as it stands when somebody asks', async (t) => {
  const meter = new Meter()
  const page = new MetricsPage(meter)
  await page.text()
  Object.defineProperties(meter, Object.getOwnPropertyDescriptors(busyMeter()))
  const samples = samplesOf(await page.text(true))
  const expected = {
    sluice_connections: 1,
    sluice_connections_accepted_total: 2,
    sluice_subscriptions: 3,
    sluice_records_total: 4,
    sluice_record_bytes_total: 5,
    sluice_events_routed_total: 6,
    sluice_events_stale_total: 7,
    sluice_frames_encoded_total: 8,
    sluice_frames_sent_total: 9,
    sluice_sent_bytes_total: 10,
    sluice_writes_total: 11,
    sluice_mailbox_bytes: 12,
    sluice_socket_bytes: 22,
    sluice_records_not_streamable_total: 17,
    sluice_log_lines_lost_total: 19,
    sluice_sockets_waiting: 20,
    sluice_sockets_refused_total: 21,
    sluice_records_foreign_total: 20,
    sluice_offsets_cut_total: 23,
    sluice_ready: 1,
    sluice_keys: 20,
    sluice_policy_file_in_force: 0,
    'sluice_dependency_up{dependency="kafka"}': 0,
    'sluice_dependency_up{dependency="registry"}': 1,
    'sluice_dependency_success_age_seconds{dependency="registry"}': 2.5,
    'sluice_offsets_skipped_total{reason="retention"}': 18,
    'sluice_connections_closed_total{reason="too_slow"}': 13,
    'sluice_upgrades_refused_total{error="token_expired"}': 14,
    'sluice_bad_records_total{reason="truncated"}': 15,
    sluice_tables_given_up_total: 24,
    sluice_tables_refilled_total: 25,
    sluice_snapshots_total: 26,
    'sluice_resumes_total{outcome="too_much"}': 27,
    'sluice_transitions_total{operation="delete"}': 28,
    'sluice_table_rows{entity_type="order"}': 29,
    'sluice_table_bytes{entity_type="order"}': 30,
    'sluice_table_index_bytes{entity_type="order"}': 39,
    'sluice_collection_scans_total{by="index"}': 40,
    sluice_window_bytes: 31,
    sluice_window_age_seconds: 32,
    sluice_rights_change_seconds_count: 1,
    sluice_rights_change_seconds_sum: 0.033,
    'sluice_control_offset{topic="shop.policy"}': 34,
    'sluice_control_offset{topic="claims"}': 0,
    'sluice_control_offset{topic="revocations"}': undefined,
    [`sluice_control_hash{topic="shop.policy",hash="${policyHash}"}`]: 1,
    [`sluice_control_hash{topic="claims",hash="${claimsHash}"}`]: 1,
    'sluice_control_age_seconds{topic="shop.policy"}': 3.5,
    'sluice_control_age_seconds{topic="claims"}': undefined,
    sluice_policy_change_seconds_sum: 0.036,
    sluice_claims_change_seconds_sum: 0.037,
    sluice_revocation_seconds_sum: 0.038,
    'sluice_partition_lag_records{topic="shop.order.update",partition="3"}': 16,
    'sluice_topic_lag_records{topic="shop.order.update"}': 57,
    'sluice_topic_lag_records_max{topic="shop.order.update"}': 41,
    sluice_event_loop_utilization: 0.42,
    sluice_event_loop_longest_seconds: 0.043,
    sluice_connections_limit: 44,
    [`sluice_policy_info{hash="${'b2'.repeat(32)}"}`]: 1,
    sluice_policy_loaded_timestamp_seconds: 45,
    'sluice_events_total{entity_type="order",outcome="routed"}': 50,
    'sluice_events_total{entity_type="order",outcome="unwanted"}': 51,
    'sluice_events_total{entity_type="order",outcome="stale"}': 52,
    'sluice_events_total{entity_type="order",outcome="not_streamable"}': 17,
    'sluice_events_total{entity_type="order",outcome="bad"}': 54,
    'sluice_deliveries_total{entity_type="order"}': 55,
    'sluice_type_delivery_latency_seconds_sum{entity_type="order"}': 0.056,
    'sluice_type_delivery_latency_seconds_bucket{entity_type="order",le="0.05"}': 0,
    'sluice_type_delivery_latency_seconds_bucket{entity_type="order",le="0.07"}': 1,
    [String.raw`sluice_type_delivery_latency_seconds_count{entity_type="shop \"one\"\\"}`]: 1,
    sluice_delivery_latency_seconds_sum: 0.057,
    sluice_delivery_latency_seconds_count: 2,
    'sluice_protocol_errors_total{code="forbidden"}': 57,
    sluice_upgrades_pending: 58,
    sluice_frames_withdrawn_total: 59,
    sluice_fetch_bytes_total: 60,
    sluice_fetch_throttle_seconds_total: 61,
    sluice_clients_slow: 62,
    sluice_mailbox_largest_bytes: 63,
    sluice_tokens_expiring: 64,
    sluice_certificate_expiry_timestamp_seconds: 65,
    sluice_partitions: 66,
    sluice_partitions_paused: 67,
    sluice_source_buffer_bytes: 68,
    sluice_source_buffer_limit_bytes: 69,
    sluice_kafka_brokers_lost: 70,
    sluice_audiences: 71,
    sluice_masks: 72,
    sluice_fetch_seconds_sum: 0.073,
    sluice_upgrade_seconds_sum: 0.074,
    sluice_draining: 1,
    'sluice_build_info{version="1.2.3",node="v20",server="uws"}': 1,
    'sluice_dependency_requests_total{dependency="registry"}': 78,
    'sluice_dependency_failures_total{dependency="registry"}': 79,
    'sluice_dependency_request_seconds_sum{dependency="registry"}': 0.08,
  }
  for (const [name, value] of Object.entries(expected)) t.equal(samples.get(name), value, name)
})

test('counts nothing twice when it is asked twice', async (t) => {
  const meter = new Meter()
  const metrics = new MetricsPage(meter)
  meter.records = 5
  meter.badRecords.set('not_avro', 2)
  await metrics.text()
  const samples = samplesOf(await metrics.text())
  t.equal(samples.get('sluice_records_total'), 5)
  t.equal(samples.get('sluice_bad_records_total{reason="not_avro"}'), 2)
})

test('shows reasons at 0 before they happen', async (t) => {
  const samples = samplesOf(await new MetricsPage(new Meter()).text())
  t.equal(samples.get('sluice_bad_records_total{reason="over_limit"}'), 0)
  t.equal(samples.get('sluice_connections_closed_total{reason="client"}'), 0)
  t.equal(samples.get('sluice_upgrades_refused_total{error="token_missing"}'), 0)
})

test('forgets the lag of a partition that is no longer read', async (t) => {
  const meter = new Meter()
  const metrics = new MetricsPage(meter)
  meter.lag.set('order/0', () => 5)
  await metrics.text(true)
  meter.lag.clear()
  t.notOk(samplesOf(await metrics.text(true)).has('sluice_partition_lag_records{topic="order",partition="0"}'))
})

test('says how the process does: memory, CPU and the delay of the event loop', async (t) => {
  const samples = samplesOf(await new MetricsPage(new Meter()).text())
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'])
    t.ok(samples.has(name), name)
})

test('keeps the numbers of two gateways in one process apart', async (t) => {
  const [one, other] = [new Meter(), new Meter()]
  one.records = 1
  const metrics = [new MetricsPage(one), new MetricsPage(other)] as const
  t.equal(samplesOf(await metrics[0].text()).get('sluice_records_total'), 1)
  t.equal(samplesOf(await metrics[1].text()).get('sluice_records_total'), 0)
})

test('shows each metric of the list and no other, and partitions to who asks for them', async (t) => {
  const page = new MetricsPage(busyMeter())
  const shown = (text: string) =>
    new Set([...samplesOf(text).keys()].flatMap((key) => /^(sluice_\w+?)(_bucket|_sum|_count)?(\{|$)/.exec(key)?.[1] ?? []))
  const all = [...metricList.keys()]
  t.same([...shown(await page.text(true))].sort(), [...all].sort())
  t.same([...shown(await page.text())].sort(), all.filter((name) => name !== 'sluice_partition_lag_records').sort())
})

test('says nothing of a certificate that is not there', async (t) => {
  t.notOk(samplesOf(await new MetricsPage(new Meter()).text()).has('sluice_certificate_expiry_timestamp_seconds'))
})

test('waits until clients were counted', async (t) => {
  const meter = new Meter()
  meter.countClients = async () => {
    await Promise.resolve()
    meter.clients = { slow: 7, fullestBytes: 0, expiring: 0 }
  }
  t.equal(samplesOf(await new MetricsPage(meter).text()).get('sluice_clients_slow'), 7)
})
