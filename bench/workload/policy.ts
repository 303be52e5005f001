import { Ability, subject } from '@casl/ability'
import { orderOf } from './order.js'

/** Three roles with three masks; all see the sequence number, by which clients count. */
const rules = {
  support: [
    { action: 'read', subject: 'order', fields: ['**'] },
    { action: 'read', subject: 'order', fields: ['tag:INTERNAL'], inverted: true },
  ],
  partner: [
    { action: 'read', subject: 'order', fields: ['**'] },
    { action: 'read', subject: 'order', fields: ['tag:INTERNAL', 'tag:PII'], inverted: true },
  ],
  public: [
    { action: 'read', subject: 'order', fields: ['**'] },
    { action: 'read', subject: 'order', fields: ['tag:INTERNAL', 'tag:PII', 'total', 'items.quantity', 'owner_id'], inverted: true },
  ],
} as const

export const roles = Object.keys(rules)
export const policyText = policyWith({})

/** The same with further roles. */
export function policyWith(others: Readonly<Record<string, readonly object[]>>): string {
  return JSON.stringify({ roles: { ...rules, ...others } })
}

/** What the patterns of the rules mean, leaf by leaf, written out: plain CASL knows no tags and no leaves. */
const leaves = [
  ...['seq', 'id', 'owner_id', 'status', 'region', 'total', 'margin', 'placed_at'],
  ...['items.sku', 'items.quantity', 'address.city', 'email', 'gift'],
]
const meaning: Readonly<Record<string, readonly string[]>> = { '**': leaves, 'tag:INTERNAL': ['margin'], 'tag:PII': ['email'] }

/** Plain CASL's ability of a role, with each field written out. */
export function abilityOf(role: string): Ability {
  const expanded = rules[role as keyof typeof rules].map((rule) => ({
    ...rule,
    fields: rule.fields.flatMap((field) => meaning[field] ?? [field]),
  }))
  return new Ability(expanded as never, { fieldMatcher: (fields) => (field) => (fields as readonly string[]).includes(field) })
}

/** The data that plain CASL permits that role of that event, asked leaf by leaf. */
export function expectedFor(role: string, entity: number, sequence: number): unknown {
  return permittedOf(abilityOf(role), entity, sequence)
}

/** The same of any ability, and of an order with more fields. */
export function permittedOf(ability: Ability, entity: number, sequence: number, extra: object = {}): unknown {
  const order = { ...orderOf(entity, sequence), ...extra }
  return permitted(order, '', (leaf) => ability.can('read', subject('order', { ...order }), leaf))
}

/** A container is there when something in it is. */
function permitted(value: unknown, path: string, isPermitted: (leaf: string) => boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => permitted(item, path, isPermitted))
    return items.every((item) => item === undefined) ? undefined : items
  }
  if (typeof value !== 'object' || value === null) return isPermitted(path) ? value : undefined
  const members = Object.entries(value).map(
    ([name, member]) => [name, permitted(member, path === '' ? name : `${path}.${name}`, isPermitted)] as const,
  )
  const shown = members.filter(([, member]) => member !== undefined)
  return shown.length === 0 ? undefined : Object.fromEntries(shown)
}
