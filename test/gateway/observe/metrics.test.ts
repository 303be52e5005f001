import { test } from 'tap'
import { Meter } from '#gateway/observe/meter.js'
import { Metrics } from '#gateway/observe/metrics.js'
import { samplesOf } from '../../support/gateway/prometheus-text.js'

test('shows every number of the meter, as it stands when somebody asks', async (t) => {
  const meter = new Meter()
  const metrics = new Metrics(meter)
  await metrics.text()
  Object.assign(meter, {
    ...{ connections: 1, connectionsAccepted: 2, subscriptions: 3, records: 4, recordBytes: 5, eventsRouted: 6, eventsStale: 7 },
    ...{ framesEncoded: 8, framesSent: 9, bytesSent: 10, writes: 11, mailboxBytes: 12, recordsNotStreamable: 17, recordsForeign: 20 },
    ...{ framesEncoded: 8, framesSent: 9, bytesSent: 10, writes: 11, mailboxBytes: 12, socketBytes: 21, recordsNotStreamable: 17 },
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
  const [policyHash, claimsHash] = ['0f'.repeat(32), 'a1'.repeat(8)]
  meter.control = [
    { name: 'shop.policy', offset: 34, hash: policyHash, ageMs: 3500 },
    { name: 'claims', offset: 0, hash: claimsHash, ageMs: undefined },
    { name: 'revocations', offset: undefined, hash: 'is being read', ageMs: undefined },
  ]
  meter.policyChangeLatency.observe(36)
  meter.claimsChangeLatency.observe(37)
  meter.revocationLatency.observe(38)
  const samples = samplesOf(await metrics.text())
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
  }
  for (const [name, value] of Object.entries(expected)) t.equal(samples.get(name), value, name)
})

test('counts nothing twice when it is asked twice', async (t) => {
  const meter = new Meter()
  const metrics = new Metrics(meter)
  meter.records = 5
  meter.badRecords.set('not_avro', 2)
  await metrics.text()
  const samples = samplesOf(await metrics.text())
  t.equal(samples.get('sluice_records_total'), 5)
  t.equal(samples.get('sluice_bad_records_total{reason="not_avro"}'), 2)
})

test('shows reasons at 0 before they happen', async (t) => {
  const samples = samplesOf(await new Metrics(new Meter()).text())
  t.equal(samples.get('sluice_bad_records_total{reason="over_limit"}'), 0)
  t.equal(samples.get('sluice_connections_closed_total{reason="client"}'), 0)
  t.equal(samples.get('sluice_upgrades_refused_total{error="token_missing"}'), 0)
})

test('forgets the lag of a partition that is no longer read', async (t) => {
  const meter = new Meter()
  const metrics = new Metrics(meter)
  meter.lag.set('order/0', () => 5)
  await metrics.text()
  meter.lag.clear()
  t.notOk(samplesOf(await metrics.text()).has('sluice_partition_lag_records{topic="order",partition="0"}'))
})

test('says how the process does: memory, CPU and the delay of the event loop', async (t) => {
  const samples = samplesOf(await new Metrics(new Meter()).text())
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'])
    t.ok(samples.has(name), name)
})

test('names counters with _total and everything with its unit', async (t) => {
  const text = await new Metrics(new Meter()).text()
  for (const [, name, type] of text.matchAll(/^# TYPE (sluice_\w+) (\w+)$/gm)) {
    t.equal(name!.endsWith('_total'), type === 'counter', name!)
    t.notMatch(name, /_ms|milli/)
  }
})

test('keeps the numbers of two gateways in one process apart', async (t) => {
  const [one, other] = [new Meter(), new Meter()]
  one.records = 1
  const metrics = [new Metrics(one), new Metrics(other)] as const
  t.equal(samplesOf(await metrics[0].text()).get('sluice_records_total'), 1)
  t.equal(samplesOf(await metrics[1].text()).get('sluice_records_total'), 0)
})
