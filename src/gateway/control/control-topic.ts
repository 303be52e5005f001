import type { Clock } from '#clock.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { Log } from '#log.js'
import { strictText } from '#text/strict-text.js'
import type { ControlTopicState } from '../observe/meter.js'
import type { Partition, PartitionSource, RecordBatch } from '../source/partition-source.js'
import type { ControlStatus, ControlTable } from './control-table.js'

/**
 * How many records are taken in one tick. A record may change the page of somebody who is connected: 200 of them held up the others for
 * some 20 ms at the most.
 */
const recordsInTickMax = 200

export interface ControlTopicContext {
  readonly source: Pick<PartitionSource, 'partitionCount'>
  readonly clock: Clock
  readonly log: Log
  /** Called when something may have become ready. */
  readonly changed: () => void
}

/** One control topic, and how far this node has read it. */
export class ControlTopic implements ControlTopicState {
  /** The offset behind the last record that was taken. */
  private position = 0
  /** Kafka's time of that record, in milliseconds since the epoch. */
  private latestMs: number | undefined
  private hasCaughtUp = false
  private isWarned = false

  constructor(
    readonly name: string,
    readonly table: ControlTable,
    private readonly context: ControlTopicContext,
  ) {}

  get offset(): number | undefined {
    return this.hasCaughtUp ? this.position : undefined
  }

  get ageMs(): number | undefined {
    return this.latestMs === undefined ? undefined : Math.max(0, this.context.clock.now() - this.latestMs)
  }

  get hash(): string {
    return this.table.hash
  }

  /** Takes what the partition brings from now on. Each partition is read, so that nothing that is taken away stays. */
  read({ batches$, breaks$, caughtUp }: Partition): void {
    this.warnOfSeveral()
    breaks$.subscribe((one) => {
      this.hasCaughtUp = false
      this.position = 0
      this.table.beginAnew()
      this.noteWhen(one.caughtUp)
    })
    batches$.subscribe((batch) => this.take(batch))
    this.noteWhen(caughtUp)
  }

  /** Whether a node may begin, as far as this topic goes. One of several partitions may be read to its end before the others are found. */
  status(): ControlStatus {
    const { name, partitions } = this
    if (partitions === 0) return { ready: false, reason: `the control topic ${name} does not exist, or this login may not describe it` }
    if (partitions > 1) return { ready: false, reason: severalPartitions(name) }
    if (!this.hasCaughtUp) return { ready: false, reason: `the control topic ${name} is being read` }
    return this.table.status()
  }

  private get partitions(): number {
    return this.context.source.partitionCount(this.name)
  }

  private warnOfSeveral(): void {
    if (this.isWarned || this.partitions < 2) return
    this.isWarned = true
    this.context.log.error({ topic: this.name }, severalPartitions(this.name))
  }

  private noteWhen(caughtUp: Promise<void>): void {
    void caughtUp.then(() => {
      this.hasCaughtUp = true
      this.table.caughtUp()
      this.context.changed()
    })
  }

  private take(batch: RecordBatch, from = 0): void {
    const { records, release } = batch
    const to = Math.min(from + recordsInTickMax, records.length)
    for (let at = from; at < to; at++) this.takeRecord(records[at]!)
    this.table.settle?.()
    if (to < records.length) return this.context.clock.nextTick(() => this.take(batch, to))
    release(0)
    this.context.changed()
  }

  private takeRecord({ key: bytes, value, timestampMs, offset }: KafkaRecord): void {
    const key = bytes === null ? undefined : strictText(bytes)
    if (key === undefined)
      this.context.log.error({ topic: this.name, offset }, 'A record of a control topic has no key that can be read, and means nothing.')
    else this.table.take({ key, value, timestampMs })
    this.position = offset + 1
    this.latestMs = timestampMs
  }
}

function severalPartitions(topic: string): string {
  return `the control topic ${topic} has more than one partition, between which there is no order`
}
