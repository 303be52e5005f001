import { Client } from '#client/client.js'
import { systemSurroundings } from '#client/surroundings.js'
import { scriptedServer } from '#client/testing/scripted-server.js'
import { v1Dialect } from '#client/v1-dialect.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { sampleCount } from './sample-events.js'
import { entityIdOf, entityNumberOf, firstSequence, orderOf } from '../workload/order.js'

export const client: MicroQuestion = {
  name: 'client',
  question: 'What does an update cost a client, from the text of its frame to who listens, in frames of their own and together?',
  cases: () => Promise.all([inFramesOf(1), inFramesOf(10), inFramesOf(100)]),
}

type Order = ReturnType<typeof orderOf>

interface Update {
  readonly entity_id: string
  readonly data: Order
}

/** Each entity of the frames has a store with a listener. Plainly a frame is parsed, and each of its updates put into a map. */
async function inFramesOf(count: number): Promise<MicroCase> {
  const frames = Array.from({ length: sampleCount }, (_none, nth) => frameOf(count, nth))
  const name = count === 1 ? 'in a frame of its own' : `in frames of ${count}`
  const reading = { weigh: (seen: number) => seen }
  return caseOf({ name, inputs: sampleCount, operations: count }, await throughLibrary(frames), throughMap(frames), reading)
}

function frameOf(count: number, nth: number): string {
  const updates = Array.from({ length: count }, (_none, place) => {
    const entity = (nth * count + place) % sampleCount
    const head = { type: 'entity_update', entity_id: entityIdOf(entity), entity_type: 'order', operation: 'update' }
    return { ...head, data: orderOf(entity, firstSequence + nth), timestamp: '2026-01-01T12:00:00.000Z', cursor: 'a'.repeat(27) }
  })
  return JSON.stringify(count === 1 ? updates[0] : updates)
}

/** The answer depends on every update and on their order. */
function seenAfter(seen: number, { id, seq }: Order): number {
  return (Math.imul(seen, 31) + seq + entityNumberOf(id)) | 0
}

async function throughLibrary(frames: readonly string[]): Promise<(input: number) => number> {
  const server = scriptedServer()
  // No time passes: what the client would do later, such as asking whether the server is there, is not asked about here.
  const around = { ...systemSurroundings(server.WebSocket), after: () => () => undefined }
  const page = new Client<{ order: Order }>('ws://bench', { token: 'a' }, v1Dialect, around)
  let seen = 0
  for (let entity = 0; entity < sampleCount; entity++)
    page.entity('order', entityIdOf(entity)).subscribe(({ data }) => {
      if (data !== undefined) seen = seenAfter(seen, data)
    })
  await page.connect()
  await server.settled()
  return (input) => {
    seen = 0
    server.raw(frames[input])
    return seen
  }
}

function throughMap(frames: readonly string[]): (input: number) => number {
  const rows = new Map<string, Order>()
  return (input) => {
    let seen = 0
    for (const { entity_id: id, data } of [JSON.parse(frames[input]!) as Update | Update[]].flat()) {
      rows.set(id, data)
      seen = seenAfter(seen, data)
    }
    return seen
  }
}
