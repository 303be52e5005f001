import * as v from 'valibot'
import { entityNamePattern, keyFormats, seedEntity, topicPattern, topicsOf, type EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { parseJson } from '#text/json-text.js'

const nameRule = 'must begin with a letter or "_" and have at most 128 letters, digits, "_", "-" and "."'

/** More than anybody lists. The number is limited, as each record is looked for among the versions of a subject. */
const recordsMax = 100
const recordNamePattern = /^[^\s.]+(\.[^\s.]+)*$/
const recordRule = `must be the full name of a record, or a list of 1 to ${recordsMax} of them`
const records = v.pipe(
  v.union([v.string(), v.array(v.string())], recordRule),
  v.transform((names) => [names].flat()),
  v.check((names) => names.length > 0 && names.length <= recordsMax && names.every((name) => recordNamePattern.test(name)), recordRule),
)

const fieldName = v.pipe(v.string(), v.minLength(1))

/** Nobody has more columns in a primary key: databases take 16 or 32. */
const idFieldsMax = 32
const idFieldRule = `must be the name of a field, or a list of 1 to ${idFieldsMax} different ones`
const idFields = v.pipe(
  v.union([v.string(), v.array(v.string())], idFieldRule),
  v.transform((names) => [names].flat()),
  v.check((names) => names.length > 0 && names.length <= idFieldsMax && names.every(Boolean), idFieldRule),
  v.check((names) => new Set(names).size === names.length, idFieldRule),
)

const markNames = { deleted: v.exactOptional(fieldName), operation: v.exactOptional(fieldName), time: v.exactOptional(fieldName) }
const marksRule = `must name different fields by ${Object.keys(markNames).join(', ')}, of which at least one`
const marks = v.pipe(
  v.strictObject(markNames, marksRule),
  v.check((names) => Object.keys(names).length > 0 && new Set(Object.values(names)).size === Object.keys(names).length, marksRule),
)

const members = {
  layout: v.optional(v.picklist(['topic-per-operation', 'single-topic']), 'topic-per-operation'),
  envelope: v.optional(v.picklist(['event', 'none', 'debezium']), 'event'),
  topic: v.optional(v.pipe(v.string(), v.regex(topicPattern, 'is no name that a Kafka topic may have'))),
  record: v.optional(records),
  id_field: v.optional(idFields),
  marks: v.optional(marks),
  key: v.optional(v.picklist(keyFormats)),
  streamable: v.optional(v.boolean()),
  state: v.optional(v.boolean()),
  unavailable_value: v.optional(v.pipe(v.string(), v.minLength(1))),
}
const entitySchema = v.strictObject(members, `must be an object with nothing else than ${Object.keys(members).join(', ')}`)

const fileSchema = v.pipe(
  v.unknown(),
  v.check((json) => !Array.isArray(json), 'must be an object, with a member for each entity'),
  v.record(v.pipe(v.string(), v.regex(entityNamePattern, nameRule)), entitySchema),
)

export interface Entities {
  readonly entities: readonly EntityDefinition[]
  /** Whether all other entities that the registry has in the seed's layout count too, even those that are registered later. */
  readonly discover: boolean
}

/** In the list of names it stands for all entities that the registry has. */
const anyName = '*'

/**
 * Reads the value of `ENTITIES`: a comma list of names in the seed's layout, or the path of a JSON file, which ends in `.json` or has a
 * slash.
 * @throws ConfigurationError with the place in the file.
 */
export function parseEntities(value: string, readFile: (path: string) => string): Entities {
  const isPath = isEntitiesPath(value)
  const names = isPath ? [] : value.split(',').map((name) => name.trim())
  const entities = isPath ? entitiesOfFile(value, readFile(value)) : entitiesOfList(names.filter((name) => name !== anyName))
  const discover = names.includes(anyName)
  if (entities.length === 0 && !discover) throw new ConfigurationError('ENTITIES names no entity.')
  refuseSharedTopics(entities)
  return Object.freeze({ entities: Object.freeze(entities.map((entity) => sharing(entity, entities))), discover })
}

/** Whether the value of `ENTITIES` names a file instead of entities. */
export function isEntitiesPath(value: string): boolean {
  return value.endsWith('.json') || value.includes('/')
}

function entitiesOfList(names: readonly string[]): EntityDefinition[] {
  const wrong = names.find((name) => !entityNamePattern.test(name))
  if (wrong !== undefined) throw new ConfigurationError(`ENTITIES names the entity "${wrong}"; a name ${nameRule}.`)
  return [...new Set(names)].map((name) => Object.freeze(seedEntity(name)))
}

function entitiesOfFile(path: string, text: string): EntityDefinition[] {
  const result = v.safeParse(
    fileSchema,
    parseJson(text, (why) => new ConfigurationError(`ENTITIES: ${path} ${why}.`)),
  )
  if (!result.success) {
    const [issue] = result.issues
    throw new ConfigurationError(`ENTITIES: in ${path}, ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}.`)
  }
  return Object.entries(result.output).map(([name, entry]) => checkedDefinition(path, name, entry))
}

function checkedDefinition(path: string, name: string, entry: v.InferOutput<typeof entitySchema>): EntityDefinition {
  const { layout, envelope, topic = name, record, id_field, key, marks, streamable, state, unavailable_value } = entry
  const refuse = (why: string) => new ConfigurationError(`ENTITIES: in ${path}, ${name}: ${why}.`)
  if (envelope === 'debezium' && layout !== 'single-topic')
    throw refuse('Debezium writes one topic an entity, so its layout must be "single-topic"')
  if (envelope === 'event' && streamable !== undefined) throw refuse('"streamable" belongs into the schema where the envelope is "event"')
  if (envelope === 'event' && id_field !== undefined)
    throw refuse('"id_field" has no use where the envelope is "event", which holds the id')
  if (envelope === 'event' && record !== undefined)
    throw refuse('"record" has no use where the envelope is "event", whose entity_type says what it is')
  if (envelope === 'event' && unavailable_value !== undefined)
    throw refuse('"unavailable_value" has no use where the envelope is "event", which no connector writes')
  if (envelope !== 'none' && marks !== undefined) throw refuse('"marks" are of bare records, where the envelope is "none"')
  if (Object.values(marks ?? {}).some((mark) => id_field?.includes(mark)))
    throw refuse('a field of "marks" is no data, and no part of the id')
  return Object.freeze({
    name,
    layout,
    envelope,
    topic,
    ...(record !== undefined && { record }),
    ...(id_field !== undefined && { idFields: id_field }),
    ...(key !== undefined && { key }),
    ...(marks !== undefined && { marks }),
    ...(streamable !== undefined && { streamable }),
    ...(state !== undefined && { state }),
    ...(unavailable_value !== undefined && { unavailableValue: unavailable_value }),
  })
}

/**
 * Entities may share a topic where each says which records it is, and others than the others. Its log is read from the beginning for all of them,
 * or for none.
 * @throws ConfigurationError where two entities have the same topic otherwise.
 */
export function refuseSharedTopics(entities: readonly EntityDefinition[]): void {
  const owners = new Map<string, EntityDefinition[]>()
  for (const { topic, entity } of entities.flatMap(topicsOf)) owners.set(topic, [...(owners.get(topic) ?? []), entity])
  for (const [topic, sharing] of owners) if (sharing.length > 1) refuseUnlessTold(topic, sharing)
}

function sharing(entity: EntityDefinition, all: readonly EntityDefinition[]): EntityDefinition {
  const shares = all.some((other) => other !== entity && other.layout === 'single-topic' && other.topic === entity.topic)
  return entity.layout === 'single-topic' && shares ? Object.freeze({ ...entity, sharesTopic: true }) : entity
}

function refuseUnlessTold(topic: string, sharing: readonly EntityDefinition[]): void {
  const [one, other] = sharing.map(({ name }) => name)
  const refuse = (why: string) => new ConfigurationError(`ENTITIES: the topic ${topic} belongs to both ${one!} and ${other!}${why}.`)
  if (sharing.some(({ envelope, layout }) => envelope === 'event' || layout !== 'single-topic')) throw refuse('')
  const records = sharing.flatMap(({ record = [] }) => record)
  if (sharing.some(({ record }) => record === undefined) || new Set(records).size < records.length)
    throw refuse(', which is possible where each says by "record" which records it is, and no other')
  if (new Set(sharing.map(({ state = true }) => state)).size > 1) throw refuse(', so that all of them have state, or none has')
}
