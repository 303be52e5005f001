import type { FigureName, LatencyName } from './figures.js'

/** What a number is compared with. */
interface Bound {
  readonly is: 'above' | 'below'
  readonly limit: number
}

/** A figure as it is now, or by how much it grew. */
export interface FigureCondition extends Bound {
  readonly figure: FigureName
  /** Ten at most, which is what the console keeps. Prometheus sees no growth between two scrapes: those may be a minute apart. */
  readonly grownInMinutes?: 5 | 10
  /** Divides it, so that it is a share. */
  readonly of?: FigureName
}

/** What the slowest in a hundred took in the last five minutes, in seconds. It does not hold where there was nothing. */
export interface LatencyCondition extends Bound {
  readonly latency: LatencyName
}

export type Condition = FigureCondition | LatencyCondition

/** Something that people should look after. */
export interface Ailment {
  /** All of them hold. */
  readonly when: readonly [Condition, ...Condition[]]
  /** An alert is given once it has held for so many minutes; the console shows it at once. */
  readonly minutes: number
  /** `critical`: somebody is to come at once. `info`: nobody is to be called. */
  readonly severity: 'critical' | 'warning' | 'info'
  /** What is not well; `{n}` is the amount of the first condition, and `{%}` the same in percent. */
  readonly sentence: string
  readonly mend: string
  /** Metrics, besides those of the conditions, that tell one cause from another. */
  readonly compare: readonly string[]
}

/** What no node knows by itself, or what is told once for all of them. With a metric alone: that none of them says 1. */
export interface FleetAilment extends Omit<Ailment, 'when'> {
  readonly metric: string
  /** The label of the metric that has more than one value. */
  readonly label?: string
  /** The metric is a time in seconds since the epoch, which is so near or over at one of them. */
  readonly withinDays?: number
}

/** A node that reads its tables from their beginning is busy, is behind and lets nobody in, as after every deploy. */
const notFilling = { figure: 'fill_left', is: 'below', limit: 1 } as const
/** A node that is replaced lets nobody in, and has fewer clients from moment to moment. */
const notDraining = { figure: 'draining', is: 'below', limit: 1 } as const

