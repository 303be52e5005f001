import { createMongoAbility, subject, type RawRuleOf, type MongoAbility } from '@casl/ability'
import { seedEntity, type EntityDefinition, type Operation } from '#entities.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'

// What simulations have in common: types of entities, users, their policies, and what plain CASL makes of these.

export type Entity = Readonly<Record<string, string | number>>

/** An event as it was written. Its time is unique, so that a frame tells which event it shows. */
export interface WrittenEvent {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** How often the topic had been made anew before. */
  readonly generation?: number
  readonly entityType: string
  readonly entityId: string
  readonly operation: Operation
  readonly timestampMs: number
  readonly entity: Entity
}

export interface SimulatedUser {
  readonly sub: string
  readonly roles: readonly string[]
  readonly region: string
}

/** A token by which a user is taken for somebody; what control topics say counts besides. */
export interface SimulatedToken extends SimulatedUser {
  readonly jti: string
  /** Undefined where the token does not say it. */
  readonly issuedMs: number | undefined
}

const leaves = ['id', 'status', 'region', 'total', 'email', 'added']

interface SimulatedPolicy {
  readonly roles: Readonly<Record<string, readonly RawRuleOf<MongoAbility>[]>>
}

/** In force at first. */
const policy: SimulatedPolicy = {
  roles: {
    all: [{ action: 'read', subject: ['order', 'parcel'], fields: leaves }],
    redacted: [
      { action: 'read', subject: ['order', 'parcel'], fields: leaves },
      { inverted: true, action: 'read', subject: ['order', 'parcel'], fields: ['email', 'added'] },
    ],
    regional: [
      { action: 'read', subject: 'order', fields: ['id', 'status'], conditions: { region: '${user.region}' } },
      { action: 'read', subject: 'order', fields: ['total'], conditions: { total: { $gt: 50 } } },
    ],
    parcels: [{ action: 'read', subject: 'parcel', fields: ['status'] }],
  },
}

/** What it is changed to and back from: less for one role, more for another, the same for the rest. */
const otherPolicy: SimulatedPolicy = {
  roles: {
    ...policy.roles,
    all: [{ action: 'read', subject: ['order', 'parcel'], fields: ['id', 'status'] }],
    parcels: [
      { action: 'read', subject: 'parcel', fields: ['status', 'total'] },
      { action: 'read', subject: 'order', fields: ['id'], conditions: { region: '${user.region}' } },
    ],
  },
}
export const policies = [policy, otherPolicy] as const

export const users: readonly SimulatedUser[] = [
  { sub: 'ann', roles: ['all'], region: 'eu' },
  { sub: 'bob', roles: ['redacted'], region: 'us' },
  { sub: 'cas', roles: ['regional'], region: 'eu' },
  { sub: 'dot', roles: ['regional', 'parcels'], region: 'us' },
  { sub: 'eve', roles: ['parcels'], region: 'eu' },
]

/** Orders in the seed's three topics, parcels in one. */
export const entities: readonly EntityDefinition[] = [
  seedEntity('order'),
  { name: 'parcel', layout: 'single-topic', envelope: 'event', topic: 'parcel' },
]

export const entityIds = ['1', '2', '3', '4', '5', '6']

export const startMs = Date.UTC(2026, 0, 1)
/** The second version adds a field that only some rules name. */
export function entitySchema(name: string, version: 1 | 2): RecordSchema {
  const fields = [
    ...['id', 'status', 'region', 'email'].map((field) => ({ name: field, type: 'string' })),
    { name: 'total', type: 'int' },
    ...(version === 2 ? [{ name: 'added', type: 'string' }] : []),
  ]
  return eventSchemaOf({ type: 'record', name: name === 'order' ? 'Order' : 'Parcel', streamable: true, fields })
}

/** mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What plain CASL, asked leaf by leaf, lets the user see of an event; undefined where nothing. */
export function permitted(
  { roles, sub, region }: SimulatedUser,
  { entityType, entity, operation }: WrittenEvent,
  { roles: rulesByRole }: SimulatedPolicy,
): Entity | undefined {
  const rules = Object.entries(rulesByRole).flatMap(([role, of]) => (roles.includes(role) ? of : []))
  const bound = JSON.parse(JSON.stringify(rules).replaceAll('${user.region}', region).replaceAll('${user.sub}', sub)) as typeof rules
  const ability = createMongoAbility(bound)
  const visible = Object.entries(entity).filter(([leaf]) => ability.can('read', subject(entityType, { ...entity }), leaf))
  if (visible.length === 0) return undefined
  return operation === 'delete' ? {} : Object.fromEntries(visible)
}
