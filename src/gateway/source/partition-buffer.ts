import { BatchInMaking, bytesOf } from './batch-size.js'
import { BatchesInTurn, type TurnOptions } from './batches-in-turn.js'
import type { LargeBatches } from './large-batches.js'
import { OpenRecords } from './open-records.js'
import type { Partition } from './partition-source.js'
import type { StoredRecords } from './stored-records.js'

/**
 * The bytes that all partitions may hold between Kafka and the pipeline, in equal shares, so that a partition that is
 * stuck never uses up what the others need.
 */
export class BufferShares {
  partitions = 0

  constructor(private readonly bytesMax: number) {}

  /** What one partition may hold, in bytes. */
  get share(): number {
    return this.bytesMax / Math.max(1, this.partitions)
  }
}

export interface PartitionBufferOptions extends Pick<TurnOptions, 'topic' | 'partition' | 'clock' | 'turnShares' | 'position'> {
  readonly shares: BufferShares
  /** For what becomes larger than the share. */
  readonly largeBatches: LargeBatches
  /** Called when a buffer that had no room may be filled again. */
  readonly hasRoomAgain: () => void
}

/** The records of one partition that have been fetched and not yet released. */
export class PartitionBuffer {
  readonly partition: Partition
  private readonly turns: BatchesInTurn
  /** The first of them is kept while its records are made in steps. */
  private readonly stored: StoredRecords[] = []
  private open: OpenRecords | undefined
  /** Records of the first stored batch that were handed on. */
  private handedOn = 0
  private bytes = 0
  /** The batch that is out holds more than the share: nobody else may have its room meanwhile. */
  private isLargeOut = false
  /** The offset that the log's next record gets, as of the last answer of a broker. */
  private endOffset: number
  private readonly asLarge = { enter: () => this.turns.wake(), giveBack: () => this.giveBack() }

  constructor(private readonly options: PartitionBufferOptions) {
    this.endOffset = options.position ?? 0
    this.turns = new BatchesInTurn({
      ...options,
      endOffset: () => this.endOffset,
      next: (recordsMax) => this.take(recordsMax),
      released: (bytes) => this.released(bytes),
    })
    this.partition = this.turns
    options.shares.partitions++
  }

  /** Whether more may be fetched: nothing is held, or what is held leaves half the share for what the next fetch brings. */
  get hasRoom(): boolean {
    return this.leavesRoom(this.bytes)
  }

  /** What is held now, in bytes, without what has room as a large batch. */
  get heldBytes(): number {
    return this.bytes
  }

  /** Takes what has been fetched, in the partition's order, whether there is room or not. */
  add(stored: StoredRecords): void {
    this.count(stored.length)
    // What is handed on at once lets go of the answer that it came in; what has to wait must not hold it.
    this.stored.push(this.stored.length > 0 || this.open !== undefined ? stored.detached() : stored)
    this.turns.wake()
  }

  /** Where the log ends, which rises while the partition is paused too. */
  noteEnd(offset: number): void {
    this.endOffset = offset
  }

  end(): void {
    this.stored.length = 0
    this.open = undefined
    this.options.largeBatches.leave(this.asLarge)
    this.turns.end()
  }

  /** As much as one batch may hold, of however many that were stored: small ones would each cost a turn of their own. */
  private take(recordsMax: number) {
    const batch = new BatchInMaking(recordsMax)
    while (this.openNext(batch.records.length === 0) && this.takeFirst(batch)) this.shift()
    this.leaveOrStay(batch.bytes)
    return batch.records.length === 0 ? undefined : batch
  }

  /** Of a large batch that was handed on to its last record nothing is kept, so that others need not wait until this partition's next turn. */
  private leaveOrStay(bytesOut: number): void {
    const { largeBatches, shares } = this.options
    if (!largeBatches.has(this.asLarge)) return
    this.isLargeOut = bytesOut > shares.share
    if (this.open?.first === undefined) this.close()
    largeBatches.noteUse(this.asLarge)
    this.leaveUnlessInUse()
  }

  /** Whatever was opened behind the large batch does not need its room, but a part of it that is out and larger than the share does. */
  private leaveUnlessInUse(): void {
    if (this.open?.isLarge !== true && !this.isLargeOut) this.options.largeBatches.leave(this.asLarge)
  }

  /** What was made in steps comes on top of what it was made of, and may be no more than the share. */
  private takeFirst(batch: BatchInMaking): boolean {
    const { first, isInSteps } = this.open!
    return batch.take(first!, isInSteps ? this.options.shares.share : undefined)
  }

  private shift(): void {
    const open = this.open!
    if (open.isInSteps) this.count(bytesOf(open.first!))
    open.shift()
    this.handedOn++
  }

  /** Whether a record is there to be handed on. What is large is not opened behind others: it might have to wait. */
  private openNext(isFirst: boolean): boolean {
    while (this.open?.first === undefined) {
      const wasLarge = this.open?.isLarge === true
      if (this.open !== undefined) this.close()
      // A large one without records: the next one asks for what it needs itself.
      if (wasLarge && isFirst) this.leaveUnlessInUse()
      const [next] = this.stored
      if (next === undefined || !this.openOne(next, isFirst)) return false
    }
    return true
  }

  /** At once where there is room for all its records, in steps where there is room for what they are made of. */
  private openOne(next: StoredRecords, isFirst: boolean): boolean {
    const needs = next.needs()
    const room = this.options.shares.share - this.bytes
    if (this.handedOn === 0 && needs.records - next.length <= Math.max(0, room)) {
      this.open = OpenRecords.atOnce(next.open())
      this.count(this.open.bytes - next.length)
      this.stored.shift()
      return true
    }
    const isLarge = needs.decompressed > room
    if (isLarge && !(isFirst && this.options.largeBatches.ask(this.asLarge, needs.decompressed))) return false
    const counted = isLarge ? 0 : needs.decompressed
    this.open = OpenRecords.inSteps(next.openInSteps(), this.handedOn, counted, isLarge)
    this.count(counted)
    return true
  }

  /** All of it was handed on. */
  private close(): void {
    const { open } = this
    this.open = undefined
    this.handedOn = 0
    if (open?.isInSteps !== true) return
    this.count(-open.bytes - this.stored.shift()!.length)
  }

  private released(bytes: number): void {
    this.count(-bytes)
    this.options.largeBatches.noteUse(this.asLarge)
    if (!this.isLargeOut) return
    this.isLargeOut = false
    this.leaveUnlessInUse()
  }

  private giveBack(): boolean {
    if (this.isLargeOut) return false
    // It is stored still, which what is opened at once is not.
    if (this.open?.isLarge === true) this.open = undefined
    return true
  }

  private count(bytes: number): void {
    const hadRoom = this.leavesRoom(this.bytes)
    this.bytes += bytes
    if (!hadRoom && this.leavesRoom(this.bytes)) this.options.hasRoomAgain()
  }

  private leavesRoom(bytes: number): boolean {
    return bytes === 0 || bytes < this.options.shares.share / 2
  }
}
