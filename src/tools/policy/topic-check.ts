// Finds settings of an entity's topics that would break order or lose changes. Enters: the entities and Kafka's facts about their topics.
// Leaves: findings.
import { type EntityDefinition, topicsOf } from '#entities.js'
import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'
import { forgets, retentionSettings, type TopicFacts } from '#kafka/kafka-topic-facts.js'

const rules = {
  missing: {
    severity: 'warning',
    why: 'Nothing is streamed of it before the topic is there.',
    mend: 'Make the topic, with as many partitions as the others of its entity.',
  },
  'not-permitted': {
    severity: 'warning',
    why: 'Nothing is streamed of what a gateway with this login may not describe and read.',
    mend: 'Give the login the rights Describe and Read on the topic.',
  },
  'settings-unknown': {
    severity: 'warning',
    why: 'Whether they would lose changes is not known.',
    mend: 'Check with a login that has the right DescribeConfigs on the topic. The gateway needs it not.',
  },
  'unequal-partitions': {
    severity: 'error',
    why: 'A key then lies in different partitions of them, and a node that lags in one sees the operations of an entity far out of order.',
    mend: 'Make them anew with one count; partitions that are only added move keys, and break the order of what is there.',
  },
  compacted: {
    severity: 'warning',
    why: 'Compaction removes events that a node has not read yet when it comes back after a break.',
    mend: 'Set cleanup.policy to delete; compaction is for types with a table, and for topics that hold the bare record (envelope "none").',
  },
  forgetting: {
    severity: 'warning',
    why: 'A gateway that starts knows nothing of an entity that did not change within the retention: no snapshot shows it.',
    mend: 'Set cleanup.policy to compact, or "state" to false in the entry of ENTITIES where nobody needs snapshots.',
  },
  'short-retention': {
    severity: 'warning',
    why: 'A node that is away from Kafka for longer misses changes.',
    mend: 'Set retention.ms to more than the longest break that should lose nothing, at least an hour.',
  },
  'unclean-election': {
    severity: 'warning',
    why: 'A replica that lags may become the leader: records that only others had are lost, and their offsets are given out again.',
    mend: 'Set unclean.leader.election.enable to false.',
  },
} as const satisfies RuleTable

const finding = findingsOf('topics', rules)
export const topicRules = ruleIdsOf('topics', rules)

/** The settings that `checkTopics` needs. */
export const topicSettings = [...retentionSettings, 'unclean.leader.election.enable'] as const
const retentionMsMin = 3_600_000

export type TopicsFacts = ReadonlyMap<string, TopicFacts | 'not_permitted'>

/** The place of a finding is its topic. */
export function checkTopics(entities: readonly EntityDefinition[], facts: TopicsFacts): Finding[] {
  return entities.flatMap((entity) => {
    const topics = topicsOf(entity).map(({ topic }) => topic)
    const found = topics.flatMap((topic) => settingFindings(entity, topic, facts.get(topic)))
    return [...found, ...partitionFindings(entity, topics, facts)]
  })
}

function settingFindings(
  { name, envelope, state = true }: EntityDefinition,
  topic: string,
  facts: TopicFacts | 'not_permitted' | undefined,
): Finding[] {
  const at = { file: topic }
  if (facts === undefined) return [finding('missing', at, `The topic of "${name}" does not exist.`)]
  if (facts === 'not_permitted') return [finding('not-permitted', at, `The topic of "${name}" does not exist, or may not be described.`)]
  if (facts.settings === undefined) return [finding('settings-unknown', at, 'Its settings may not be read.')]
  const { settings } = facts
  const [cleanup, retention, , unclean] = topicSettings.map((setting) => settings.get(setting) ?? '')
  const retentionMs = Number(retention)
  const isShort = cleanup!.includes('delete') && retention !== '' && retentionMs >= 0 && retentionMs < retentionMsMin
  const losesEvents = envelope === 'event' && !state && cleanup!.includes('compact')
  return [
    ...(losesEvents ? [finding('compacted', at, `Its cleanup.policy is ${cleanup!}.`)] : []),
    ...(state && forgets(settings) ? [finding('forgetting', at, `Kafka drops old records of it, and "${name}" has a table.`)] : []),
    ...(isShort ? [finding('short-retention', at, `Its retention.ms is ${retention!}.`)] : []),
    ...(unclean === 'true' ? [finding('unclean-election', at, 'Its unclean.leader.election.enable is true.')] : []),
  ]
}

function partitionFindings({ name }: EntityDefinition, topics: readonly string[], facts: TopicsFacts): Finding[] {
  const counts = topics.flatMap((topic) => {
    const known = facts.get(topic)
    return known === undefined || known === 'not_permitted' ? [] : [{ topic, partitions: known.partitions }]
  })
  if (new Set(counts.map(({ partitions }) => partitions)).size < 2) return []
  const text = counts.map(({ topic, partitions }) => `${topic} has ${partitions}`).join(', ')
  return [finding('unequal-partitions', { file: counts[0]!.topic }, `The topics of "${name}" differ in their partitions: ${text}.`)]
}
