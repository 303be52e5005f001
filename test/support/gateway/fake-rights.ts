import type { Audience, Mask, Rights } from '#policy/rights.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { CurrentRights } from '#gateway/deliver/connection/current-rights.js'
import { throwFault } from './throw-fault.js'

/** An audience that shows the whole of an event, or nothing of it. The real rules are tested against CASL in `test/policy`. */
export function fakeAudience(entityType: string, visible: 'always' | 'sometimes' | 'never' = 'always'): Audience {
  return {
    entityType,
    group: undefined,
    key: `${entityType} ${visible}`,
    canReadSomeOf: () => visible !== 'never',
    canAlwaysReadSomeOf: () => visible === 'always',
    leavesPerhapsShown: () => new Set(visible === 'never' ? [] : [0]),
    showings: [],
    maskOf: (event) => (visible === 'always' && event.data !== null ? maskOf(event.data.schema) : undefined),
  }
}

const masks = new WeakMap<EntitySchema, Mask>()

function maskOf(schema: EntitySchema): Mask {
  let mask = masks.get(schema)
  if (mask === undefined) masks.set(schema, (mask = { schema, leaves: new Set([0]), project: schema.projectionOf(new Set([0])) }))
  return mask
}

/** Rights under a policy that never changes. */
export function lastingRights(rights: Rights): CurrentRights {
  return new CurrentRights({ current: { rightsOf: () => rights } }, { sub: '', roles: [], claims: {} }, throwFault)
}

export function fakeRights(audiences: Audience[]): Rights {
  return { audienceOf: (entityType) => audiences.find((audience) => audience.entityType === entityType) }
}

/** The bytes of an event of this schema are the JSON text of what is visible. */
export function fakeSchema(entityType: string): EntitySchema {
  return {
    entityType,
    name: entityType,
    streamable: true,
    leaves: ['id'],
    tags: new Map(),
    mayCarry: () => false,
    doubts: [],
    projectionOf: () => (bytes, start, output) => output.raw(bytes.subarray(start)),
    extractionOf: () => () => ({}),
    shownExtractionOf: () => () => ({}),
    comparableValuesAt: () => ({ all: [], examples: [] }),
    kindsAt: () => undefined,
  }
}

export function fakeEvent(overrides: Partial<ChangeEvent> & { json?: unknown } = {}): ChangeEvent {
  const { json = { id: '1' }, ...rest } = overrides
  const entityType = rest.entityType ?? 'order'
  return {
    entityType,
    entityId: 'order-1',
    operation: 'update',
    timestampMs: 1_000,
    kafkaTimestampMs: 1_000,
    topic: `${entityType}.update`,
    partition: 0,
    offset: 0,
    data: { schema: fakeSchema(entityType), bytes: Buffer.from(JSON.stringify(json)), start: 0 },
    tombstone: false,
    value: null,
    hidden: false,
    ...rest,
  }
}
