import avsc from 'avsc'
import { eventSchema } from '../workload/order.js'

/** avsc's type of an event, which gives dates and decimals the form in which clients get them. */
export function plainEventType(): avsc.Type {
  return avsc.Type.forSchema(eventSchema as avsc.Schema, {
    wrapUnions: 'never',
    logicalTypes: { decimal: Decimal, 'timestamp-millis': IsoTime },
  })
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
