/** Reads the fields of Kafka's protocol one after the other, as `FieldWriter` writes them. @throws RangeError beyond the end. */
export class FieldReader {
  private position = 0

  constructor(
    private readonly input: Buffer,
    private readonly isFlexible: boolean,
  ) {}

  boolean(): boolean {
    return this.int8() !== 0
  }

  int8(): number {
    return this.input.readInt8(this.advance(1))
  }

  int16(): number {
    return this.input.readInt16BE(this.advance(2))
  }

  int32(): number {
    return this.input.readInt32BE(this.advance(4))
  }

  int64(): bigint {
    return this.input.readBigInt64BE(this.advance(8))
  }

  /** Offsets count from 0, so it takes centuries to fill the 53 bits of a number. A larger offset cannot be true, and nothing is there. */
  offset(): number {
    const offset = Number(this.int64())
    if (!Number.isSafeInteger(offset)) throw new RangeError(`${offset} cannot be an offset`)
    return offset
  }

  /** The id's 16 bytes in hex. */
  uuid(): string {
    const start = this.advance(16)
    return this.input.toString('hex', start, start + 16)
  }

  /** Empty where the string is null. */
  string(): string {
    const length = this.isFlexible ? this.uvarint() - 1 : this.int16()
    const start = this.advance(Math.max(0, length))
    return this.input.toString('utf8', start, this.position)
  }

  /** The bytes, not copied; empty where they are null. */
  bytes(): Buffer {
    const length = this.isFlexible ? this.uvarint() - 1 : this.int32()
    const start = this.advance(Math.max(0, length))
    return this.input.subarray(start, this.position)
  }

  /** Empty where the array is null. */
  array<T>(element: () => T): T[] {
    const count = this.isFlexible ? this.uvarint() - 1 : this.int32()
    if (count > this.input.length - this.position) throw new RangeError(`${count} elements in ${this.input.length - this.position} bytes`)
    const elements: T[] = []
    for (let i = 0; i < count; i++) elements.push(element())
    return elements
  }

  /** The optional fields at the end of a structure. @param read called with each field's number; what it leaves unread is passed over. */
  tags(read: (tag: number) => void = () => undefined): void {
    if (!this.isFlexible) return
    for (let count = this.uvarint(); count > 0; count--) {
      const tag = this.uvarint()
      const end = this.uvarint() + this.position
      read(tag)
      this.advance(end - this.position)
    }
  }

  private uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.input.readUInt8(this.advance(1))
      value |= (byte & 0x7f) << shift
      if (byte < 128) return value >>> 0
    }
    throw new RangeError('a length is too long')
  }

  private advance(length: number): number {
    if (length < 0) throw new RangeError('a field is longer than it says')
    const start = this.position
    this.position += length
    if (this.position > this.input.length) throw new RangeError('an answer ends too early')
    return start
  }
}
