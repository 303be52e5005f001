import { Block, blockBytes } from './block.js'
import { Row } from './row.js'

export interface WindowLimits {
  readonly bytesMax: number
  readonly secondsMax: number
}

/** How many versions are forgotten for their age at a time: a second may have brought so many that all would hold up the event loop. */
const forgottenMax = 1000

/**
 * The versions of all types that were superseded, in the order in which they were, as far back as the limits allow. A position is the number
 * of a block, counted from the first one that ever was, times `blockBytes`, and the place in it. It leads to its version until that is
 * forgotten.
 */
export class Window {
  private readonly blocks: Block[] = []
  /** The number of the first of them. */
  private firstNumber = 0
  /** Where the oldest version lies in the first block. */
  private firstStart = 0
  private rowsBytes = 0

  /** @param nowMs the monotonic time, in milliseconds. */
  constructor(
    private readonly limits: WindowLimits,
    private readonly nowMs: () => number,
  ) {}

  /** What the versions take, in bytes. */
  get bytes(): number {
    return this.rowsBytes
  }

  /** How long ago the oldest version was superseded, in seconds; 0 where there is none. */
  get ageSeconds(): number {
    const oldest = this.oldest()
    return oldest === undefined ? 0 : this.nowSeconds() - oldest.tag
  }

  /**
   * Copies a version that is superseded now and answers its position. What was older and has no room any more is forgotten; a version that is
   * larger than all the room is kept until the next one comes.
   */
  push(row: Row): number {
    const { length } = row
    this.forgetOld()
    while (this.blocks.length > 0 && this.rowsBytes + length > this.limits.bytesMax) this.forgetOldest()
    const last = this.blockFor(length)
    const copy = new Row(last, last.take(length))
    copy.copyFrom(row)
    copy.tag = this.nowSeconds()
    this.rowsBytes += length
    return (this.firstNumber + this.blocks.length - 1) * blockBytes + copy.start
  }

  /** Undefined where the version is forgotten, and for a negative position. */
  at(position: number): Row | undefined {
    const number = Math.floor(position / blockBytes)
    const start = position - number * blockBytes
    if (number < this.firstNumber || (number === this.firstNumber && start < this.firstStart)) return undefined
    const block = this.blocks[number - this.firstNumber]
    return block && new Row(block, start)
  }

  /** Forgets some of what is older than the limit allows. Answers whether that was all. */
  forgetOld(): boolean {
    const before = this.nowSeconds() - this.limits.secondsMax
    for (let n = 0; n < forgottenMax; n++) {
      const oldest = this.oldest()
      if (oldest === undefined || oldest.tag >= before) return true
      this.forgetOldest()
    }
    return false
  }

  private forgetOldest(): void {
    const oldest = this.oldest()!
    this.rowsBytes -= oldest.length
    this.firstStart += oldest.length
    oldest.erase()
    if (this.firstStart < oldest.block.used) return
    this.blocks.shift()
    this.firstNumber++
    this.firstStart = 0
  }

  private oldest(): Row | undefined {
    const [block] = this.blocks
    return block && new Row(block, this.firstStart)
  }

  private blockFor(length: number): Block {
    const last = this.blocks.at(-1)
    if (last?.hasRoomFor(length) === true) return last
    const made = new Block(Math.max(length, blockBytes))
    this.blocks.push(made)
    return made
  }

  private nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000)
  }
}
