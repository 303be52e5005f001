import { topicsOf } from '#entities.js'
import { Cursors } from '#gateway/table/cursor.js'
import { VersionReader } from '#gateway/decode/version-reader.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { keyedIdHash } from '#gateway/table/id-hash.js'
import { TypeTable } from '#gateway/table/table.js'
import { Window } from '#gateway/table/window.js'
import { JsonOutput } from '#text/json-output.js'
import { entityIdOf } from '../workload/order.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { changeEvents, compiled, decodePlainly, entity, leafNumbers, orderSchema, sampleCount, values } from './sample-events.js'

export const table: MicroQuestion = {
  name: 'table',
  question: 'What does it cost to keep the latest version of each entity, with those before it, and to read one?',
  cases: () => [write(), writeWithBefore(), snapshot()],
}

/** Others that are known, so that looking one up is not free. */
const otherEntities = 100_000
const [topic] = topicsOf(entity)
const output = new JsonOutput()

/** Plainly a version is kept in a map, without those before it, and its bytes are copied so that it keeps no answer of Kafka alive. */
interface PlainVersion {
  readonly offset: number
  readonly value: Buffer
}

/** It gets an offset with each write, so that it is newer than what was written before. */
interface FreshEvent extends Omit<ChangeEvent, 'offset'> {
  offset: number
}

function write(): MicroCase {
  const { keep, keepPlainly } = filled()
  const reading = { weigh: (isNewer: boolean) => (isNewer ? 1 : 0) }
  const sluice = (input: number) => keep(input) !== undefined
  return caseOf({ name: 'write', inputs: sampleCount, operations: 1 }, sluice, (input) => keepPlainly(input) !== undefined, reading)
}

/** The answer: the id, out of what was written before. */
function writeWithBefore(): MicroCase {
  const { keep, keepPlainly } = filled()
  const reading = { weigh: (id: string) => id.charCodeAt(8) }
  const sluice = (input: number) => {
    for (const version of keep(input)!.before!) return version.entityId
    return ''
  }
  const plain = (input: number) => decodePlainly(keepPlainly(input)!.value).entity_id
  return caseOf({ name: 'write, and read the version before', inputs: sampleCount, operations: 1 }, sluice, plain, reading)
}

/** The answer: all of the latest version's fields as JSON. */
function snapshot(): MicroCase {
  const { versions, plainVersions } = filled()
  const project = orderSchema.projectionOf(leafNumbers(orderSchema.leaves))
  const reading = { weigh: (text: Buffer) => text[text.length - 3]!, shown: (text: Buffer) => text.toString() }
  const sluice = (input: number) => {
    output.clear()
    for (const { data } of versions.versions(ids[input]!)) {
      project(data!.bytes, data!.start, output)
      break
    }
    return output.copy()
  }
  const plain = (input: number) => Buffer.from(JSON.stringify(decodePlainly(plainVersions.get(ids[input]!)!.value).data))
  return caseOf({ name: 'snapshot', inputs: sampleCount, operations: 1 }, sluice, plain, reading)
}

const ids = Array.from({ length: sampleCount }, (_none, nth) => entityIdOf(nth))

/** Both ways to keep versions, with one of each entity. */
function filled() {
  const versions = new TypeTable(reader(), {
    window: new Window({ bytesMax: 64 * 1024 * 1024, secondsMax: 3600 }, () => performance.now()),
    hashOf: keyedIdHash(() => 0.5),
    cursors: new Cursors(() => undefined),
    now: () => Date.now(),
    indexRoom: () => 0,
  })
  const plainVersions = new Map<string, PlainVersion>()
  let offset = 0
  // Made once: what decoding makes of a record is not what is measured here.
  const events: FreshEvent[] = changeEvents.map((event) => ({ ...event }))
  const keepEvent = (event: FreshEvent) => {
    event.offset = offset++
    return versions.write(event, topic!)
  }
  const keep = (input: number) => keepEvent(events[input]!)
  const put = (id: string, value: Buffer) => {
    const before = plainVersions.get(id)
    plainVersions.set(id, { offset: offset++, value: Buffer.from(value) })
    return before
  }
  for (let nth = 0; nth < otherEntities + sampleCount; nth++) {
    const [entityId, event] = [entityIdOf(nth), changeEvents[nth % sampleCount]!]
    keepEvent({ ...event, entityId })
    put(entityId, event.value!)
  }
  return { versions, plainVersions, keep, keepPlainly: (input: number) => put(ids[input]!, values[input]!) }
}

function reader(): VersionReader {
  return new VersionReader({ get: () => compiled }, { isStopped: () => false, isStreamable: () => true })
}
