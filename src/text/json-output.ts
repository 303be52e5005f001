import { BadRecordError } from '#errors.js'

/** Field names, nulls and decimals can make much text of few bytes. No client wants a frame of so many bytes, however large a mailbox may be. */
const lengthMax = 16 * 1024 * 1024
/** Enough for most frames. */
const bytesMin = 64 * 1024
/** What a large frame has made it grow to is given back beyond this. */
const bytesKept = 1024 * 1024
/** Up to here a loop is faster than the engine's own way, which costs 60 ns a call. */
const shortLengthMax = 48

export const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const point = 0x2e
const zero = 0x30

/** What is written would be longer than it may be. */
export class OutputFullError extends BadRecordError {
  constructor(bytesMax: number) {
    super('over_limit', `more than ${bytesMax} bytes of JSON`)
  }
}

/**
 * JSON text on its way out, as UTF-8. A frame is written straight from an event's Avro bytes to its own: without strings in between, whose
 * pieces are made, joined and encoded again, an order of 12 fields takes 1.5 µs instead of 2.4, with its frame.
 * Whoever writes what is no JSON gets no JSON. What it may hold at most is looked at before it grows, so that this costs nothing by itself.
 */
export class JsonOutput {
  private bytes: Buffer
  private end = 0
  private bytesMax = lengthMax
  /** What fits without growing. */
  private capacity: number

  /** @param sizeMin what it holds before it has to grow, in bytes. */
  constructor(private readonly sizeMin = bytesMin) {
    this.bytes = Buffer.allocUnsafeSlow(sizeMin)
    this.capacity = sizeMin
  }

  /** Bytes that are written. */
  get length(): number {
    return this.end
  }

  /** Whether the last byte is this one: an opening bracket means that no member stands before. */
  endsWith(byte: number): boolean {
    return this.bytes[this.end - 1] === byte
  }

  /** Begins anew; whatever would make it longer than this throws an `OutputFullError`. */
  clear(bytesMax = lengthMax): void {
    this.end = 0
    if (this.bytes.length > bytesKept) this.bytes = Buffer.allocUnsafeSlow(this.sizeMin)
    this.limit(bytesMax)
  }

  /** So much of what is to be written is held elsewhere for a while, and counts already. */
  hold(bytes: number): void {
    this.limit(this.bytesMax - bytes)
    this.reserve(0)
  }

  release(bytes: number): void {
    this.limit(this.bytesMax + bytes)
  }

  /** What was written behind this length is taken back. */
  rewind(length: number): void {
    this.end = length
  }

  /** What is written, in memory of its own. */
  copy(): Buffer {
    const copy = Buffer.allocUnsafe(this.end)
    this.bytes.copy(copy, 0, 0, this.end)
    return copy
  }

  /** What is written from there on. */
  textFrom(start: number): string {
    return this.bytes.toString('utf8', start, this.end)
  }

  /** UTF-8 that was prepared. */
  raw(text: Uint8Array): void {
    const { length } = text
    this.reserve(length)
    const { bytes, end } = this
    if (length > shortLengthMax) bytes.set(text, end)
    else for (let i = 0; i < length; i++) bytes[end + i] = text[i]!
    this.end = end + length
  }

  /** One character of ASCII. */
  byte(byte: number): void {
    this.reserve(1)
    this.bytes[this.end++] = byte
  }

  /** Text of ASCII that needs no quotes, or has them. */
  ascii(text: string): void {
    const { length } = text
    this.reserve(length)
    const { bytes, end } = this
    if (length > shortLengthMax) bytes.write(text, end, 'latin1')
    else for (let i = 0; i < length; i++) bytes[end + i] = text.charCodeAt(i)
    this.end = end + length
  }

  /** Any text that needs no quotes, or has them. Well-formed: no half of a surrogate pair. */
  text(text: string): void {
    const lengthAtMost = 3 * text.length
    this.reserve(this.end + lengthAtMost <= this.bytesMax ? lengthAtMost : Buffer.byteLength(text))
    this.end += this.bytes.write(text, this.end, 'utf8')
  }

