import { AddressIndex } from './address-index.js'
import { Block, blockBytes } from './block.js'
import type { IdHash } from './id-hash.js'
import { Row, rowBytes, rowsIn, type Version } from './row.js'

/** When so much of the blocks was erased, the emptiest of them is emptied: few bytes are lost, and few rows moved. */
const erasedShareMax = 0.25
/** A row that is larger has a block of its own, so that little is left over at the end of a block. */
const sharedRowBytesMax = blockBytes / 8

/** Where the row of an entity stands, or that it has none. It holds until the next write. */
export interface Place {
  readonly id: string
  readonly hash: number
  readonly address: number | undefined
  readonly row: Row | undefined
}

/** The latest version of each entity of one type, by its id. What is replaced is erased. */
export class LatestRows {
  private readonly index = new AddressIndex()
  /** An address is the number of a block, times `blockBytes`, and the place in it. */
  private readonly blocks: (Block | undefined)[] = []
  private readonly freeNumbers: number[] = []
  /** The number of the block that is being filled. */
  private filling = -1
  private liveBytes = 0
  private erasedBytes = 0

  constructor(private readonly hashOf: IdHash) {}

  get count(): number {
    return this.index.size
  }

  /** What the rows themselves take, in bytes: the same on every node. */
  get rowBytes(): number {
    return this.liveBytes
  }

  find(id: string): Place {
    const hash = this.hashOf(id)
    const address = this.index.find(hash, (one) => this.rowAt(one).isOf(id))
    return { id, hash, address, row: address === undefined ? undefined : this.rowAt(address) }
  }

  /** The rows of all ids with this hash: nearly always one. They can be read until the next write. */
  withHash(hash: number): Row[] {
    const rows: Row[] = []
    this.index.find(hash, (address) => {
      rows.push(this.rowAt(address))
      return false
    })
    return rows
  }

  /**
   * Replaces the version before.
   * @param older the position of that in the window; negative where there is none.
   */
  put({ id, hash, address }: Place, version: Version, older: number): void {
    const length = rowBytes(id, version.value)
    const row = this.rowAt(this.addressFor(length, hash, address))
    row.write(length, id, version, older)
    row.tag = hash
    this.emptyBlock()
  }

  remove(id: string): void {
    const { hash, address } = this.find(id)
    if (address === undefined) return
    this.index.remove(hash, address)
    this.erase(address)
    this.emptyBlock()
  }

  *[Symbol.iterator](): Generator<Row> {
    for (const block of this.blocks) if (block !== undefined) yield* rowsIn(block)
  }

  /**
   * The rows of one part of the index, of `indexParts`. A row never changes its part, so that whoever visits them one by one misses none,
   * whatever is written between two parts. They can be read until the next write.
   */
  *inPart(part: number): Generator<Row> {
    for (const address of this.index.inPart(part)) yield this.rowAt(address)
  }

  private rowAt(address: number): Row {
    const number = Math.floor(address / blockBytes)
    return new Row(this.blocks[number]!, address - number * blockBytes)
  }

  /** That of the version before where the row is as long. */
  private addressFor(length: number, hash: number, before: number | undefined): number {
    if (before === undefined) {
      const address = this.take(length)
      this.index.add(hash, address)
      return address
    }
    if (this.rowAt(before).length === length) return before
    this.erase(before)
    const address = this.take(length)
    this.index.move(hash, before, address)
    return address
  }

  private take(length: number): number {
    this.liveBytes += length
    const number = this.blockFor(length)
    return number * blockBytes + this.blocks[number]!.take(length)
  }

  private blockFor(length: number): number {
    if (length > sharedRowBytesMax) return this.newBlock(length)
    if (!this.blocks[this.filling]?.hasRoomFor(length)) this.filling = this.newBlock(blockBytes)
    return this.filling
  }

  private newBlock(size: number): number {
    const number = this.freeNumbers.pop() ?? this.blocks.length
    this.blocks[number] = new Block(size)
    return number
  }

  private erase(address: number): void {
    const row = this.rowAt(address)
    this.liveBytes -= row.length
    this.erasedBytes += row.length
    row.erase()
    const number = Math.floor(address / blockBytes)
    if (row.block.live === 0 && number !== this.filling) this.free(number)
  }

  private free(number: number): void {
    const { used, live } = this.blocks[number]!
    this.erasedBytes -= used - live
    this.blocks[number] = undefined
    this.freeNumbers.push(number)
  }

  /** Where much was erased, moves the rows of one block: a megabyte at most for each row that is written. */
  private emptyBlock(): void {
    const { erasedBytes, liveBytes } = this
    if (erasedBytes < 2 * blockBytes || erasedBytes < erasedShareMax * (erasedBytes + liveBytes)) return
    const number = this.emptiest()
    const block = this.blocks[number]!
    for (const row of rowsIn(block)) {
      const address = this.take(row.length)
      this.rowAt(address).copyFrom(row)
      this.index.move(row.tag, number * blockBytes + row.start, address)
      this.liveBytes -= row.length
      this.erasedBytes += row.length
      row.erase()
    }
    this.free(number)
  }

  /** Never the block that is being filled. */
  private emptiest(): number {
    let [found, leastLive] = [-1, Infinity]
    for (const [number, block] of this.blocks.entries()) {
      const live = block === undefined || number === this.filling ? Infinity : block.live / block.used
      if (live < leastLive) [found, leastLive] = [number, live]
    }
    return found
  }
}
