import { badRecordReasons } from '#errors.js'
import { closeCodes, httpErrors } from '#protocol/codes.js'
import type { LatencyHistogram } from './latency-histogram.js'
import { judgingFaults, type Meter, refusalReasons, resumeOutcomes, skipReasons } from './meter.js'

// What the metrics page shows: each metric with its name, its help, and the number of the meter that it reads.

export const gauges: Readonly<Record<string, readonly [help: string, read: (meter: Meter) => number]>> = {
  sluice_ready: ['1 where /readyz says that it is ready, 0 where it does not.', (meter) => Number(meter.isReady())],
  sluice_keys: ['Keys that may verify a token.', (meter) => meter.keyCount()],
  sluice_connections: ['Connections that are open.', (meter) => meter.connections],
  sluice_sockets_waiting: ['Sockets that are open and have not said yet whose they are.', (meter) => meter.socketsWaiting],
  sluice_connections_limit: [
    'Connections that there may be: CONNECTIONS_MAX, or what the file descriptors of the process are enough for.',
    (meter) => meter.connectionsMax,
  ],
  sluice_event_loop_utilization: [
    'The share of the last ten seconds in which the event loop was not waiting.',
    (meter) => meter.eventLoop.utilization(),
  ],
  sluice_event_loop_longest_seconds: [
    'The longest that the event loop was kept from its timers in the last minute.',
    (meter) => meter.eventLoop.longestMs() / 1000,
  ],
  sluice_policy_loaded_timestamp_seconds: [
    'When the policy in force was put in force here, in seconds since the epoch; 0 before there is one.',
    (meter) => (meter.policyInForce?.sinceMs ?? 0) / 1000,
  ],
  sluice_subscriptions: ['Subscriptions of all connections.', (meter) => meter.subscriptions],
  sluice_collections: ['Those of them that are to collections.', (meter) => meter.collections],
  sluice_policy_file_in_force: [
    '1 where the policy in force is what its file or topic says; 0 where that cannot be read or used.',
    (meter) => Number(meter.policyFileInForce),
  ],
  sluice_mailbox_bytes: ['Bytes that wait in all mailboxes, those of a shared frame once.', (meter) => meter.mailboxBytes],
  sluice_window_bytes: ['Bytes of the versions that later ones superseded.', (meter) => meter.versions?.window.bytes ?? 0],
  sluice_window_age_seconds: [
    'How long ago the oldest of them was superseded: whoever was away for longer is sent a snapshot.',
    (meter) => meter.versions?.window.ageSeconds ?? 0,
  ],
  sluice_socket_bytes: ['Bytes that wait in this process’s buffers of all sockets.', (meter) => meter.socketBytes],
}

export const counters: typeof gauges = {
  sluice_connections_accepted_total: ['Connections that were accepted.', (meter) => meter.connectionsAccepted],
  sluice_sockets_refused_total: ['Sockets that were closed at once, as too many were waiting.', (meter) => meter.socketsRefused],
  sluice_records_total: ['Records that came from the source.', (meter) => meter.records],
  sluice_record_bytes_total: ['Bytes of those records.', (meter) => meter.recordBytes],
  sluice_records_not_streamable_total: ['Records of entities whose schema is not streamable.', (meter) => meter.recordsNotStreamable],
  sluice_records_foreign_total: ['Records on a topic that are not its entity, which is another record.', (meter) => meter.recordsForeign],
  sluice_collection_rows_scanned_total: [
    'Entities of the tables that were gone through for snapshots of collections.',
    (meter) => meter.collectionRowsScanned,
  ],
  sluice_events_routed_total: [
    'Change events of entities to which somebody had subscribed, or that may concern a collection.',
    (meter) => meter.eventsRouted,
  ],
  sluice_events_stale_total: [
    'Change events that were not sent to some who may see them, as they had been sent a newer one of the entity.',
    (meter) => meter.eventsStale,
  ],
  sluice_tables_given_up_total: ['Tables that were given up, as they met a limit.', (meter) => meter.tablesGivenUp],
  sluice_tables_refilled_total: [
    'Times that a table was filled again, as a log of its entity type did not go on.',
    (meter) => meter.tablesRefilled,
  ],
  sluice_snapshots_total: ['Entities that were sent as they are, to somebody who subscribed.', (meter) => meter.snapshots],
  sluice_updates_conflated_total: [
    'Updates that were left out, as a client could not be written to or wanted no more of them: it gets the latest.',
    (meter) => meter.updatesConflated,
  ],
  sluice_gaps_total: ['Messages that told a client how many updates were left out.', (meter) => meter.gaps],
  sluice_frames_encoded_total: ['Frames that were encoded, each for all that may see the same of it.', (meter) => meter.framesEncoded],
  sluice_frames_sent_total: ['Frames that were sent, one for each connection.', (meter) => meter.framesSent],
  sluice_sent_bytes_total: ['Bytes of the frames that were sent.', (meter) => meter.bytesSent],
  sluice_offsets_cut_total: [
    'Offsets that were read, and that an unclean election cut off their log: other records may stand in their place.',
    (meter) => meter.offsetsCut,
  ],
  sluice_log_lines_lost_total: [
    'Lines of the log that were lost, as it could not be written fast enough or at all.',
    (meter) => meter.logLinesLost(),
  ],
  sluice_writes_total: ['Writes to sockets, each of all frames that waited for one connection.', (meter) => meter.writes],
}

