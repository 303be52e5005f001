import { ReplaySubject } from 'rxjs'
import type { Clock } from '#clock.js'
import { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import { Meter, type SourceState } from '../../observe/meter.js'
import { BufferRoom } from '../buffer-room.js'
import { PartitionBuffer } from '../partition-buffer.js'
import type { Partition } from '../partition-source.js'
import type { LogStart } from '../partition-turns.js'
import { TurnShares } from '../turn-shares.js'
import { FillPace } from './fill-pace.js'
import { DamagedBatches, type FetchAgain } from './damaged-batches.js'
import type { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import type { Fetched, Reception } from '#kafka/read/broker-readings.js'
import { UnreadBatch } from './unread-batch.js'

export interface KafkaPartitionsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** What all partitions together may hold between Kafka and the pipeline, in bytes. */
  readonly bufferBytesMax: number
  /** How fast logs are read from their beginnings, all together; 0, and by default, without a limit. */
  readonly fillBytesPerSecond?: number
  /** Called where records of a topic are skipped that cannot be read. Never throws. */
  readonly skipped?: (topic: string) => void
}

/** What one fetch may bring for a partition, in bytes: Kafka's own default, or less where the partition's share of the buffer is small. */
const partitionFetchBytesMax = 1024 * 1024
const partitionFetchBytesMin = 16 * 1024

/** How many unreadable batches are logged: a producer that compresses wrongly makes thousands a minute. All of them are counted. */
const unreadablePerMinuteMax = 100
/** How many damaged batches are logged: a long one is passed in some twenty steps. All of them are counted. */
const damagedPerMinuteMax = 30

/**
 * The partitions with their buffers, which outlive the loops that fetch them. What enters: record batches as they came.
 * What leaves: each partition's observable. Dropped: batches that cannot be read or are damaged, which are counted and logged.
 */
export class KafkaPartitions {
  private readonly found = new ReplaySubject<Partition>()
  readonly partitions$ = this.found.asObservable()
  private readonly room: BufferRoom
  private readonly turnShares = new TurnShares()
  private readonly buffers = new Map<string, PartitionBuffer>()
  private readonly damaged: DamagedBatches
  private readonly unreadablePace: LinePace
  private readonly fillPace: FillPace
  /** For each partition that waits to be fetched again, the function that cancels its pause. */
  private readonly pausing = new Map<string, () => void>()

  constructor(
    private readonly options: KafkaPartitionsOptions,
    /** Called when a paused partition may be fetched again. */
    private readonly resume: (topic: string, partition: number) => void,
  ) {
    this.room = new BufferRoom(options.bufferBytesMax, options.clock)
    this.damaged = new DamagedBatches(options.log, options.meter, new LinePace(damagedPerMinuteMax, options.clock))
    this.fillPace = new FillPace(options.clock, options.fillBytesPerSecond ?? 0)
    this.unreadablePace = new LinePace(unreadablePerMinuteMax, options.clock)
  }

  get count(): number {
    return this.buffers.size
  }

  /** Goes through all partitions. */
  state(): Omit<SourceState, 'brokersLost'> {
    let [bufferBytes, paused] = [this.room.large.openBytes, 0]
    for (const buffer of this.buffers.values()) {
      bufferBytes += buffer.heldBytes
      if (!buffer.hasRoom) paused++
    }
    return { partitions: this.count, paused, bufferBytes, bufferBytesMax: this.options.bufferBytesMax }
  }

  get fetchBytesMax(): number {
    return Math.max(partitionFetchBytesMin, Math.min(partitionFetchBytesMax, Math.floor(this.room.share / 2)))
  }

  /** Undefined until `begin` was called for it. */
  get(topic: string, partition: number): PartitionBuffer | undefined {
    return this.buffers.get(`${topic}/${partition}`)
  }

  begin(topic: string, partition: number, start: LogStart): void {
    const name = `${topic}/${partition}`
    const { options, room, turnShares } = this
    const hasRoomAgain = () => {
      if (!this.pausing.has(name)) this.resume(topic, partition)
    }
    const buffer = new PartitionBuffer({ topic, partition, clock: options.clock, start, room, turnShares, hasRoomAgain })
    this.buffers.set(name, buffer)
    this.found.next(buffer.partition)
  }

  /** Lets go of what is held of a partition, which is placed anew and owes no pause for what it brought. */
  clear(topic: string, partition: number): void {
    this.get(topic, partition)?.clear()
    this.pausing.get(`${topic}/${partition}`)?.()
    this.endPause(topic, partition)
  }

  /** Takes the batches of a fetch. */
  receive(fetched: Fetched): Reception {
    const { topic, partition, position, log, endOffset } = fetched
    const buffer = this.get(topic, partition)!
    buffer.noteEnd(endOffset)
    const passing = this.damaged.passes(topic, partition, position, { batches: log.batches, endOffset })
    if (passing !== undefined) return this.fetchFrom(topic, partition, passing)
    const reception = this.take(fetched, buffer)
    buffer.passTo(reception.position)
    return reception
  }

  end(): void {
    for (const cancel of this.pausing.values()) cancel()
    for (const buffer of this.buffers.values()) buffer.end()
    this.found.complete()
  }

  private take({ topic, partition, position, log: { batches, last }, endOffset }: Fetched, buffer: PartitionBuffer): Reception {
    const firstDamaged = batches.findIndex(({ damage }) => damage !== undefined)
    const sound = (firstDamaged === -1 ? batches : batches.slice(0, firstDamaged)).filter(({ lastOffset }) => lastOffset >= position)
    const unreadable = (which: KafkaRecordBatch, reason: string) => this.noteUnreadable(topic, partition, which, reason)
    for (const one of sound) buffer.add(new UnreadBatch(one, position, unreadable))
    if (firstDamaged === -1) {
      const afterMs = buffer.isFilling ? this.fillPace.waitMs(sound.reduce((bytes, { length }) => bytes + length, 0)) : 0
      return this.fetchFrom(topic, partition, { fromOffset: Math.max(position, offsetBehind(last)), afterMs })
    }
    // Batches behind a damaged one are fetched again too, as with unknown content among them it is unknown which transactions are aborted.
    const [batch, ...following] = batches.slice(firstDamaged)
    const damagedAt = Math.max(position, offsetBehind(sound.at(-1)))
    const damage = { topic, partition, position: damagedAt, batch: batch!, following, endOffset }
    const again = this.damaged.met(damage)
    if (again.fromOffset > damagedAt) this.options.skipped?.(topic)
    return this.fetchFrom(topic, partition, again)
  }

  private fetchFrom(topic: string, partition: number, { fromOffset, afterMs }: FetchAgain): Reception {
    if (afterMs > 0)
      this.pausing.set(
        `${topic}/${partition}`,
        this.options.clock.after(afterMs, () => this.endPause(topic, partition)),
      )
    return { position: fromOffset, mayGoOn: afterMs === 0 && this.get(topic, partition)!.hasRoom }
  }

  private endPause(topic: string, partition: number): void {
    this.pausing.delete(`${topic}/${partition}`)
    if (this.get(topic, partition)?.hasRoom === true) this.resume(topic, partition)
  }

  private noteUnreadable(topic: string, partition: number, { firstOffset, lastOffset }: KafkaRecordBatch, reason: string): void {
    const { log, meter } = this.options
    Meter.count(meter.offsetsSkipped, 'unreadable_batch', lastOffset - firstOffset + 1)
    this.options.skipped?.(topic)
    const line = this.unreadablePace.next()
    if (line === 'log') log.error({ topic, partition, firstOffset, lastOffset, reason }, 'a batch cannot be read and is skipped')
    if (line === 'last') log.error({ logged: unreadablePerMinuteMax }, 'more batches of this minute cannot be read than are logged')
  }
}

function offsetBehind(batch: KafkaRecordBatch | undefined): number {
  return batch === undefined ? 0 : batch.lastOffset + 1
}
