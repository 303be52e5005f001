/** How many words are taken at a time. */
const roomWords = 1 << 16

/** Places for some words each, outside of JavaScript's heap. Freed ones are used again for as many words. */
export class WordRoom {
  private readonly rooms: Uint32Array[] = []
  /** By the number of words: where freed places begin. */
  private readonly free = new Map<number, number[]>()
  private used = roomWords

  /** What is taken, in bytes. */
  get bytes(): number {
    return this.rooms.length * roomWords * Uint32Array.BYTES_PER_ELEMENT
  }

  /** Answers where the place begins. What it holds is left from before. @param words up to `roomWords`. */
  take(words: number): number {
    const freed = this.free.get(words)?.pop()
    if (freed !== undefined) return freed
    if (this.used + words > roomWords) {
      this.rooms.push(new Uint32Array(roomWords))
      this.used = 0
    }
    const start = (this.rooms.length - 1) * roomWords + this.used
    this.used += words
    return start
  }

  giveBack(start: number, words: number): void {
    const freed = this.free.get(words)
    if (freed === undefined) this.free.set(words, [start])
    else freed.push(start)
  }

  /** The place itself. */
  at(start: number, words: number): Uint32Array {
    const from = start % roomWords
    return this.rooms[Math.floor(start / roomWords)]!.subarray(from, from + words)
  }
}
