import { AddressIndex } from './address-index.js'
import { WordRoom } from './word-room.js'

/** A set that is larger is not kept, only counted: to look through it for one that leaves would take longer than an event does. */
export const setMax = (1 << 15) - 1

// The address of a set is where its words begin, times 32, and its size: it has two to the power of the size. The first word says how many
// hashes are there, behind it is room for them. A set that is only counted has a size of its own, and its number in place of where it begins.
const sizes = 32
const countedSize = sizes - 1

/** What the index takes for a key, in bytes, in the mean between two times that it grows. */
const indexBytes = 24

/** Sets of hashes by the hash of a key. The same hash may be in a set several times, as that of two ids. */
export class HashSets {
  private readonly index = new AddressIndex()
  private readonly room = new WordRoom()

  /** What they take, in bytes. */
  get bytes(): number {
    return this.index.size * indexBytes + this.room.bytes
  }

  add(key: number, hash: number): void {
    const address = this.index.find(key, isIt)
    if (address === undefined) return this.index.add(key, this.newSet([hash], 1))
    if (isCounted(address)) return this.index.move(key, address, address + sizes)
    const words = this.wordsAt(address)
    const count = words[0]!
    if (count + 1 === words.length) return this.grow(key, address, hash)
    words[count + 1] = hash
    words[0] = count + 1
  }

  /** Once, where it is there. */
  remove(key: number, hash: number): void {
    const address = this.index.find(key, isIt)
    if (address === undefined) return
    if (isCounted(address)) return this.countDown(key, address)
    const words = this.wordsAt(address)
    const count = words[0]!
    const at = words.subarray(1, count + 1).indexOf(hash) + 1
    if (at === 0) return
    words[at] = words[count]!
    words[0] = count - 1
    if (count === 1) this.forget(key, address)
  }

  /** Undefined where they are only counted. */
  of(key: number): Uint32Array | undefined {
    const address = this.index.find(key, isIt)
    if (address === undefined) return empty
    if (isCounted(address)) return undefined
    const words = this.wordsAt(address)
    return words.subarray(1, words[0]! + 1)
  }

  private grow(key: number, address: number, hash: number): void {
    const hashes = [...this.wordsAt(address).subarray(1), hash]
    const counted = hashes.length * sizes + countedSize
    const larger = hashes.length > setMax ? counted : this.newSet(hashes, (address % sizes) + 1)
    this.giveBack(address)
    this.index.move(key, address, larger)
  }

  private newSet(hashes: readonly number[], size: number): number {
    const start = this.room.take(wordsOf(size))
    const words = this.room.at(start, wordsOf(size))
    words[0] = hashes.length
    words.set(hashes, 1)
    return start * sizes + size
  }

  private countDown(key: number, address: number): void {
    if (address - sizes === countedSize) this.index.remove(key, address)
    else this.index.move(key, address, address - sizes)
  }

  private forget(key: number, address: number): void {
    this.index.remove(key, address)
    this.giveBack(address)
  }

  private giveBack(address: number): void {
    this.room.giveBack(Math.floor(address / sizes), wordsOf(address % sizes))
  }

  private wordsAt(address: number): Uint32Array {
    return this.room.at(Math.floor(address / sizes), wordsOf(address % sizes))
  }
}

const empty = new Uint32Array()

/** Keys with the same hash share a set: some are found too many then. */
const isIt = () => true

function isCounted(address: number): boolean {
  return address % sizes === countedSize
}

function wordsOf(size: number): number {
  return 1 << size
}
