import avsc from 'avsc'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { wireHeaderOf } from '#registry/wire-format.js'
import { seedEntity, topicsOf } from '#entities.js'
import { EntityRecordWriter } from '#publisher/entity-record.js'
import { eventSchema, firstSequence, orderOf, orderSchema } from '../workload/order.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { sampleCount } from './sample-events.js'

export const publish: MicroQuestion = {
  name: 'publish',
  question: "What does the record of a change cost, from a service's own object to the bytes of the record?",
  cases: () => [anOrder()],
}

const schemaId = 7
const timestampMs = 1_764_000_000_000
const definition = seedEntity('order')

/** As a service has them: a Date, decimals as text. */
const orders = Array.from({ length: sampleCount }, (_none, nth) => {
  const order = orderOf(nth, firstSequence + nth)
  return { ...order, placed_at: new Date(order.placed_at) }
})

function anOrder(): MicroCase {
  const record = parseAvroSchema(JSON.stringify(orderSchema)) as RecordNode
  const ids = new Map(topicsOf(definition).map(({ topic }) => [topic, schemaId]))
  const writer = new EntityRecordWriter({ definition, record }, ids)
  const sluice = (input: number) => {
    const change = { operation: 'update', entity: orders[input], entityId: undefined, timestampMs } as const
    return writer.write(change).record.value!
  }
  const type = avsc.Type.forSchema(eventSchema as avsc.Schema)
  const header = wireHeaderOf(schemaId)
  const plain = (input: number) => {
    const { placed_at, total, margin, ...order } = orders[input]!
    const data = { ...order, placed_at: placed_at.getTime(), total: decimalBytes(total), margin: decimalBytes(margin) }
    const event = { entity_id: order.id, entity_type: 'order', operation: 'update', timestamp: timestampMs, data }
    return Buffer.concat([header, type.toBuffer(event)])
  }
  const reading = { weigh: (bytes: Buffer) => bytes.length + bytes[bytes.length - 1]!, shown: (bytes: Buffer) => bytes.toString('hex') }
  return caseOf({ name: 'an order of 12 fields', inputs: sampleCount, operations: 1 }, sluice, plain, reading)
}

/** Of two decimal places, in as few bytes as its number needs; those of the workload need two. */
function decimalBytes(text: string): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(Number(text.replace('.', '')))
  return bytes
}