/** Worst first. The console shows those that hold; alert rules and the manual of alerts are made of the same. */
export const ailments = {
  not_ready: {
    ...{ when: [{ figure: 'ready', is: 'below', limit: 1 }, notFilling, notDraining], minutes: 2, severity: 'critical' },
    sentence: 'The node is not ready: it lets no clients in.',
    mend: '/readyz of this port says what it waits for.',
    compare: ['sluice_dependency_up', 'sluice_keys'],
  },
  kafka_down: {
    ...{ when: [{ figure: 'kafka_up', is: 'below', limit: 1 }], minutes: 2, severity: 'critical' },
    sentence: 'Kafka does not answer.',
    mend: 'Clients keep what they have, and are sent what they missed once it answers. Look after the brokers, and the way to them.',
    compare: ['sluice_kafka_brokers_lost', 'sluice_dependency_success_age_seconds', 'sluice_topic_lag_records'],
  },
  control_down: {
    ...{ when: [{ figure: 'control_up', is: 'below', limit: 1 }], minutes: 5, severity: 'warning' },
    sentence: 'The topics that say who may see what cannot be read.',
    mend: 'Rights stay as they were read last: what is taken from somebody now is not taken here. Look after the brokers and the rights there.',
    compare: ['sluice_control_offset', 'sluice_control_age_seconds', 'sluice_kafka_brokers_lost'],
  },
  registry_down: {
    ...{ when: [{ figure: 'registry_up', is: 'below', limit: 1 }], minutes: 5, severity: 'warning' },
    sentence: 'The schema registry does not answer.',
    mend: 'Partitions wait at their first record of a schema that is not known yet; all others go on. Look after the registry.',
    compare: ['sluice_dependency_failures_total', 'sluice_dependency_request_seconds', 'sluice_partitions_paused'],
  },
  keys_down: {
    ...{ when: [{ figure: 'keys_up', is: 'below', limit: 1 }], minutes: 5, severity: 'warning' },
    sentence: 'The keys that verify tokens cannot be fetched.',
    mend: 'Tokens by keys that are known are good; those by new ones are not. Look after what JWKS_URL names.',
    compare: ['sluice_keys', 'sluice_dependency_failures_total', 'sluice_tokens_refused_total'],
  },
  policy_refused: {
    ...{ when: [{ figure: 'policy_in_force', is: 'below', limit: 1 }], minutes: 0, severity: 'critical' },
    sentence: 'The policy that was written last is not in force: it cannot be read or used.',
    mend: 'The one before goes on to count. The log and the screen Policy say what is wrong with it.',
    compare: ['sluice_policy_reloads_total', 'sluice_policy_info', 'sluice_policy_loaded_timestamp_seconds'],
  },
  tables_given_up: {
    ...{ when: [{ figure: 'tables_given_up', is: 'above', limit: 0 }], minutes: 0, severity: 'warning' },
    sentence: 'Entity types that have lost their tables: {n}.',
    mend: 'They go on without snapshots and lists. Raise STATE_BYTES_MAX or STATE_FILL_SECONDS_MAX as the log says, and start anew.',
    compare: ['sluice_table_bytes', 'sluice_table_index_bytes', 'sluice_table_rows'],
  },
  offsets_skipped: {
    ...{ when: [{ figure: 'offsets_skipped', grownInMinutes: 5, is: 'above', limit: 0 }], minutes: 0, severity: 'critical' },
    sentence: 'Offsets that were never read, in the last five minutes: {n}.',
    mend: 'Kafka dropped them before their turn, or has them damaged. The log names the partition.',
    compare: ['sluice_topic_lag_records_max', 'sluice_tables_refilled_total', 'sluice_read_latency_seconds'],
  },
  judging_faults: {
    ...{ when: [{ figure: 'judging_faults', grownInMinutes: 5, is: 'above', limit: 0 }], minutes: 0, severity: 'warning' },
    sentence: 'Faults while rights were judged, in the last five minutes: {n}.',
    mend: 'Those whom they concern were shown nothing. It is a fault of Sluice: report it with the lines of the log.',
    compare: ['sluice_conditions_undecided_total', 'sluice_build_info'],
  },
  bad_records: {
    ...{ when: [{ figure: 'bad_records', grownInMinutes: 5, is: 'above', limit: 0 }], minutes: 0, severity: 'warning' },
    sentence: 'Records that could not be read and were skipped, in the last five minutes: {n}.',
    mend: 'The log and the screen Bad records say why.',
    compare: ['sluice_events_total', 'sluice_dependency_failures_total'],
  },
  delivery_late: {
    when: [
      { latency: 'delivery', is: 'above', limit: 1 },
      { latency: 'read', is: 'below', limit: 1 },
    ],
    ...{ minutes: 5, severity: 'warning' },
    sentence: 'Changes are read in time and sent late: one in a hundred is sent {n} s after its record, or later.',
    mend: 'This process is too busy, or clients read slowly: compare the event loop, and what waits by the screen Connections.',
    compare: [
      'sluice_event_loop_utilization',
      'sluice_event_loop_longest_seconds',
      'sluice_type_delivery_latency_seconds',
      'sluice_clients_slow',
    ],
  },
  lag: {
    ...{ when: [{ figure: 'lag', is: 'above', limit: 10_000 }, notFilling], minutes: 5, severity: 'warning' },
    sentence: 'Records that wait in Kafka: {n}.',
    mend: 'The table of lag says where. One partition: its schema may be missing. All of them: this process has not enough CPU.',
    compare: ['sluice_topic_lag_records_max', 'sluice_partitions_paused', 'sluice_dependency_up', 'sluice_event_loop_utilization'],
  },
  lag_rises: {
    ...{ when: [{ figure: 'lag', grownInMinutes: 5, is: 'above', limit: 1000 }, notFilling], minutes: 5, severity: 'warning' },
    sentence: 'More records wait in Kafka than five minutes ago, by {n}.',
    mend: 'More is written than is read: brokers answer slowly, or this process has not enough CPU.',
    compare: ['sluice_fetch_seconds', 'sluice_fetch_throttle_seconds_total', 'sluice_partitions_paused', 'sluice_event_loop_utilization'],
  },
  event_loop_busy: {
    ...{ when: [{ figure: 'event_loop', is: 'above', limit: 0.85 }, notFilling], minutes: 10, severity: 'warning' },
    sentence: 'The process is busy for {%} of its time.',
    mend: 'It uses one core, and is near its end: run more nodes, each for fewer clients.',
    compare: ['sluice_records_total', 'sluice_frames_sent_total', 'sluice_audiences', 'process_cpu_seconds_total'],
  },
  connections_near_limit: {
    ...{ when: [{ figure: 'connections', of: 'connections_limit', is: 'above', limit: 0.9 }], minutes: 5, severity: 'warning' },
    sentence: 'Of the connections that this node may have, {%} are open.',
    mend: 'Run more nodes, or raise CONNECTIONS_MAX and the file descriptors of the process (ulimit -n) where memory and CPU allow it.',
    compare: ['sluice_connections_accepted_total', 'process_max_fds', 'sluice_event_loop_utilization'],
  },
  refused_for_room: {
    ...{ when: [{ figure: 'refused_for_room', grownInMinutes: 5, is: 'above', limit: 0 }], minutes: 0, severity: 'critical' },
    sentence: 'Clients that were refused as there are too many, in the last five minutes: {n}.',
    mend: 'They try again elsewhere. Run more nodes, or raise CONNECTIONS_MAX and the file descriptors of the process (ulimit -n).',
    compare: ['sluice_connections', 'sluice_connections_limit', 'sluice_upgrades_pending'],
  },
  filling: {
    ...{ when: [{ figure: 'fill_left', is: 'above', limit: 0 }], minutes: 10, severity: 'info' },
    sentence: 'Tables are being filled; records that are left to read: {n}.',
    mend: 'That ends by itself. /readyz says which type is being filled.',
    compare: ['sluice_table_rows', 'sluice_fetch_bytes_total', 'sluice_fetch_throttle_seconds_total'],
  },
  too_slow: {
    when: [{ figure: 'too_slow', grownInMinutes: 10, of: 'connections', is: 'above', limit: 0.01 }, notDraining],
    ...{ minutes: 0, severity: 'warning' },
    sentence: 'Clients were closed in the last ten minutes as they read too slowly: {%} of as many as are connected.',
    mend: 'They come back, and are sent what they missed. The screen Connections says whose mailboxes are full now.',
    compare: ['sluice_clients_slow', 'sluice_mailbox_largest_bytes', 'sluice_sent_bytes_total'],
  },
  tokens_refused: {
    ...{ when: [{ figure: 'tokens_refused', grownInMinutes: 5, is: 'above', limit: 150 }], minutes: 0, severity: 'warning' },
    sentence: 'Tokens that were refused, in the last five minutes: {n}.',
    mend: 'The log says why: a new key or issuer, clocks that differ, or somebody who tries.',
    compare: ['sluice_keys', 'sluice_upgrades_refused_total'],
  },
  log_lines_lost: {
    ...{ when: [{ figure: 'log_lines_lost', grownInMinutes: 5, is: 'above', limit: 0 }], minutes: 0, severity: 'warning' },
    sentence: 'Lines of the log that were lost, in the last five minutes: {n}.',
    mend: 'Whoever reads the output of this process is too slow, or has gone.',
    compare: ['sluice_event_loop_longest_seconds'],
  },
} as const satisfies Record<string, Ailment>

