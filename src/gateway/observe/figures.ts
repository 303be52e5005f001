import type { LatencyHistogram } from './latency-histogram.js'
import type { DependencyName, Meter } from './meter.js'

// What people look at and are alarmed by: single numbers of the meter, each with the metrics that say the same to Prometheus.

export interface Figure {
  /** As a query selects it. What it selects is added up. */
  readonly metric: string
  /** `counter`: since the start, so that its growth says something. `gauge`: now. */
  readonly kind: 'counter' | 'gauge'
  readonly read: (meter: Meter) => number
}

export const figures = {
  records: counter('sluice_records_total', (meter) => meter.records),
  bad_records: counter('sluice_bad_records_total', (meter) => sumOf(meter.badRecords)),
  offsets_skipped: counter('sluice_offsets_skipped_total', (meter) => sumOf(meter.offsetsSkipped)),
  events_routed: counter('sluice_events_routed_total', (meter) => meter.eventsRouted),
  events_stale: counter('sluice_events_stale_total', (meter) => meter.eventsStale),
  frames_encoded: counter('sluice_frames_encoded_total', (meter) => meter.framesEncoded),
  frames_sent: counter('sluice_frames_sent_total', (meter) => meter.framesSent),
  bytes_sent: counter('sluice_sent_bytes_total', (meter) => meter.bytesSent),
  writes: counter('sluice_writes_total', (meter) => meter.writes),
  conflated: counter('sluice_updates_conflated_total', (meter) => meter.updatesConflated),
  gaps: counter('sluice_gaps_total', (meter) => meter.gaps),
  judging_faults: counter('sluice_judging_faults_total', (meter) => sumOf(meter.judgingFaults)),
  tokens_refused: counter('sluice_tokens_refused_total', (meter) => sumOf(meter.tokensRefused)),
  too_slow: counter('sluice_connections_closed_total{reason="too_slow"}', (meter) => meter.connectionsClosed.get('too_slow') ?? 0),
  log_lines_lost: counter('sluice_log_lines_lost_total', (meter) => meter.logLinesLost()),
  tables_given_up: counter('sluice_tables_given_up_total', (meter) => meter.tablesGivenUp),
  refused_for_room: counter(
    'sluice_upgrades_refused_total{error="too_many_connections"}',
    (meter) => meter.upgradesRefused.get('too_many_connections') ?? 0,
  ),
  connections: gauge('sluice_connections', (meter) => meter.connections),
  connections_limit: gauge('sluice_connections_limit', (meter) => meter.connectionsMax),
  event_loop: gauge('sluice_event_loop_utilization', (meter) => meter.eventLoop.utilization()),
  subscriptions: gauge('sluice_subscriptions', (meter) => meter.subscriptions),
  mailbox_bytes: gauge('sluice_mailbox_bytes', (meter) => meter.mailboxBytes),
  socket_bytes: gauge('sluice_socket_bytes', (meter) => meter.socketBytes),
  lag: gauge('sluice_topic_lag_records', lagOf),
  fill_left: gauge('sluice_state_fill_records_left', fillLeftOf),
  ready: gauge('sluice_ready', (meter) => Number(meter.isReady())),
  draining: gauge('sluice_draining', (meter) => Number(meter.isDraining())),
  policy_in_force: gauge('sluice_policy_file_in_force', (meter) => Number(meter.policyFileInForce)),
  kafka_up: dependency('kafka'),
  registry_up: dependency('registry'),
  keys_up: dependency('keys'),
  control_up: dependency('control'),
} as const satisfies Record<string, Figure>

export type FigureName = keyof typeof figures

/** How long things took, by figures of their own: medians and the slowest in a hundred. */
export interface Latency {
  /** A histogram, in seconds. */
  readonly metric: string
  readonly read: (meter: Meter) => LatencyHistogram
}

export const latencies = {
  read: { metric: 'sluice_read_latency_seconds', read: (meter) => meter.readLatency },
  delivery: { metric: 'sluice_delivery_latency_seconds', read: (meter) => meter.deliveryLatency },
} as const satisfies Record<string, Latency>

export type LatencyName = keyof typeof latencies

function counter(metric: string, read: Figure['read']): Figure {
  return { metric, kind: 'counter', read }
}

function gauge(metric: string, read: Figure['read']): Figure {
  return { metric, kind: 'gauge', read }
}

/** What a process does not have does not fail it. */
function dependency(name: DependencyName): Figure {
  return gauge(`sluice_dependency_up{dependency="${name}"}`, ({ dependencies }) => Number(dependencies.get(name)?.isUp() ?? true))
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

function lagOf({ lag }: Meter): number {
  let sum = 0
  for (const read of lag.values()) sum += read()
  return sum
}

function fillLeftOf({ fills }: Meter): number {
  let left = 0
  for (const { progress } of fills.values()) left += progress.of - progress.read
  return left
}
