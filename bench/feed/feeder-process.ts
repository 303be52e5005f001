import { answer } from '../harness/child.js'
import { monotonicMs } from '../harness/monotonic.js'
import { entityIdOf } from '../workload/order.js'
import { OrderVersion, type ExtraFields } from '../workload/order-version.js'
import type { EventLog, Fed, FeedOrder } from './event-log.js'
import { feedTo } from './paced.js'
import { openSink, type FedRecord, type RecordSink, type SinkAddress } from './record-sink.js'

// A process of its own: writes events when they are due, and keeps the account of them.

export interface FeederTarget {
  readonly address: SinkAddress
  readonly partitions: number
  readonly schemaId: number
  readonly extra: ExtraFields | undefined
  /** So many owners have the orders in turn; undefined: each has an owner of its own. */
  readonly owners: number | undefined
}

/** From an event on, records are written by another version of their schema. */
export interface SchemaChange {
  readonly fromSequence: number
  readonly schemaId: number
  readonly extra: ExtraFields
}

/**
 * From one sending to the next, which at many records a second gathers what the linger of Kafka's own producer does, 5 ms since its version
 * 4; one that is due later than that leaves at once. With a request as soon as the last one is answered, the broker took half a core for
 * 100,000 records a second, with this a fifth: and what it took, the gateway had not.
 */
const lingerMs = 5

export type FeederCommands = typeof commands

let target: FeederTarget
let sink: RecordSink | undefined
/** In the order in which they come into use. */
let versions: { readonly fromSequence: number; readonly schemaId: number; readonly order: OrderVersion }[] = []

const commands = {
  async open(given: FeederTarget): Promise<void> {
    target = given
    versions = [{ fromSequence: 0, schemaId: given.schemaId, order: new OrderVersion(given.extra) }]
    await sink?.close()
    sink = await openSink(given.address)
  },

  change({ fromSequence, schemaId, extra }: SchemaChange): void {
    versions.push({ fromSequence, schemaId, order: new OrderVersion(extra) })
  },

  /** Resolves when all of it has been acknowledged. */
  feed(order: FeedOrder): Promise<Fed> {
    let records: FedRecord[] = []
    const take = (entity: number, sequence: number) => void records.push(recordOf(entity, sequence))
    // One request at a time, so that the order stands whatever a broker does; what comes due meanwhile goes together.
    const send = (dueMs: number, log: EventLog) => {
      const taken = records
      records = []
      return sendAll(taken, dueMs, log)
    }
    return feedTo({ take, send, lingerMs }, order)
  },
}

/** Entities are spread over the partitions in turn, so that whoever plans a trial knows which shares a partition with which. */
function recordOf(entity: number, sequence: number): FedRecord {
  const timestampMs = Date.now()
  const { schemaId, order } = versions.findLast(({ fromSequence }) => fromSequence <= sequence)!
  const { owners, partitions } = target
  const value = order.encode(schemaId, entity, sequence, timestampMs, owners && entity % owners)
  return { key: keyOf(entity), value, partition: entity % partitions, timestampMs }
}

function keyOf(entity: number): Buffer {
  return (keys[entity] ??= Buffer.from(entityIdOf(entity)))
}

/** By entity. */
const keys: Buffer[] = []

async function sendAll(records: readonly FedRecord[], dueMs: number, log: EventLog): Promise<void> {
  await sink!.send(records)
  log.noteAcknowledged(dueMs, monotonicMs(), records.length)
}

answer(commands)
