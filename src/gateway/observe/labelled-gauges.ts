import type { Meter } from './meter.js'

/** One number for each entity type, dependency or partition. */
export interface LabelledGauge {
  readonly help: string
  readonly labels: readonly string[]
  /** The values of the labels, and the number. */
  readonly read: (meter: Meter) => Iterable<readonly [values: readonly string[], number: number]>
}

export const labelledGauges: Readonly<Record<string, LabelledGauge>> = {
  sluice_fields_without_rule: {
    help: 'Fields of the newest schema of an entity type that no rule of the policy names, so that nobody is shown them.',
    labels: ['entity_type'],
    read: ({ fieldsWithoutRule }) => Array.from(fieldsWithoutRule, ([entityType, count]) => [[entityType], count]),
  },
  sluice_table_rows: {
    help: 'Entities of a type whose latest version is known, those included that were deleted a short while ago.',
    labels: ['entity_type'],
    read: ({ versions }) => Array.from(versions?.byType ?? [], ([entityType, { count }]) => [[entityType], count]),
  },
  sluice_table_bytes: {
    help: 'What the latest versions of a type count of STATE_BYTES_MAX.',
    labels: ['entity_type'],
    read: ({ versions }) => Array.from(versions?.byType ?? [], ([entityType, { bytes }]) => [[entityType], bytes]),
  },
  sluice_table_index_bytes: {
    help: 'What the indexes of a type by which collections are looked for count of STATE_BYTES_MAX.',
    labels: ['entity_type'],
    read: ({ versions }) => Array.from(versions?.byType ?? [], ([entityType, { indexes }]) => [[entityType], indexes.bytes]),
  },
  sluice_state_fill_records_left: {
    help: 'Records that are still to be read until the table of an entity type is full; 0 from then on.',
    labels: ['entity_type'],
    read: ({ fills }) => Array.from(fills, ([entityType, { progress }]) => [[entityType], progress.of - progress.read]),
  },
  sluice_control_offset: {
    help: 'The offset behind the last record of a control topic that was read, once it was read to its end; also one that cannot be used.',
    labels: ['topic'],
    read: ({ control }) => control.flatMap(({ name, offset }) => (offset === undefined ? [] : [[[name], offset] as const])),
  },
  sluice_control_hash: {
    help: '1, with the hash of what is in force of a control topic: of a policy SHA-256 of its text. Equal at nodes that have read as far.',
    labels: ['topic', 'hash'],
    read: ({ control }) => control.flatMap(({ name, offset, hash }) => (offset === undefined ? [] : [[[name, hash], 1] as const])),
  },
  sluice_control_age_seconds: {
    help: 'How long ago the last record of a control topic was written that was read.',
    labels: ['topic'],
    read: ({ control }) => control.flatMap(({ name, ageMs }) => (ageMs === undefined ? [] : [[[name], ageMs / 1000] as const])),
  },
  sluice_dependency_up: {
    help: '1 where what the process needs from outside answers, 0 where it does not.',
    labels: ['dependency'],
    read: ({ dependencies }) => Array.from(dependencies, ([name, { isUp }]) => [[name], Number(isUp())]),
  },
  sluice_dependency_success_age_seconds: {
    help: 'Time since it was last seen to answer, from its first answer on.',
    labels: ['dependency'],
    read: ({ dependencies }) =>
      [...dependencies].flatMap(([name, { ageMs }]) => {
        const ms = ageMs()
        return ms === undefined ? [] : [[[name], ms / 1000]]
      }),
  },
  sluice_policy_info: {
    help: '1, with the hash of the policy in force: SHA-256 of its text. Equal on all nodes that judge by the same policy.',
    labels: ['hash'],
    read: ({ policyInForce }) => (policyInForce === undefined ? [] : [[[policyInForce.hash], 1]]),
  },
  sluice_topic_lag_records: {
    help: 'Records between the positions in the partitions of a topic and the ends of their logs.',
    labels: ['topic'],
    read: ({ lag }) => byTopic(lag, (sum, its) => sum + its),
  },
  sluice_topic_lag_records_max: {
    help: 'The most of them that a single partition of the topic has.',
    labels: ['topic'],
    read: ({ lag }) => byTopic(lag, Math.max),
  },
  sluice_partition_lag_records: {
    help: 'Records between the position in a partition and the end of its log.',
    labels: ['topic', 'partition'],
    read: ({ lag }) => Array.from(lag, ([key, read]) => [key.split('/'), read()]),
  },
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
