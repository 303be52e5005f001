import type { RecordNode } from '#avro/schema/avro-schema.js'
import { type EntityDefinition, entityNamePattern, type Envelope, type Layout, type Marks, operations } from '#entities.js'

// What topics, names and schemas suggest. Each is a guess, which the gateway's own reading of the newest records confirms or not.

/** A topic, or three that hold what was created, updated and deleted of one entity. */
export interface TopicGroup {
  readonly layout: Layout
  /** As an entry of `ENTITIES` names it. */
  readonly topic: string
  readonly topics: readonly string[]
}

export function topicGroupsOf(topics: readonly string[]): TopicGroup[] {
  const known = new Set(topics)
  const stems = topics.flatMap((topic) => (topic.endsWith('.create') ? topic.slice(0, -'.create'.length) : []))
  const groups = stems.flatMap((stem): TopicGroup[] => {
    const its = operations.map((operation) => `${stem}.${operation}`)
    return its.every((topic) => known.has(topic)) ? [{ layout: 'topic-per-operation', topic: stem, topics: its }] : []
  })
  const grouped = new Set(groups.flatMap((group) => group.topics))
  const single = topics.filter((topic) => !grouped.has(topic))
  return [...groups, ...single.map((topic): TopicGroup => ({ layout: 'single-topic', topic, topics: [topic] }))]
}

/** Says nothing of the entity: versions, and what all topics of a house may be called. */
const saysNothing = /^(v?\d+|events?|values?|topics?|data|records?|entit(y|ies)|changes?|stream|cdc|public|dbo|prod|dev|test)$/i

/** What an entity of a topic is called: the last part of the topic's name that says something, or all of it where that is taken. */
export function entityNameOf(topic: string, isTaken: (name: string) => boolean): string {
  const last = topic.split('.').findLast((part) => part !== '' && !saysNothing.test(part))
  return [last ?? topic, topic].map(usableName).find((name) => !isTaken(name)) ?? freeName(usableName(topic), isTaken)
}

function freeName(name: string, isTaken: (name: string) => boolean): string {
  for (let n = 2; ; n++) if (!isTaken(`${name.slice(0, 120)}-${n}`)) return `${name.slice(0, 120)}-${n}`
}

/** A topic may begin with a digit, and be longer. */
function usableName(name: string): string {
  const begun = /^[A-Za-z_]/.test(name) ? name : `_${name}`
  return entityNamePattern.test(begun) ? begun : begun.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 128)
}

/** The envelopes to try, in this order: a bare record is what any record may be. Debezium writes one topic a table. */
export function envelopesOf({ layout }: TopicGroup): readonly Envelope[] {
  return layout === 'single-topic' ? ['event', 'debezium', 'none'] : ['event', 'none']
}

/** What Debezium adds to rows that it flattens, and what it is taken for. */
const flattened = { deleted: ['__deleted'], operation: ['__op'], time: ['__source_ts_ms', '__ts_ms'] } as const

export function marksIn({ fields }: RecordNode): Marks | undefined {
  const names = new Set(fields.map(({ name }) => name))
  const found = Object.entries(flattened).flatMap(([mark, candidates]) => {
    const field = candidates.find((name) => names.has(name))
    return field === undefined ? [] : [[mark, field] as const]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

const idWords = ['id', 'uuid', 'guid', 'no', 'number', 'key', 'code']

/**
 * The fields that may hold the id by their names, the likeliest first: `id`, `order_id` of orders, `orderNumber`; or the only one that ends
 * with `id`. @param about names that say what the record is of.
 */
export function idFieldsOf({ fields }: RecordNode, about: readonly string[]): string[] {
  const names = fields.filter(({ type }) => isSingle(type.kind === 'union' ? type.branches : [type])).map(({ name }) => name)
  const wanted = [...['id', 'uuid', 'guid'], ...about.flatMap(stemsOf).flatMap((stem) => idWords.map((word) => stem + word))]
  const found = wanted.flatMap((want) => names.filter((name) => plain(name) === want))
  if (found.length > 0) return [...new Set(found)]
  const ending = names.filter((name) => /(^|[_a-z])(id|Id|ID)$/.test(name))
  return ending.length === 1 ? ending : []
}

function isSingle(types: readonly { readonly kind: string }[]): boolean {
  return types.every(({ kind }) => !['record', 'array', 'map', 'union'].includes(kind))
}

/** `shop.orders` as `orders` and `order`, `Categories` as `category` too. */
function stemsOf(name: string): string[] {
  const last = plain(name.split(/[.-]/).findLast((part) => !saysNothing.test(part)) ?? name)
  return [last, last.replace(/ies$/, 'y'), last.replace(/es$/, ''), last.replace(/s$/, '')].filter((stem) => stem !== '')
}

function plain(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase()
}

/** The members of a definition that its envelope decides. */
export function definitionOf(
  name: string,
  { layout, topic }: TopicGroup,
  envelope: Envelope,
  more: Partial<EntityDefinition>,
): EntityDefinition {
  return { name, layout, topic, envelope, ...(envelope !== 'event' && { streamable: true }), ...more }
}
