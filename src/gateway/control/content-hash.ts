import { hash } from 'node:crypto'

/** The hash of a set of keys with their values, whatever the order in which they came: equal on all nodes that hold the same. */
export class ContentHash {
  private high = 0
  private low = 0

  /** Puts an entry in, or takes it out again. */
  toggle(key: string, value: string): void {
    const digest = hash('sha256', `${key.length} ${key}${value}`, 'buffer')
    this.high ^= digest.readInt32BE(0)
    this.low ^= digest.readInt32BE(4)
  }

  toString(): string {
    return [this.high, this.low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