/** Alert rules and the manual have these too; the console of one node cannot. */
export const fleetAilments = {
  none_ready: {
    ...{ metric: 'sluice_ready', minutes: 2, severity: 'critical' },
    sentence: 'No node is ready: nobody is let in, or nobody collects the metrics.',
    mend: 'Look whether the processes run, what /readyz of their admin port says, and whether it is reached: ADMIN_HOST, and what the network lets through.',
    compare: ['sluice_state_fill_records_left', 'sluice_dependency_up'],
  },
  policies_differ: {
    ...{ metric: 'sluice_policy_info', label: 'hash', minutes: 2, severity: 'critical' },
    sentence: 'Nodes judge by different policies: one person is shown different fields, by chance.',
    mend: 'The log of a node says why it keeps an older one. Compare sluice_policy_info and sluice_policy_loaded_timestamp_seconds of all.',
    compare: ['sluice_policy_loaded_timestamp_seconds', 'sluice_policy_file_in_force', 'sluice_control_offset'],
  },
  certificate_ends: {
    ...{ metric: 'sluice_certificate_expiry_timestamp_seconds', withinDays: 7, minutes: 0, severity: 'warning' },
    sentence: 'The certificate that clients are shown ends within seven days, or has ended: then nobody connects.',
    mend: 'Renew it, and start the nodes anew: TLS_CERT_FILE is read at the start.',
    compare: [],
  },
} as const satisfies Record<string, FleetAilment>
