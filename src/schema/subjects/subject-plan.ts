import { type EntityDefinition, seedEntity, topicsOf } from '#entities.js'
import { eventSchemaOf, referencingEventSchemaOf } from './event-schema.js'
import { inlinedSchemaOf } from './inlined-schema.js'
import { type EntityFile, sharedTypeOf, type WholeSchema } from '../files/schema-folder.js'
import { fullNameOf } from '../files/schema-json.js'

/** A schema that is to be registered under a subject. */
export interface PlannedSubject {
  readonly subject: string
  /** On topics stand events, or bare entities. */
  readonly kind: 'type' | 'entity' | 'event' | 'bare'
  /** What it is made of: the entity, also for the event around it; or the shared type. */
  readonly source: WholeSchema
  readonly schema: string
  /** Subjects that stand before it in the plan. */
  readonly references: readonly { readonly name: string; readonly subject: string }[]
  /** The same without references, to be asked about before those are registered. */
  readonly inlined: string
}

export interface PlanOptions {
  readonly inline: boolean
  /** The layout of an entity's topics; the seed's unless told. */
  readonly definitionOf?: (entityType: string) => EntityDefinition
}

/**
 * In the order in which they are to be registered: types that entities share (`shop.Address`), entities (`order`), and the events of their
 * topics (`order.update-value`), each with references to what it needs; or the events alone with all within them.
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
  // The text without the writing of people: registries compare texts.
  return { subject: entityType, kind: 'entity', source, schema: JSON.stringify(JSON.parse(text)), references: named, inlined }
}

/** What stands on the topics: the event around the entity, or where there is none the entity itself. */
function eventSubjects(source: EntityFile, definition: EntityDefinition, inline: boolean): PlannedSubject[] {
  const value = definition.envelope === 'none' ? bareValue(source, inline) : eventValue(source, inline)
  return topicsOf(definition).map(({ topic }) => ({ subject: `${topic}-value`, source, ...value }))
}

/** Whether it is what stands on a topic. */
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
