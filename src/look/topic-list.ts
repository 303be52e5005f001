import { ConfigurationError } from '#errors.js'

/** Looking at a topic takes some ten requests. Whoever has more names theirs. */
const topicsMax = 50

export interface ChosenTopics {
  readonly topics: readonly string[]
  /** How many more there are beyond the limit. */
  readonly more: number
}

/**
 * The topics to look at, those first for which something is registered. Names with `_` first are of Kafka, the registry and the like, and are
 * passed over unless they are asked for. @param wanted names, with `*` for any part; none is all. @throws ConfigurationError where there are none.
 */
export function chosenTopics(all: readonly string[], wanted: readonly string[], subjects: readonly string[]): ChosenTopics {
  if (all.length === 0) throw new ConfigurationError('Kafka has no topics that this login may see.')
  const matches = wanted.map((one) => ({ one, topics: all.filter((topic) => patternOf(one).test(topic)) }))
  const missing = matches.find(({ topics }) => topics.length === 0)
  if (missing !== undefined) throw new ConfigurationError(`There is no topic "${missing.one}" that this login may see.`)
  const found = wanted.length > 0 ? [...new Set(matches.flatMap(({ topics }) => topics))] : all.filter((topic) => !topic.startsWith('_'))
  if (found.length === 0) throw new ConfigurationError('All topics that this login may see are of Kafka itself; --topic names others.')
  const registered = registeredAmong(found, subjects)
  const ordered = [...found].sort((one, other) => Number(registered.has(other)) - Number(registered.has(one)) || (one < other ? -1 : 1))
  return { topics: ordered.slice(0, topicsMax), more: Math.max(0, ordered.length - topicsMax) }
}

function patternOf(text: string): RegExp {
  return new RegExp(`^${text.split('*').map(escaped).join('.*')}$`)
}

function escaped(text: string): string {
  return text.replace(/[.\\+?^${}()|[\]]/g, '\\$&')
}

/** By any naming of subjects that begins with the topic. */
function registeredAmong(topics: readonly string[], subjects: readonly string[]): ReadonlySet<string> {
  const prefixes = new Set(subjects.flatMap(prefixesOf))
  return new Set(topics.filter((topic) => prefixes.has(topic)))
}

/** What stands before each hyphen. */
function prefixesOf(subject: string): string[] {
  const ends = [...subject.matchAll(/-/g)].map(({ index }) => index)
  return ends.map((end) => subject.slice(0, end))
}
