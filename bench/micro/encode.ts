import { EntityUpdate } from '../../src/authorize/entity-update.js'
import type { Mask } from '../../src/authorize/rights.js'
import { pick } from '../contenders/pick.js'
import { wayOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { changeEvents, decodePlainly, leafNumbers, orderSchema, sampleCount, values } from './sample-events.js'

export const encode: MicroQuestion = {
  name: 'encode',
  question: 'What does the frame of a delivery cost, from the Avro of the event to the bytes of the message?',
  cases: () => [forClients(1), forClients(100)],
}

const shownFields = ['seq', 'id', 'status', 'region', 'placed_at', 'items.sku', 'address.city', 'gift']
const permitted = new Set(shownFields)

/** Clients that may see the same fields of the same event. An operation is a client; plainly the event is decoded once for all of them. */
function forClients(count: number): MicroCase {
  const mask = maskOf(shownFields)
  const sluice = (input: number) => {
    const update = new EntityUpdate(changeEvents[input]!, mask, () => undefined)
    return Array.from({ length: count }, () => update.frame('seed').bytes)
  }
  const plain = (input: number) => {
    const { data, ...head } = decodePlainly(values[input]!)
    return Array.from({ length: count }, () => frameOf({ ...head, data: pick(data, permitted) }))
  }
  const reading = {
    weigh: (frames: readonly Uint8Array[]) => frames.reduce((sum, frame) => sum + frame[frame.length - 5]!, 0),
    shown: (frames: readonly Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString()),
  }
  return {
    ...{ name: count === 1 ? 'one client' : `${count} clients of one mask`, inputs: sampleCount, operations: count },
    ...{ sluice: wayOf(sampleCount, sluice, reading), plain: wayOf(sampleCount, plain, reading) },
  }
}

interface Update {
  readonly entity_id: string
  readonly entity_type: string
  readonly operation: string
  readonly data: object
}

function frameOf({ entity_id, entity_type, operation, data }: Update): Buffer {
  return Buffer.from(JSON.stringify({ type: 'entity_update', entity_id, entity_type, operation, data }))
}

function maskOf(leaves: readonly string[]): Mask {
  const numbers = leafNumbers(leaves)
  return { schema: orderSchema, leaves: numbers, project: orderSchema.projectionOf(numbers) }
}
