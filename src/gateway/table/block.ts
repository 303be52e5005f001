/**
 * How much memory is taken at a time, in bytes: rows lie in blocks outside of JavaScript's heap, as collecting ten million objects would
 * stop the process for seconds.
 */
export const blockBytes = 1 << 20

/** Rows one after the other, each at a multiple of 8. */
export class Block {
  readonly bytes: Buffer
  readonly words: Uint32Array
  readonly doubles: Float64Array
  /** Where the next row begins. */
  used = 0
  /** What the rows that are still in use take, in bytes. */
  live = 0

  /** @param size larger than `blockBytes` where a single row is. */
  constructor(size = blockBytes) {
    const memory = new ArrayBuffer(size)
    this.bytes = Buffer.from(memory)
    this.words = new Uint32Array(memory)
    this.doubles = new Float64Array(memory)
  }

  get size(): number {
    return this.bytes.byteLength
  }

  hasRoomFor(length: number): boolean {
    return this.used + length <= this.size
  }

  /** Answers where the row begins. @param length a multiple of 8, for which there is room. */
  take(length: number): number {
    const start = this.used
    this.used += length
    this.live += length
    return start
  }
}
