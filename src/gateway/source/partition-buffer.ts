import { BatchDraft } from './batch-draft.js'
import type { BufferRoom } from './buffer-room.js'
import { OpenBatch } from './open-batch.js'
import type { Partition } from './partition-source.js'
import { type LogStart, PartitionTurns, type TurnOptions } from './partition-turns.js'
import type { StoredBatch } from './stored-batch.js'

export interface PartitionBufferOptions extends Pick<TurnOptions, 'topic' | 'partition' | 'clock' | 'turnShares' | 'start'> {
  readonly room: BufferRoom
  /** Called when a buffer that was full has room again. */
  readonly hasRoomAgain: () => void
}

/** The records of one partition that have been fetched and not yet released. */
export class PartitionBuffer {
  readonly partition: Partition
  private readonly turns: PartitionTurns
  /** Starts are where the log does not go on. */
  private readonly waiting: (StoredBatch | LogStart)[] = []
  private waitingBytes = 0
  private current: OpenBatch | undefined
  /** The bytes of the batch that was handed on and not released. */
  private outBytes = 0
  /** The batch that was handed on holds more than the share, so it keeps its room among the large batches until it is released. */
  private isLargeOut = false
  /** The offset that the log's next record gets, as of the last answer of a broker. */
  private endOffset: number
  /** The offset that is fetched next: what lies before it and is not held is no record, or cannot be read. */
  private fetched: number
  /** Where the log ended when its position was last set. */
  private fillEnd: number
  private readonly asLarge = { enter: () => this.turns.wake(), giveBack: () => this.counted(() => this.giveBack()) }

  constructor(private readonly options: PartitionBufferOptions) {
    this.endOffset = options.start.endOffset
    this.fetched = options.start.position
    this.fillEnd = options.start.endOffset
    this.turns = new PartitionTurns({
      ...options,
      endOffset: () => this.endOffset,
      next: (recordsMax) => this.counted(() => this.next(recordsMax)),
      passed: () => this.passed(),
      released: (bytes) => this.counted(() => this.released(bytes)),
    })
    this.partition = this.turns
    options.room.join()
  }

  /** Whether more may be fetched: the buffer is empty, or half the share is free for what the next fetch brings. */
  get hasRoom(): boolean {
    return this.leavesRoom(this.heldBytes)
  }

  /** Whether the log held records when its position was set that were not fetched yet. */
  get isFilling(): boolean {
    return this.fetched < this.fillEnd
  }

  /** The bytes that are held now, without those that have room as a large batch. */
  get heldBytes(): number {
    return this.waitingBytes + (this.current?.heldBytes ?? 0) + this.outBytes
  }

  /** Keeps a batch that was fetched, in the partition's order, whether there is room or not. */
  add(stored: StoredBatch): void {
    this.waitingBytes += stored.length
    // A batch that is handed on at once soon lets go of the answer that it came in. A batch that has to wait must not hold it.
    this.waiting.push(this.isEmpty ? stored : stored.detached())
    this.turns.wake()
  }

  /** Notes where the log ends, which moves on even while the partition is paused. */
  noteEnd(offset: number): void {
    this.endOffset = offset
  }

  /** All before this offset was fetched, or is no record. */
  passTo(offset: number): void {
    if (offset <= this.fetched) return
    this.fetched = offset
    if (this.isEmpty) this.turns.wake()
  }

  /** What is fetched from now on does not follow on what was. */
  breakOff(start: LogStart): void {
    this.waiting.push(start)
    this.goOnAt(start)
  }

  /** Lets go of all that was not handed on. */
  clear(): void {
    this.counted(() => {
      this.waiting.length = this.waitingBytes = 0
      this.current = undefined
      this.leaveUnlessInUse()
    })
  }

  /** Is fetched from here on, and what lies before is not missed. */
  goOnAt({ position, endOffset }: LogStart): void {
    this.fetched = position
    this.fillEnd = this.endOffset = endOffset
    this.turns.wake()
  }

  end(): void {
    this.waiting.length = this.waitingBytes = 0
    this.current = undefined
    this.options.room.large.leave(this.asLarge)
    this.turns.end()
  }

