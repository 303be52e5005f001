import type { Operation } from '#entities.js'
import { decimalBytes } from './event-encoder.js'
import type { RecordSchema } from '#schema/files/schema-json.js'

// An entity with some of everything that Avro has, in two forms side by side: as avsc writes it and as a client receives it.

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }

export const orderSchema: RecordSchema = {
  type: 'record',
  name: 'Order',
  namespace: 'test',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'owner', type: 'string' },
    { name: 'version', type: 'int' },
    { name: 'number', type: 'long' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID', 'SHIPPED'] } },
    { name: 'placed_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'total', type: decimal, 'confluent:tags': ['INTERNAL'] },
    { name: 'address', type: ['null', { type: 'record', name: 'Address', fields: [street(), { name: 'city', type: 'string' }] }] },
    { name: 'items', type: { type: 'array', items: { type: 'record', name: 'Item', fields: itemFields() } } },
    { name: 'labels', type: { type: 'map', values: 'string' } },
    { name: 'note', type: ['null', 'string'], 'confluent:tags': ['PII'] },
  ],
}

function street(): object {
  return { name: 'street', type: 'string', 'confluent:tags': ['PII'] }
}

function itemFields(): object[] {
  return [
    { name: 'sku', type: 'string' },
    { name: 'quantity', type: 'int' },
    { name: 'cost', type: decimal, 'confluent:tags': ['INTERNAL'] },
  ]
}

/** Written out, so that nothing of the gateway says what a leaf is. */
export const orderLeaves = [
  'id',
  'owner',
  'version',
  'number',
  'status',
  'placed_at',
  'total',
  'address.street',
  'address.city',
  'items.sku',
  'items.quantity',
  'items.cost',
  'labels',
  'note',
] as const

export interface Order {
  /** As avsc takes it. */
  readonly avro: Readonly<Record<string, unknown>>
  /** As JSON, with every leaf; the number as text, as JavaScript would round it. */
  readonly json: Readonly<Record<string, unknown>>
}

/** What happens to one order. */
export interface OrderChange {
  readonly entityId: string
  readonly operation: Operation
  /** Milliseconds since the epoch; each change is later than the one before. */
  readonly timestampMs: number
  /** Null for a delete that brings no data. */
  readonly order: Order | null
}

const owners = ['owner-1', 'owner-2', 'owner-3'] as const
const beyondDoubles = 9_007_199_254_740_993n

/** The version makes each state another one; `random` says the rest. */
export function orderOf(id: string, version: number, random: () => number): Order {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const [placedAt, totalCents] = [1_700_000_000_000 + version, Math.floor(random() * 1_000_000)]
  const address = pick([null, { street: `Street ${version} "ß"`, city: pick(['Kiel', 'Zürich', '東京']) }])
  const items = pick([[], [1], [1, 2, 3]]).map((quantity) => ({ sku: `SKU-${quantity}`, quantity, cents: quantity * 995 }))
  const common = { id, owner: pick(owners), version, status: pick(['NEW', 'PAID', 'SHIPPED']), address }
  const rest = { labels: pick([{}, { channel: 'web', 'två ord': 'x' }]), note: pick([null, `by the door\n${version}`]) }
  const number = beyondDoubles + BigInt(version)
  return {
    avro: {
      ...common,
      ...rest,
      number,
      placed_at: placedAt,
      total: decimalBytes(totalCents),
      items: items.map(({ sku, quantity, cents }) => ({ sku, quantity, cost: decimalBytes(cents) })),
    },
    json: {
      ...common,
      ...rest,
      number: String(number),
      placed_at: new Date(placedAt).toISOString(),
      total: (totalCents / 100).toFixed(2),
      items: items.map(({ sku, quantity, cents }) => ({ sku, quantity, cost: (cents / 100).toFixed(2) })),
    },
  }
}
