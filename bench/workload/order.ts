import avsc from 'avsc'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'

/** The first sequence number of a trial: from here on all have ten digits, so that a client finds them at a fixed place. */
export const firstSequence = 1_000_000_000

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 }

/** An order of 12 fields, about 230 B as JSON. Its sequence number stands first: it is what clients count. */
export const orderSchema: RecordSchema = {
  type: 'record',
  name: 'Order',
  namespace: 'bench',
  streamable: true,
  fields: [
    { name: 'seq', type: 'long' },
    { name: 'id', type: 'string' },
    { name: 'owner_id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['OPEN', 'PAID', 'SENT', 'DONE'] } },
    { name: 'region', type: 'string' },
    { name: 'total', type: decimal },
    { name: 'margin', type: decimal, 'confluent:tags': ['INTERNAL'] },
    { name: 'placed_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'items', type: { type: 'array', items: itemSchema() } },
    { name: 'address', type: { type: 'record', name: 'Address', fields: [{ name: 'city', type: 'string' }] } },
    { name: 'email', type: ['null', 'string'], 'confluent:tags': ['PII'] },
    { name: 'gift', type: 'boolean' },
  ],
}

export const eventSchema = eventSchemaOf(orderSchema)

/** What a client with all rights would be shown. */
export function orderOf(entity: number, sequence: number) {
  return {
    ...{ seq: sequence, id: entityIdOf(entity), owner_id: ownerIdOf(entity), status: statuses[sequence % statuses.length]! },
    ...{ region: 'eu', total: '129.95', margin: '31.20', placed_at: '2026-01-01T12:00:00.000Z' },
    items: [{ sku: 'sku-10017', quantity: 2 }],
    ...{ address: { city: 'Rotterdam' }, email: 'ada@example.org', gift: false },
  }
}

/** Of a fixed width. */
export function entityIdOf(entity: number): string {
  return `o${digits(entity)}`
}

export function entityNumberOf(entityId: string): number {
  return Number(entityId.slice(1))
}

export function ownerIdOf(owner: number): string {
  return `u${digits(owner)}`
}

/**
 * An event in Confluent's wire format. A template is copied and its numbers are written over, all of them of fixed widths: avsc would
 * take the feeder 2 µs an event, and at 100,000 events a second it shares the machine with what is measured.
 * @param owner whose order it is; each order has an owner of its own unless told.
 */
export function encodeEvent(schemaId: number, entity: number, sequence: number, timestampMs: number, owner = entity): Buffer {
  const bytes = Buffer.from(template)
  bytes.writeInt32BE(schemaId, 1)
  bytes.write(digits(entity), places.entityId, 'latin1')
  bytes.write(digits(entity), places.id, 'latin1')
  bytes.write(digits(owner), places.ownerId, 'latin1')
  writeLong(bytes, places.sequence, sequence)
  writeLong(bytes, places.timestamp, timestampMs)
  bytes[places.status] = 2 * (sequence % statuses.length)
  return bytes
}

const statuses = ['OPEN', 'PAID', 'SENT', 'DONE'] as const
const type = avsc.Type.forSchema(eventSchema as avsc.Schema)

const sample = {
  entity_id: entityIdOf(0),
  ...{ entity_type: 'order', operation: 'update', timestamp: 1_700_000_000_000 },
  data: {
    ...{ seq: firstSequence, id: entityIdOf(0), owner_id: ownerIdOf(0), status: 'OPEN', region: 'eu' },
    ...{ total: Buffer.from([0x32, 0xc3]), margin: Buffer.from([0x0c, 0x30]), placed_at: Date.UTC(2026, 0, 1, 12) },
    items: [{ sku: 'sku-10017', quantity: 2 }],
    ...{ address: { city: 'Rotterdam' }, email: 'ada@example.org', gift: false },
  },
}
const template = encoded({})

/** Each is where the encodings of two events begin to differ that differ in one number. */
const places = {
  entityId: firstDifference(encoded({ entity_id: 'o1' + '0'.repeat(7) })),
  timestamp: firstDifference(encoded({ timestamp: 1_700_000_000_001 })),
  sequence: firstDifference(encodedData({ seq: firstSequence + 1 })),
  id: firstDifference(encodedData({ id: 'o1' + '0'.repeat(7) })),
  ownerId: firstDifference(encodedData({ owner_id: 'u1' + '0'.repeat(7) })),
  status: firstDifference(encodedData({ status: 'PAID' })),
}

function encodedData(changes: object): Buffer {
  return encoded({ data: { ...sample.data, ...changes } })
}

function encoded(changes: object): Buffer {
  return Buffer.concat([Buffer.alloc(5), type.toBuffer({ ...sample, ...changes })])
}

function firstDifference(other: Buffer): number {
  return template.findIndex((byte, index) => byte !== other[index])
}

/** Avro's variable length, of a positive number. The width stays what the template's is, as all numbers are of one magnitude. */
function writeLong(bytes: Buffer, at: number, value: number): void {
  let rest = value * 2
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128
  bytes[at] = rest
}

function digits(value: number): string {
  return String(value).padStart(8, '0')
}

function itemSchema(): RecordSchema {
  const fields = [
    { name: 'sku', type: 'string' },
    { name: 'quantity', type: 'int' },
  ]
  return { type: 'record', name: 'Item', fields }
}
