import avsc from 'avsc'
import { eventSchema } from '../workload/order.js'

/** An event as avsc decodes it, all of it. */
export interface PlainEvent {
  readonly entity_id: string
  readonly entity_type: string
  readonly operation: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The seed's message of an event, or of part of its data. */
export function messageOf({ entity_id, entity_type, operation, data }: Omit<PlainEvent, 'data'> & { readonly data: object }) {
  return { type: 'entity_update', entity_id, entity_type, operation, data }
}

/** Behind the magic byte and the schema id. */
const framingBytes = 5

/** Decodes a record's value by avsc, which gives dates and decimals the form in which clients get them. */
export function plainDecoder(): (value: Buffer) => PlainEvent {
  const type = avsc.Type.forSchema(eventSchema as avsc.Schema, {
    wrapUnions: 'never',
    logicalTypes: { decimal: Decimal, 'timestamp-millis': IsoTime },
  })
  return (value) => type.fromBuffer(value.subarray(framingBytes)) as PlainEvent
}

class Decimal extends avsc.types.LogicalType {
  /** All amounts of an order have two places behind the point. */
  override _fromValue(bytes: Buffer): string {
    return (bytes.readIntBE(0, bytes.length) / 100).toFixed(2)
  }
}

class IsoTime extends avsc.types.LogicalType {
  override _fromValue(ms: number): string {
    return new Date(ms).toISOString()
  }
}