  /** A string, quoted and escaped, half surrogate pairs too. */
  quoted(text: string): void {
    for (let i = 0; i < text.length; i++) if (!isPlain(text.charCodeAt(i))) return this.text(JSON.stringify(text))
    this.byte(quote)
    this.ascii(text)
    this.byte(quote)
  }

  /** A string that stands in UTF-8 elsewhere, quoted and escaped; what is no UTF-8 becomes U+FFFD, as in every decoder. */
  quotedFrom(source: Buffer, start: number, end: number): void {
    this.reserve(end - start + 2)
    const { bytes } = this
    let at = this.end
    bytes[at++] = quote
    for (let i = start; i < end; i++) {
      const byte = source[i]!
      if (!isPlain(byte)) return this.text(JSON.stringify(source.toString('utf8', start, end)))
      bytes[at++] = byte
    }
    bytes[at++] = quote
    this.end = at
  }

  integer(value: number | bigint): void {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) this.ascii(String(value))
    else this.digits(this.signOff(value), 1)
  }

  /** `unscaled` / 10^`scale`, with as many digits behind the point as the scale. */
  decimal(unscaled: number | bigint, scale: number): void {
    const magnitude = this.signOff(unscaled)
    this.digits(magnitude, scale + 1)
    if (scale > 0) this.setPoint(scale)
  }

  /** Two digits of a number below 100. */
  pair(value: number): void {
    this.reserve(2)
    const { bytes, end } = this
    const tens = (value / 10) | 0
    bytes[end] = zero + tens
    bytes[end + 1] = zero + value - 10 * tens
    this.end = end + 2
  }

  /** A number that is not below zero, with zeros before it to the width. */
  digits(value: number | bigint, width: number): void {
    if (typeof value !== 'number' || value >= 1e15) return this.ascii(String(value).padStart(width, '0'))
    let count = 1
    for (let bound = 10; value >= bound || count < width; bound *= 10) count++
    this.reserve(count)
    const { bytes, end } = this
    let at = end + count
    let rest = value
    // Of what fits into 32 bits the division is three times as fast.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 10)) bytes[--at] = zero + (rest % 10)
    for (let small = rest | 0; at > end; small = (small / 10) | 0) bytes[--at] = zero + (small % 10)
    this.end = end + count
  }

  /** Writes the sign where there is one, and answers the magnitude. */
  private signOff<N extends number | bigint>(value: N): N {
    if (value >= 0) return value
    this.byte(minus)
    return -value as N
  }

  private setPoint(digitsBehind: number): void {
    this.reserve(1)
    this.bytes.copyWithin(this.end - digitsBehind + 1, this.end - digitsBehind, this.end)
    this.bytes[this.end - digitsBehind] = point
    this.end++
  }

  private reserve(more: number): void {
    if (this.end + more > this.capacity) this.grow(this.end + more)
  }

  private grow(needed: number): void {
    if (needed > this.bytesMax) throw new OutputFullError(this.bytesMax)
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length))
    this.bytes.copy(larger, 0, 0, this.end)
    this.bytes = larger
    this.limit(this.bytesMax)
  }

  private limit(bytesMax: number): void {
    this.bytesMax = bytesMax
    this.capacity = Math.min(this.bytes.length, bytesMax)
  }
}

/** A time or a decimal: conditions compare such texts for each event. */
const textBytesMin = 64

/** What is written by the call, as a string. */
export function jsonTextOf(write: (output: JsonOutput) => void): string {
  const output = new JsonOutput(textBytesMin)
  write(output)
  return output.textFrom(0)
}

/** ASCII that stands in a JSON string as it is. */
function isPlain(code: number): boolean {
  return code >= 0x20 && code <= 0x7e && code !== quote && code !== backslash
}
