import { resumeOutcomes } from '../meter.js'
import { counter, counterBy, gauge, gaugeBy, type Metric } from './metric.js'

export const stateMetrics: Readonly<Record<string, Metric>> = {
  sluice_table_rows: gaugeBy(
    ['entity_type'],
    'Entities of a type whose latest version is known, those included that were deleted a short while ago.',
    ({ versions }) => Array.from(versions?.byType ?? [], ([entityType, { count }]) => [[entityType], count]),
  ),
  sluice_table_bytes: gaugeBy(['entity_type'], 'What the latest versions of a type count of STATE_BYTES_MAX.', ({ versions }) =>
    Array.from(versions?.byType ?? [], ([entityType, { bytes }]) => [[entityType], bytes]),
  ),
  sluice_table_index_bytes: gaugeBy(
    ['entity_type'],
    'What the indexes of a type by which collections are looked for count of STATE_BYTES_MAX.',
    ({ versions }) => Array.from(versions?.byType ?? [], ([entityType, { indexes }]) => [[entityType], indexes.bytes]),
  ),
  sluice_state_fill_records_left: gaugeBy(
    ['entity_type'],
    'Records that are still to be read until the table of an entity type is full; 0 from then on.',
    ({ fills }) => Array.from(fills, ([entityType, { progress }]) => [[entityType], progress.of - progress.read]),
  ),
  sluice_tables_given_up_total: counter('Tables that were given up, as they met a limit.', (meter) => meter.tablesGivenUp),
  sluice_tables_refilled_total: counter(
    'Times that a table was filled again, as a log of its entity type did not go on.',
    (meter) => meter.tablesRefilled,
  ),
  sluice_window_bytes: gauge('Bytes of the versions that later ones superseded.', (meter) => meter.versions?.window.bytes ?? 0),
  sluice_window_age_seconds: gauge(
    'How long ago the oldest of them was superseded: whoever was away for longer is sent a snapshot.',
    (meter) => meter.versions?.window.ageSeconds ?? 0,
  ),
  sluice_snapshots_total: counter('Entities that were sent as they are, to somebody who subscribed.', (meter) => meter.snapshots),
  sluice_resumes_total: counterBy(
    'outcome',
    resumeOutcomes,
    'Subscriptions that were to go on from a cursor, by what became of that: all but "resumed" were sent a snapshot.',
    (meter) => meter.resumes,
  ),
  sluice_collection_rows_scanned_total: counter(
    'Entities of the tables that were gone through for snapshots of collections.',
    (meter) => meter.collectionRowsScanned,
  ),
  sluice_collection_scans_total: counterBy(
    'by',
    ['index', 'all'],
    'How often the entities of a collection were looked for: by an index of what is stored, or in all of the table.',
    (meter) => meter.collectionScans,
  ),
}
