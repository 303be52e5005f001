import { type EntityDefinition, type EntityTopic, seedEntity, topicsOf } from '#entities.js'
import { eventSchemaOf, referencingEventSchemaOf } from './event-schema.js'
import { inlinedSchemaOf } from './inlined-schema.js'
import { type EntityFile, sharedTypeOf, type WholeSchema } from '../files/schema-folder.js'
import { fullNameOf } from '../files/schema-json.js'

/** A schema that is to be registered under a subject. */
export interface PlannedSubject {
  readonly subject: string
  /** `event` and `bare` entities stand on topics. */
  readonly kind: 'type' | 'entity' | 'event' | 'bare'
  /** The schema that it is made of: the entity's, also for the event around it, or the shared type's. */
  readonly source: WholeSchema
  readonly schema: string
  /** The subjects that it refers to. They stand before it in the plan. */
  readonly references: readonly { readonly name: string; readonly subject: string }[]
  /** The same schema without references. The registry can be asked about it before these are registered. */
  readonly inlined: string
}

export interface PlanOptions {
  readonly inline: boolean
  /** The layout of an entity's topics; by default the seed's. */
  readonly definitionOf?: (entityType: string) => EntityDefinition
}

/**
 * The subjects in the order in which they are to be registered: types that entities share (`shop.Address`), entities (`order`), and the
 * events of their topics (`order.update-value`), each with references to what it needs. With `inline` only the events, with everything
 * written into them.
 */
export function plannedSubjects(entities: readonly EntityFile[], { inline, definitionOf = seedEntity }: PlanOptions): PlannedSubject[] {
  const events = entities.flatMap((entity) => eventSubjects(entity, definitionOf(entity.entityType), inline))
  if (inline) return events
  const shared = new Map(entities.flatMap(({ references }) => references.map((one) => [fullNameOf(one.schema), one])))
  const types = [...shared.values()].map((file) => typeSubject(sharedTypeOf(file, [...shared.values()])))
  return [...types, ...entities.map(entitySubject), ...events]
}

function typeSubject(source: WholeSchema): PlannedSubject {
  return { ...entitySubject(source), kind: 'type' }
}

function entitySubject(source: WholeSchema): PlannedSubject {
  const { entityType, text, references } = source
  const named = references.map(({ schema }) => ({ name: fullNameOf(schema), subject: fullNameOf(schema) }))
  const inlined = JSON.stringify(inlinedSchemaOf(source))
  // Without the white space of the file, as registries compare texts.
  return { subject: entityType, kind: 'entity', source, schema: JSON.stringify(JSON.parse(text)), references: named, inlined }
}

/** The subjects of an entity's topics: the event around the entity, or the bare entity. */
function eventSubjects(source: EntityFile, definition: EntityDefinition, inline: boolean): PlannedSubject[] {
  const value = definition.envelope === 'none' ? bareValue(source, inline) : eventValue(source, inline)
  return topicsOf(definition).map((topic) => ({ subject: valueSubjectOf(topic, source), source, ...value }))
}

/**
 * The subject of what an entity's records on a topic are. Where entities share the topic each has one that is named by its record too
 * (`TopicRecordNameStrategy`), as their schemas are no versions of one another.
 */
export function valueSubjectOf({ topic, entity }: EntityTopic, { schema }: Pick<EntityFile, 'schema'>): string {
  return entity.sharesTopic === true ? `${topic}-${fullNameOf(schema)}` : `${topic}-value`
}

/** Whether the subject is that of a topic. */
export function isOnTopic({ kind }: PlannedSubject): boolean {
  return kind === 'event' || kind === 'bare'
}

type TopicValue = Pick<PlannedSubject, 'kind' | 'schema' | 'references' | 'inlined'>

function eventValue(source: EntityFile, inline: boolean): TopicValue {
  const inlined = JSON.stringify(eventSchemaOf(inlinedSchemaOf(source)))
  if (inline) return { kind: 'event', schema: inlined, references: [], inlined }
  const references = [{ name: fullNameOf(source.schema), subject: source.entityType }]
  return { kind: 'event', schema: JSON.stringify(referencingEventSchemaOf(source.schema)), references, inlined }
}

function bareValue(source: EntityFile, inline: boolean): TopicValue {
  const { schema, references, inlined } = entitySubject(source)
  return { kind: 'bare', ...(inline ? { schema: inlined, references: [] } : { schema, references }), inlined }
}
