import { EntityUpdate } from '#gateway/authorize/entity-update.js'
import { Cursors } from '#gateway/table/cursor.js'
import { FrameRoom } from '#gateway/authorize/frame-room.js'
import type { Mask } from '#policy/rights.js'
import { Meter } from '#gateway/observe/meter.js'
import { pick } from '../contenders/pick.js'
import { messageOf } from '../contenders/plain-event.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { changeEvents, decodePlainly, leafNumbers, orderSchema, sampleCount, values } from './sample-events.js'

export const encode: MicroQuestion = {
  name: 'encode',
  question: 'What does the frame of a delivery cost, from the Avro of the event to the bytes of the message?',
  cases: () => [forClients(1), forClients(100)],
}

const room = new FrameRoom({
  frameBytesMax: 1024 * 1024,
  reportBadRecord: () => undefined,
  meter: new Meter(),
  cursors: new Cursors(() => undefined),
})
const shownFields = ['seq', 'id', 'status', 'region', 'placed_at', 'items.sku', 'address.city', 'gift']
const permitted = new Set(shownFields)

/** Clients that may see the same fields of the same event. An operation is a client; plainly the event is decoded once for all of them. */
function forClients(count: number): MicroCase {
  const mask = maskOf(shownFields)
  const sluice = (input: number) => {
    const update = new EntityUpdate(changeEvents[input]!, mask, room)
    return Array.from({ length: count }, () => update.frame('seed').bytes)
  }
  const plain = (input: number) => {
    const { data, ...head } = decodePlainly(values[input]!)
    return Array.from({ length: count }, () => Buffer.from(JSON.stringify(messageOf({ ...head, data: pick(data, permitted) }))))
  }
  const reading = {
    weigh: (frames: readonly Uint8Array[]) => frames.reduce((sum, frame) => sum + frame[frame.length - 5]!, 0),
    shown: (frames: readonly Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString()),
  }
  const name = count === 1 ? 'one client' : `${count} clients of one mask`
  return caseOf({ name, inputs: sampleCount, operations: count }, sluice, plain, reading)
}

function maskOf(leaves: readonly string[]): Mask {
  const numbers = leafNumbers(leaves)
  return { schema: orderSchema, leaves: numbers, project: orderSchema.projectionOf(numbers) }
}
