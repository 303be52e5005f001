import { createMongoAbility, subject, type RawRuleOf, type MongoAbility } from '@casl/ability'
import type { Update } from '../clients/update-stream.js'
import { orderLeaves, type Order, type OrderChange } from '../values/streamed-order.js'

/** Somebody with rights on orders, which are said twice: as a policy for the gateway, and leaf by leaf for plain CASL. */
export interface OrderReader {
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string }
  readonly dialect: 'seed' | 'sluice.v1'
  /** Whether some leaf is shown whatever the order. */
  readonly seesSomeAlways: boolean
  readonly ability: MongoAbility
}

export type OrderRole = 'picker' | 'support' | 'owner'

const internal = ['total', 'items.cost']
const personal = ['address.street', 'note']

/** The policy of the readers below, for orders that are called `entityType`. */
export function orderPolicy(entityType: string): string {
  return JSON.stringify({ roles: orderRoles(entityType) })
}

/** The rules of each role. */
export function orderRoles(entityType: string): Readonly<Record<OrderRole, readonly object[]>> {
  const read = { action: 'read', subject: entityType }
  return {
    picker: [{ ...read, fields: ['id', 'version', 'status', 'address.city', 'items.sku'] }],
    support: [
      { ...read, fields: ['**'] },
      { ...read, fields: ['tag:PII', 'tag:INTERNAL'], inverted: true },
    ],
    owner: [
      { ...read, fields: ['**'], conditions: { owner: '${user.sub}' } },
      { ...read, fields: ['note', 'address'], conditions: { status: 'SHIPPED' }, inverted: true },
      { ...read, fields: ['tag:INTERNAL'], inverted: true },
    ],
  }
}

/** What plain CASL lets somebody do who has one role. */
export function orderAbility(role: OrderRole, sub: string): MongoAbility {
  const all = [...orderLeaves]
  const rules = {
    picker: [rule(['id', 'version', 'status', 'address.city', 'items.sku'])],
    support: [rule(all), hidden([...personal, ...internal])],
    owner: [rule(all, { owner: sub }), hidden(['note', 'address.street', 'address.city'], { status: 'SHIPPED' }), hidden(internal)],
  }
  return createMongoAbility(rules[role])
}

export function orderReaders(): OrderReader[] {
  return [
    reader('pia', 'picker', 'seed', true),
    reader('sam', 'support', 'sluice.v1', true),
    reader('owner-3', 'owner', 'sluice.v1', false),
  ]
}

/** What a reader is to receive of the changes so far, in their order, as parsed JSON: what plain CASL permits, leaf by leaf. */
export class ExpectedUpdates {
  readonly updates: Update[] = []
  /** The orders that have had a version, and whether the last one shows the reader something. */
  private readonly shown = new Map<string, boolean>()

  constructor(
    private readonly reader: OrderReader,
    private readonly entityType: string,
  ) {}

  /** What is told of a change is what happened to the part that the reader sees. */
  add({ entityId, operation, timestampMs, order }: OrderChange): void {
    const data = operation === 'delete' || order === null ? undefined : visiblePart(this.reader, order)
    const before = this.shown.get(entityId)
    this.shown.set(entityId, data !== undefined)
    if (data === undefined && before !== true) return
    const told = data === undefined ? 'delete' : before === false ? 'create' : operation
    const update = { type: 'entity_update', entity_id: entityId, entity_type: this.entityType, operation: told, data: data ?? {} }
    this.updates.push({ ...update, ...(this.reader.dialect === 'sluice.v1' && { timestamp: new Date(timestampMs).toISOString() }) })
  }
}

function reader(sub: string, role: OrderRole, dialect: OrderReader['dialect'], seesSomeAlways: boolean): OrderReader {
  return { claims: { sub, roles: [role] }, dialect, seesSomeAlways, ability: orderAbility(role, sub) }
}

type CaslRule = RawRuleOf<MongoAbility>

function rule(fields: string[], conditions?: Record<string, string>): CaslRule {
  return { action: 'read', subject: 'order', fields, ...(conditions && { conditions }) }
}

function hidden(fields: string[], conditions?: Record<string, string>): CaslRule {
  return { ...rule(fields, conditions), inverted: true }
}

/** Undefined where nothing of the order may be seen. */
export function visiblePart({ ability }: Pick<OrderReader, 'ability'>, { json }: Order): unknown {
  const asked = subject('order', { ...json })
  const permitted = orderLeaves.filter((leaf) => ability.can('read', asked, leaf))
  return permitted.length === 0 ? undefined : partOf(json, '', permitted)
}

/** A container shows where a leaf under it is permitted, be it that it is null. */
function partOf(value: unknown, path: string, permitted: readonly string[]): unknown {
  if (permitted.includes(path) || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => partOf(item, path, permitted))
  const entries = Object.entries(value).map(([name, part]) => [path === '' ? name : `${path}.${name}`, name, part] as const)
  const shown = entries.filter(([place]) => permitted.some((leaf) => leaf === place || leaf.startsWith(`${place}.`)))
  return Object.fromEntries(shown.map(([place, name, part]) => [name, partOf(part, place, permitted)]))
}
