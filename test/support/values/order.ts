import avsc from 'avsc'
import { parsePolicy } from '#policy/role-policy.js'
import type { Audience, Claims } from '#policy/rights.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { jsonTextOf } from '#text/json-output.js'

const fields = [
  { name: 'id', type: 'string' },
  { name: 'owner', type: ['null', 'string'], default: null },
  { name: 'region', type: 'string' },
  { name: 'total', type: 'double' },
  {
    name: 'address',
    type: {
      type: 'record',
      name: 'Address',
      fields: [
        { name: 'city', type: 'string', 'confluent:tags': ['PII'] },
        { name: 'geo', type: { type: 'record', name: 'Geo', fields: [{ name: 'lat', type: 'double' }] } },
      ],
    },
  },
  {
    name: 'items',
    type: { type: 'array', items: { type: 'record', name: 'Item', fields: ['sku', 'price'].map((name) => ({ name, type: 'string' })) } },
  },
]
const avroSchema = { type: 'record', name: 'Order', streamable: true, fields }
const avroType = avsc.Type.forSchema(avroSchema as avsc.Schema)

/** An entity type for tests that need one: an order. */
export const orderSchema = parseEntitySchema('order', { schema: JSON.stringify(avroSchema), references: [] })

const order = {
  ...{ id: 'order-1', owner: null as string | null, region: 'eu', total: 10 },
  address: { city: 'Bonn', geo: { lat: 50.7 } },
  items: [{ sku: 'a', price: '1.00' }],
}

export function orderEvent(data: Partial<typeof order> = {}): ChangeEvent {
  const head = { entityType: 'order', entityId: 'order-1', operation: 'update', timestampMs: 0, kafkaTimestampMs: 0 } as const
  const place = { topic: 'order.update', partition: 0, offset: 0 }
  return {
    ...head,
    ...place,
    data: { schema: orderSchema, bytes: avroType.toBuffer({ ...order, ...data }), start: 0 },
    tombstone: false,
    value: null,
    hidden: false,
  }
}

/** Rules for orders in the short form: `show` and `hide` some fields, always or under conditions. */
export interface ShortRule {
  readonly show?: readonly string[]
  readonly hide?: readonly string[]
  readonly when?: unknown
}

export function policyText(roles: Readonly<Record<string, readonly ShortRule[]>>): string {
  const rules = Object.entries(roles).map(([role, all]) => [
    role,
    all.map(({ show, hide, when }) => ({
      action: 'read',
      subject: 'order',
      fields: show ?? hide,
      inverted: show === undefined,
      conditions: when,
    })),
  ])
  return JSON.stringify({ roles: Object.fromEntries(rules) as unknown })
}

export function audienceOf(rules: readonly ShortRule[], claims: Claims = {}): Audience | undefined {
  return parsePolicy(policyText({ some: rules }))
    .rightsOf(['some'], claims)
    .audienceOf('order')
}

/** What the audience sees of the event, parsed; undefined where it sees nothing. */
export function visible(audience: Audience | undefined, event: ChangeEvent): unknown {
  const mask = audience?.maskOf(event)
  const { data } = event
  return mask && data ? JSON.parse(jsonTextOf((output) => mask.project(data.bytes, data.start, output))) : undefined
}