export const histograms: Readonly<Record<string, readonly [help: string, read: (meter: Meter) => LatencyHistogram]>> = {
  sluice_read_latency_seconds: [
    'From the Kafka timestamp of the oldest record in a batch until the batch was taken up.',
    (meter) => meter.readLatency,
  ],
  sluice_delivery_latency_seconds: [
    'From the Kafka timestamp of the oldest record in a write to that write.',
    (meter) => meter.deliveryLatency,
  ],
  sluice_rights_change_seconds: [
    'From a change of the policy until all pages stood by it, or all that reads fast enough.',
    (meter) => meter.rightsChangeLatency,
  ],
  sluice_policy_change_seconds: [
    'From the Kafka timestamp of a policy on its topic until all pages stood by it, or all that reads fast enough.',
    (meter) => meter.policyChangeLatency,
  ],
  sluice_revocation_seconds: [
    'From the Kafka timestamp of a revocation until a connection that it ends was closed.',
    (meter) => meter.revocationLatency,
  ],
  sluice_claims_change_seconds: [
    'From the Kafka timestamp of a record of claims until a page of its user stood by it.',
    (meter) => meter.claimsChangeLatency,
  ],
}

export interface LabelledCounter {
  readonly help: string
  readonly label: string
  /** The known values of the label. They stand at 0 before they happen, as a rate needs a number before the first one. */
  readonly known: readonly string[]
  readonly read: (meter: Meter) => ReadonlyMap<string, number>
}

export const labelledCounters: Readonly<Record<string, LabelledCounter>> = {
  sluice_collection_scans_total: {
    help: 'How often the entities of a collection were looked for: by an index of what is stored, or in all of the table.',
    label: 'by',
    known: ['index', 'all'],
    read: (meter) => meter.collectionScans,
  },
  sluice_connections_closed_total: {
    help: 'Connections that ended, by the name of the close code; "client" where the client left.',
    label: 'reason',
    known: [...Object.keys(closeCodes), 'client'],
    read: (meter) => meter.connectionsClosed,
  },
  sluice_upgrades_refused_total: {
    help: 'Upgrades that were refused, by their error.',
    label: 'error',
    known: Object.keys(httpErrors).filter((error) => error !== 'not_found'),
    read: (meter) => meter.upgradesRefused,
  },
  sluice_tokens_refused_total: {
    help: 'Tokens that were refused, at an upgrade or by an open connection, by their fault.',
    label: 'reason',
    known: refusalReasons,
    read: (meter) => meter.tokensRefused,
  },
  sluice_policy_reloads_total: {
    help: 'Policies of the file or topic that were read, or could not be read on request, while the process ran, by what became of them.',
    label: 'outcome',
    known: ['applied', 'refused', 'unchanged'],
    read: (meter) => meter.policyReloads,
  },
  sluice_conditions_undecided_total: {
    help: 'Conditions that could not be decided, so that their rules did not show, or did hide, by what left them undecided.',
    label: 'by',
    known: ['claims', 'event'],
    read: (meter) => meter.conditionsUndecided,
  },
  sluice_resumes_total: {
    help: 'Subscriptions that were to go on from a cursor, by what became of that: all but "resumed" were sent a snapshot.',
    label: 'outcome',
    known: resumeOutcomes,
    read: (meter) => meter.resumes,
  },
  sluice_transitions_total: {
    help: 'Updates whose operation is not that of their event, as the entity came into sight for their receivers or left it.',
    label: 'operation',
    known: ['create', 'delete'],
    read: (meter) => meter.transitions,
  },
  sluice_offsets_skipped_total: {
    help: 'Offsets that were never read, by the reason.',
    label: 'reason',
    known: skipReasons,
    read: (meter) => meter.offsetsSkipped,
  },
  sluice_bad_records_total: {
    help: 'Records that were skipped, by the reason.',
    label: 'reason',
    known: Object.keys(badRecordReasons),
    read: (meter) => meter.badRecords,
  },
  sluice_judging_faults_total: {
    help: 'Faults while the rights of single users were judged, who were shown nothing then, by what was being done.',
    label: 'at',
    known: judgingFaults,
    read: (meter) => meter.judgingFaults,
  },
}
