import type { RecordSchema } from '#schema/files/schema-json.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { encodeEvent, orderSchema } from './order.js'

/** Text fields that a version of the order has beside the plain one's twelve, all of one length. */
export interface ExtraFields {
  readonly count: number
  /** Of each, in characters. */
  readonly length: number
  /** A `confluent:tags` value of all of them. */
  readonly tag?: string
}

/** The order as it is, or with more fields at its end. */
export class OrderVersion {
  readonly eventSchema: RecordSchema
  /** The extra fields as Avro has them: they stand behind the data, which ends the event. */
  private readonly tail: Buffer

  constructor(private readonly extra: ExtraFields = { count: 0, length: 0 }) {
    const { tag } = extra
    const fields = Object.keys(this.extraData()).map((name) => ({
      name,
      type: 'string',
      ...(tag && { 'confluent:tags': [tag] }),
      default: '',
    }))
    this.eventSchema = eventSchemaOf({ ...orderSchema, fields: [...(orderSchema['fields'] as object[]), ...fields] })
    this.tail = Buffer.concat(Object.values(this.extraData()).flatMap((text) => [lengthOf(text.length), Buffer.from(text)]))
  }

  encode(schemaId: number, entity: number, sequence: number, timestampMs: number, owner?: number): Buffer {
    const plain = encodeEvent(schemaId, entity, sequence, timestampMs, owner)
    return this.tail.length === 0 ? plain : Buffer.concat([plain, this.tail])
  }

  /** What the extra fields hold, in all orders. */
  extraData(): Record<string, string> {
    const { count, length } = this.extra
    return Object.fromEntries(Array.from({ length: count }, (_none, index) => [`extra_${index}`, 'x'.repeat(length)]))
  }
}

/** Avro's variable length of a positive number. */
function lengthOf(value: number): Buffer {
  const bytes: number[] = []
  let rest = value * 2
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}
