/** Writes the fields of Kafka's protocol one after the other: https://kafka.apache.org/protocol.html#protocol_types */
export class FieldWriter {
  private buffer = Buffer.allocUnsafe(256)
  private length = 0

  /** @param isFlexible whether lengths are varints and structures end with tags, as in the newer versions of each question. */
  constructor(private readonly isFlexible: boolean) {}

  /** What was written so far. Later fields may overwrite these bytes, as they are not copied. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    const start = this.advance(1)
    this.buffer.writeInt8(value, start)
  }

  int16(value: number): void {
    const start = this.advance(2)
    this.buffer.writeInt16BE(value, start)
  }

  int32(value: number): void {
    const start = this.advance(4)
    this.buffer.writeInt32BE(value, start)
  }

  int64(value: number): void {
    const start = this.advance(8)
    this.buffer.writeBigInt64BE(BigInt(value), start)
  }

  /** @param hex of its 16 bytes. */
  uuid(hex: string): void {
    const start = this.advance(16)
    this.buffer.write(hex, start, 'hex')
  }

  string(value: string): void {
    const length = Buffer.byteLength(value)
    if (this.isFlexible) this.uvarint(length + 1)
    else this.int16(length)
    const start = this.advance(length)
    this.buffer.write(value, start)
  }

  /** @param elements undefined for none at all, which is something else than an empty array. */
  array<T>(elements: readonly T[] | undefined, write: (element: T) => void): void {
    const length = elements?.length ?? -1
    if (this.isFlexible) this.uvarint(length + 1)
    else this.int32(length)
    for (const element of elements ?? []) write(element)
  }

  /** The optional fields at the end of a structure, of which we write none. */
  tags(): void {
    if (this.isFlexible) this.uvarint(0)
  }

  private uvarint(value: number): void {
    let rest = value
    for (; rest > 127; rest >>>= 7) this.byte((rest & 127) | 128)
    this.byte(rest)
  }

  private byte(value: number): void {
    const start = this.advance(1)
    this.buffer[start] = value
  }

  /** Makes room for a field. Its writer must look up `buffer` after this call, which may have replaced it. */
  private advance(bytes: number): number {
    const start = this.length
    this.length += bytes
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(2 * this.length)
      this.buffer.copy(larger, 0, 0, start)
      this.buffer = larger
    }
    return start
  }
}
