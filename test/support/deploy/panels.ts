/** A picture of the dashboard. Expressions have `$nodes` where the chosen nodes are selected. */
export interface Panel {
  readonly title: string
  readonly says: string
  /** As Grafana calls it. */
  readonly unit?: 'short' | 's' | 'bytes' | 'percentunit' | 'ops'
  readonly scale?: 'linear' | 'log'
  readonly queries: readonly (readonly [legend: string, expression: string])[]
}

/** In the order of the questions: is the fleet there, whose fault is it, what is shown to whom, what is bad, who is slow. */
export const panels: readonly Panel[] = [
  {
    title: 'Fleet',
    says: 'Nodes that are ready, versions, and policies in force: more than one of the last for minutes is a fault.',
    queries: [
      ['nodes', 'count(sluice_ready{$nodes})'],
      ['ready', 'sum(sluice_ready{$nodes})'],
      ['draining', 'sum(sluice_draining{$nodes})'],
      ['version {{version}}', 'count by (version) (sluice_build_info{$nodes})'],
      ['policies', 'count(count by (hash) (sluice_policy_info{$nodes}))'],
      ['{{dependency}} away', 'count by (dependency) (sluice_dependency_up{$nodes} == 0)'],
    ],
  },
  {
    title: 'Connections',
    says: 'Of each node, beside what it may have, and how many come and go in a second.',
    queries: [
      ['{{instance}}', 'sluice_connections{$nodes}'],
      ['subscriptions', 'sum(sluice_subscriptions{$nodes})'],
      ['limit of a node', 'min(sluice_connections_limit{$nodes})'],
      ['accepted/s', 'sum(rate(sluice_connections_accepted_total{$nodes}[5m]))'],
      ['closed/s: {{reason}}', 'sum by (reason) (rate(sluice_connections_closed_total{$nodes}[5m])) > 0'],
    ],
  },
  {
    title: 'How late changes are sent',
    says: 'From the Kafka timestamp of a record to the write that holds it.',
    unit: 's',
    scale: 'log',
    queries: quantiles('sluice_delivery_latency_seconds'),
  },
  {
    title: 'How late changes are read',
    says: 'From the Kafka timestamp to the pipeline: where this is as late as the panel beside it, Kafka or the registry is the cause, whose answers stand here too.',
    unit: 's',
    scale: 'log',
    queries: [
      ...quantiles('sluice_read_latency_seconds'),
      ['fetch p99', quantile(0.99, 'sluice_fetch_seconds')],
      ['{{dependency}} answers, p99', quantile(0.99, 'sluice_dependency_request_seconds', 'dependency, ')],
    ],
  },
  {
    title: 'Lag',
    says: 'Records that wait in Kafka, of the node that has most of them, by topic.',
    queries: [
      ['{{topic}}', 'max by (topic) (sluice_topic_lag_records{$nodes})'],
      ['{{topic}}, its worst partition', 'max by (topic) (sluice_topic_lag_records_max{$nodes})'],
      ['filling {{entity_type}}', 'max by (entity_type) (sluice_state_fill_records_left{$nodes}) > 0'],
      ['partitions paused', 'sum(sluice_partitions_paused{$nodes})'],
      ['brokers lost', 'max(sluice_kafka_brokers_lost{$nodes}) > 0'],
      ['throttled by quotas, share', 'max(rate(sluice_fetch_throttle_seconds_total{$nodes}[5m])) > 0'],
    ],
  },
  {
    title: 'Throughput',
    says: 'A funnel: records that are read, events that somebody wants, frames that are encoded and sent, and writes.',
    unit: 'ops',
    scale: 'log',
    queries: [
      ['records', rate('sluice_records_total')],
      ['events routed', rate('sluice_events_routed_total')],
      ['frames encoded', rate('sluice_frames_encoded_total')],
      ['frames sent', rate('sluice_frames_sent_total')],
      ['writes', rate('sluice_writes_total')],
    ],
  },
  {
    title: 'Sharing',
    says: 'What one encoded frame and one write is enough for; audiences that an event is judged for, and masks that it is encoded for.',
    queries: [
      ['connections a frame', `${rate('sluice_frames_sent_total')} / ${rate('sluice_frames_encoded_total')}`],
      ['frames a write', `${rate('sluice_frames_sent_total')} / ${rate('sluice_writes_total')}`],
      ['frames an event', `${rate('sluice_frames_encoded_total')} / ${rate('sluice_events_routed_total')}`],
      ['audiences', 'max(sluice_audiences{$nodes})'],
      ['masks', 'max(sluice_masks{$nodes})'],
    ],
  },
  {
    title: 'Entity types',
    says: 'Events and deliveries of each type in a second, and how late its slowest in a hundred is sent.',
    queries: [
      ['{{entity_type}} {{outcome}}', 'sum by (entity_type, outcome) (rate(sluice_events_total{$nodes}[5m])) > 0'],
      ['{{entity_type}} delivered', 'sum by (entity_type) (rate(sluice_deliveries_total{$nodes}[5m])) > 0'],
      ['{{entity_type}} p99, s', quantile(0.99, 'sluice_type_delivery_latency_seconds', 'entity_type, ')],
    ],
  },
  {
    title: 'Rights',
    says: 'How long a change of rights takes to the last page, policies that were read, what nobody is shown, and who asks for what is not theirs.',
    queries: [
      ['change of the policy, p99, s', quantile(0.99, 'sluice_rights_change_seconds')],
      ['change of claims, p99, s', quantile(0.99, 'sluice_claims_change_seconds')],
      ['revocation, p99, s', quantile(0.99, 'sluice_revocation_seconds')],
      ['policies {{outcome}}', 'sum by (outcome) (increase(sluice_policy_reloads_total{$nodes}[5m]))'],
      ['{{entity_type}}: fields without a rule', 'max by (entity_type) (sluice_fields_without_rule{$nodes}) > 0'],
      ['conditions undecided/s: {{by}}', 'sum by (by) (rate(sluice_conditions_undecided_total{$nodes}[5m])) > 0'],
      ['forbidden/s', 'sum(rate(sluice_protocol_errors_total{$nodes,code="forbidden"}[5m]))'],
    ],
  },
  {
    title: 'Bad',
    says: 'In five minutes: records that could not be read, offsets that never were, faults, and requests that failed.',
    queries: [
      ['records: {{reason}}', grown('sluice_bad_records_total', 'reason')],
      ['offsets: {{reason}}', grown('sluice_offsets_skipped_total', 'reason')],
      ['faults: {{at}}', grown('sluice_judging_faults_total', 'at')],
      ['{{dependency}} failed', grown('sluice_dependency_failures_total', 'dependency')],
      ['tables given up', 'sum(sluice_tables_given_up_total{$nodes}) > 0'],
      ['lines of the log lost', 'sum(increase(sluice_log_lines_lost_total{$nodes}[5m])) > 0'],
    ],
  },
  {
    title: 'Clients',
    says: 'Clients that read slowly, what waits for them, and who was closed or refused, in five minutes.',
    queries: [
      ['slow', 'sum(sluice_clients_slow{$nodes})'],
      ['bytes in mailboxes', 'sum(sluice_mailbox_bytes{$nodes})'],
      ['bytes in sockets', 'sum(sluice_socket_bytes{$nodes})'],
      ['updates left out/s', rate('sluice_updates_conflated_total')],
      ['closed as too slow', 'sum(increase(sluice_connections_closed_total{$nodes,reason="too_slow"}[5m]))'],
      ['refused: {{error}}', grown('sluice_upgrades_refused_total', 'error')],
      ['token refused: {{reason}}', grown('sluice_tokens_refused_total', 'reason')],
    ],
  },
  {
    title: 'Process',
    says: 'How busy the event loop of each node is, its longest hold-up, CPU, collections of garbage, and memory.',
    queries: [
      ['{{instance}} event loop, share', 'sluice_event_loop_utilization{$nodes}'],
      ['{{instance}} longest hold-up, s', 'sluice_event_loop_longest_seconds{$nodes}'],
      ['{{instance}} cores', 'rate(process_cpu_seconds_total{$nodes}[5m])'],
      ['{{instance}} garbage, share', 'sum by (instance) (rate(nodejs_gc_duration_seconds_sum{$nodes}[5m]))'],
      ['{{instance}} heap, GB', 'nodejs_heap_size_used_bytes{$nodes} / 1e9'],
      ['{{instance}} memory, GB', 'process_resident_memory_bytes{$nodes} / 1e9'],
      ['tables of a node, GB', 'max(sum by (instance) (sluice_table_bytes{$nodes})) / 1e9'],
      ['source buffer of its limit', 'max(sluice_source_buffer_bytes{$nodes} / sluice_source_buffer_limit_bytes{$nodes})'],
    ],
  },
]

function rate(counter: string): string {
  return `sum(rate(${counter}{$nodes}[5m]))`
}

function grown(counter: string, label: string): string {
  return `sum by (${label}) (increase(${counter}{$nodes}[5m])) > 0`
}

function quantiles(histogram: string): Panel['queries'] {
  return [0.5, 0.95, 0.99].map((share) => [`p${share * 100}`, quantile(share, histogram)])
}

/** @param by further labels, each with a comma behind it. */
function quantile(share: number, histogram: string, by = ''): string {
  return `histogram_quantile(${share}, sum by (${by}le) (rate(${histogram}_bucket{$nodes}[5m])))`
}