  private get isEmpty(): boolean {
    return this.waiting.length === 0 && this.current === undefined
  }

  private passed(): number | LogStart | undefined {
    if (this.current !== undefined) return undefined
    const [first] = this.waiting
    if (first === undefined) return this.fetched
    if (!isStart(first)) return undefined
    this.waiting.shift()
    return first
  }

  /** Fills one batch from as many stored ones as it takes, as small ones would each cost a turn of their own. */
  private next(recordsMax: number): BatchDraft | undefined {
    const draft = new BatchDraft(recordsMax)
    while (this.openNext(draft.isEmpty)) {
      const bytes = this.handOnFirst(draft)
      if (bytes === 0) break
      this.outBytes += bytes
    }
    this.leaveOrStay()
    return draft.isEmpty ? undefined : draft
  }

  /** A record that is made in steps is held beside its batch, so such a draft is limited to the share. */
  private handOnFirst(draft: BatchDraft): number {
    const { current, options } = this
    const bytes = draft.add(current!.first!, current!.isInSteps ? options.room.share : undefined)
    if (bytes > 0) current!.shift(bytes)
    return bytes
  }

  /** Whether there is a record to hand on. A large batch is only opened as the first of a draft, as it might have to wait for its room. */
  private openNext(isFirst: boolean): boolean {
    while (this.current?.first === undefined) {
      const wasLarge = this.current?.isLarge === true
      this.dropIfDone()
      // A large batch without records needs its room no more, and the next one asks for its own.
      if (wasLarge && isFirst) this.leaveUnlessInUse()
      this.current ??= this.firstWaiting()
      if (this.current === undefined || !this.open(this.current, isFirst)) return false
    }
    return true
  }

  private firstWaiting(): OpenBatch | undefined {
    const [stored] = this.waiting
    if (stored === undefined || isStart(stored)) return undefined
    this.waiting.shift()
    this.waitingBytes -= stored.length
    return new OpenBatch(stored)
  }

  /** Opens the batch at once where there is room for all its records, and in steps where there is only room for its decompressed bytes. */
  private open(batch: OpenBatch, isFirst: boolean): boolean {
    const { share, large } = this.options.room
    const free = share - this.heldBytes
    if (batch.fitsAtOnce(free)) batch.openAtOnce()
    else {
      const { decompressed } = batch.needs()
      const isLarge = decompressed > free
      if (isLarge && !(isFirst && large.ask(this.asLarge, decompressed))) return false
      batch.openInSteps(isLarge)
    }
    return true
  }

  /** Lets go of a large batch after its last record, so that others need not wait for this partition's next turn. */
  private leaveOrStay(): void {
    const { large, share } = this.options.room
    if (!large.has(this.asLarge)) return
    this.isLargeOut = this.outBytes > share
    this.dropIfDone()
    large.noteUse(this.asLarge)
    this.leaveUnlessInUse()
  }

  /** Batches that are opened behind the large one do not need its room, but a part of it that is out and larger than the share does. */
  private leaveUnlessInUse(): void {
    if (this.current?.isLarge !== true && !this.isLargeOut) this.options.room.large.leave(this.asLarge)
  }

  private dropIfDone(): void {
    if (this.current?.isOpen === true && this.current.first === undefined) this.current = undefined
  }

  private released(bytes: number): void {
    this.outBytes -= bytes
    this.options.room.large.noteUse(this.asLarge)
    if (!this.isLargeOut) return
    this.isLargeOut = false
    this.leaveUnlessInUse()
  }

  private giveBack(): boolean {
    if (this.isLargeOut) return false
    if (this.current?.isLarge === true) this.current.close()
    return true
  }

  /** Makes a change to the held bytes, and reports when it gives a full buffer room again. */
  private counted<T>(change: () => T): T {
    const before = this.heldBytes
    const result = change()
    if (!this.leavesRoom(before) && this.hasRoom) this.options.hasRoomAgain()
    return result
  }

  private leavesRoom(bytes: number): boolean {
    return bytes === 0 || bytes < this.options.room.share / 2
  }
}

function isStart(one: StoredBatch | LogStart): one is LogStart {
  return 'position' in one
}
