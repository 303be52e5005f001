import { badRecordReasons } from '#errors.js'
import { type Meter, skipReasons } from '../meter.js'
import type { TypeMeter } from '../type-meters.js'
import { counter, counterBy, gauge, gaugeBy, histogram, type Metric } from './metric.js'

export const sourceMetrics: Readonly<Record<string, Metric>> = {
  sluice_topic_lag_records: gaugeBy(
    ['topic'],
    'Records between the positions in the partitions of a topic and the ends of their logs.',
    ({ lag }) => byTopic(lag, (sum, its) => sum + its),
  ),
  sluice_topic_lag_records_max: gaugeBy(['topic'], 'The most of them that a single partition of the topic has.', ({ lag }) =>
    byTopic(lag, Math.max),
  ),
  sluice_partition_lag_records: {
    ...gaugeBy(['topic', 'partition'], 'The same of each partition: at /metrics?by=partition, as there may be thousands.', ({ lag }) =>
      Array.from(lag, ([key, read]) => [key.split('/'), read()]),
    ),
    isOnRequest: true,
  },
  sluice_partitions: gauge('Partitions of Kafka that are read.', (meter) => meter.source().partitions),
  sluice_partitions_paused: gauge('Those of them that are not fetched now, as what was fetched waits.', (meter) => meter.source().paused),
  sluice_source_buffer_bytes: gauge('What was fetched from Kafka and not dealt with yet.', (meter) => meter.source().bufferBytes),
  sluice_source_buffer_limit_bytes: gauge('The most of it: SOURCE_BUFFER_BYTES_MAX.', (meter) => meter.source().bufferBytesMax),
  sluice_kafka_brokers_lost: gauge(
    'Brokers that are to be read from and whose connections have failed.',
    (meter) => meter.source().brokersLost,
  ),
  sluice_fetch_seconds: histogram(
    'What a broker took to answer a fetch. Where it has no record, it waits for one, up to 0.4 s.',
    (meter) => meter.fetchLatency,
  ),
  sluice_fetch_bytes_total: counter('Bytes of the logs in those answers.', (meter) => meter.fetchedBytes),
  sluice_fetch_throttle_seconds_total: counter(
    'How long brokers asked to be left alone, by their quotas.',
    (meter) => meter.throttledMs / 1000,
  ),
  sluice_records_total: counter('Records that came from the source.', (meter) => meter.records),
  sluice_record_bytes_total: counter('Bytes of those records.', (meter) => meter.recordBytes),
  sluice_records_not_streamable_total: counter(
    'Records of entities whose schema is not streamable.',
    (meter) => meter.recordsNotStreamable,
  ),
  sluice_records_foreign_total: counter(
    'Records on a topic that are not its entity, which is another record.',
    (meter) => meter.recordsForeign,
  ),
  sluice_bad_records_total: counterBy(
    'reason',
    Object.keys(badRecordReasons),
    'Records that were skipped, by the reason.',
    (meter) => meter.badRecords,
  ),
  sluice_offsets_skipped_total: counterBy(
    'reason',
    skipReasons,
    'Offsets that were never read, by the reason.',
    (meter) => meter.offsetsSkipped,
  ),
  sluice_offsets_cut_total: counter(
    'Offsets that were read, and that an unclean election cut off their log: other records may stand in their place.',
    (meter) => meter.offsetsCut,
  ),
  sluice_read_latency_seconds: histogram(
    'From the Kafka timestamp of the oldest record in a batch until the batch was taken up.',
    (meter) => meter.readLatency,
  ),
  sluice_events_total: {
    ...gaugeBy(
      ['entity_type', 'outcome'],
      'What became of the events of a type, of the first hundred types and of "other" ones. A table that is filled sends none: what it reads counts only where it is not to be used.',
      ({ types }) =>
        [...types.all()].flatMap(([type, its]) => outcomes.map((outcome) => [[type, labelOf(outcome)], its[outcome]] as const)),
    ),
    type: 'counter',
  },
  sluice_events_routed_total: counter(
    'Change events of entities to which somebody had subscribed, or that may concern a collection.',
    (meter) => meter.eventsRouted,
  ),
  sluice_events_stale_total: counter(
    'Change events that were not sent to some who may see them, as they had been sent a newer one of the entity.',
    (meter) => meter.eventsStale,
  ),
}

const outcomes = ['routed', 'unwanted', 'stale', 'notStreamable', 'bad'] as const satisfies (keyof TypeMeter)[]

function labelOf(outcome: (typeof outcomes)[number]): string {
  return outcome === 'notStreamable' ? 'not_streamable' : outcome
}

/** A topic's name holds no slash. */
function byTopic(lag: Meter['lag'], join: (sum: number, its: number) => number): Iterable<readonly [readonly string[], number]> {
  const topics = new Map<string, number>()
  for (const [key, read] of lag) {
    const topic = key.slice(0, key.indexOf('/'))
    topics.set(topic, join(topics.get(topic) ?? 0, read()))
  }
  return Array.from(topics, ([topic, records]) => [[topic], records])
}
