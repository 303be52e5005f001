import type { FeedOrder } from '../feed/event-log.js'
import { feedTo } from '../feed/paced.js'
import { answer } from '../harness/child.js'
import { entityIdOf } from '../workload/order.js'
import { expectedForMember } from '../workload/member-policy.js'
import { expectedFor } from '../workload/policy.js'
import type { ClientIdentity } from './contender.js'
import type { ContenderCommands } from './forked.js'
import { UwsListener, type UwsClient } from './uws-listener.js'

// The ceiling: uWebSockets.js writing ready frames when they are due, as many to a client at a time as are due. No Kafka, no decoding,
// no rights: what remains is the library and the system calls.

const listener = new UwsListener()
let [frames, writes, encoded] = [0, 0, 0]
const waiting = new Map<UwsClient, Uint8Array[]>()
const readyFrames = new Map<string, ReadyFrame>()

/** The frame of some rights, of which only the two numbers change. */
class ReadyFrame {
  private readonly text: Buffer
  private readonly entityAt: number
  private readonly sequenceAt: number

  constructor({ role, region = '' }: ClientIdentity, entity: number, sequence: number) {
    const permitted = region === '' ? expectedFor(role, entity, sequence) : expectedForMember(region, entity, sequence)
    const data = JSON.stringify(permitted)
    const head = `{"type":"entity_update","entity_id":"${entityIdOf(entity)}","entity_type":"order","operation":"update","data":`
    this.text = Buffer.from(`${head}${data}}`)
    this.entityAt = head.indexOf(entityIdOf(entity))
    this.sequenceAt = head.length + '{"seq":'.length
  }

  of(entity: number, sequence: number): Uint8Array {
    encoded++
    const frame = Buffer.from(this.text)
    frame.write(entityIdOf(entity), this.entityAt, 'latin1')
    frame.write(String(sequence), this.sequenceAt, 'latin1')
    return frame
  }
}

function enqueue(entity: number, sequence: number): void {
  const made = new Map<string, Uint8Array>()
  for (const client of listener.rooms.of(entityIdOf(entity))) {
    const identity = client.getUserData()
    const rights = rightsOf(identity)
    let frame = made.get(rights)
    if (frame === undefined) made.set(rights, (frame = readyFrame(rights, identity, entity, sequence).of(entity, sequence)))
    const before = waiting.get(client)
    if (before === undefined) waiting.set(client, [frame])
    else before.push(frame)
  }
}

/** What tells frames apart: the role, and of members whether the orders are of their region. */
function rightsOf({ role, region = '' }: ClientIdentity): string {
  return region === '' ? role : String(region === 'eu')
}

function readyFrame(rights: string, identity: ClientIdentity, entity: number, sequence: number): ReadyFrame {
  let ready = readyFrames.get(rights)
  if (ready === undefined) readyFrames.set(rights, (ready = new ReadyFrame(identity, entity, sequence)))
  return ready
}

function write(): undefined {
  for (const [client, ready] of waiting) {
    client.cork(() => {
      for (const frame of ready) client.send(frame, false)
    })
    writes++
    frames += ready.length
  }
  waiting.clear()
}

const commands: ContenderCommands = {
  listen: () => listener.listen(),
  counts: () => ({ frames, writes, encoded }),
  feed: (order: FeedOrder) => feedTo({ take: enqueue, send: write, isMeasured: true }, order),
}

answer(commands)
