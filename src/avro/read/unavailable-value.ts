import { createHash } from 'node:crypto'
import type { AvroReader } from './avro-reader.js'
import { type AvroNode, type FixedNode, minWidthOf, type ScalarNode } from '../schema/avro-schema.js'

/** Whether the value at the reader's place is the one that means 'not known here'. The reader stays where it is. */
export type IsUnavailable = (reader: AvroReader) => boolean

/**
 * The text that a connector writes in place of a value that it does not have, such as a large column that did not change. It comes as the
 * text, its bytes, or a list of it; in a list of whole numbers as its bytes, in one of UUIDs as the UUID made of its bytes. It is never a
 * value.
 */
export class UnavailableValue {
  private readonly bytes: Buffer
  /** Debezium writes this UUID in a list of UUIDs, which cannot hold the text itself. */
  private readonly uuid: Buffer
  private readonly raw: readonly Buffer[]
  private readonly texts: readonly Buffer[]

  constructor(private readonly text: string) {
    this.bytes = Buffer.from(text)
    this.raw = [this.bytes]
    this.uuid = nameUuidOf(this.bytes)
    const hex = this.uuid.toString('hex')
    this.texts = [this.bytes, Buffer.from(hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))]
  }

  /** Undefined where no value of the type can be unavailable. */
  testOf(node: ScalarNode): IsUnavailable | undefined {
    if (node.kind === 'string') return ahead((reader) => standsIn(reader, reader.length(), this.texts))
    if (node.kind === 'bytes') return ahead((reader) => standsIn(reader, reader.length(), this.raw))
    if (node.kind === 'fixed') return this.testOfFixed(node)
    const symbol = node.kind === 'enum' ? node.symbols.indexOf(this.text) : -1
    return symbol === -1 || node.kind !== 'enum' ? undefined : ahead((reader) => reader.index(node.symbols.length) === symbol)
  }

  /** The test for a list of whole numbers, which cannot hold the text; undefined for other lists. */
  testOfList(items: AvroNode): IsUnavailable | undefined {
    const branches = items.kind === 'union' ? items.branches : [items]
    if (!branches.some(isWhole) || !branches.every((branch) => isWhole(branch) || branch.kind === 'null')) return undefined
    const isItem = branches.map(isWhole)
    const read = items.kind === 'union' ? (reader: AvroReader) => isItem[reader.index(isItem.length)]! : () => true
    return aheadInList((reader) => this.standsInNumbers(reader, minWidthOf(items), read))
  }

  private testOfFixed({ size, logical }: FixedNode): IsUnavailable | undefined {
    const forms = (logical?.kind === 'uuid' ? [this.bytes, this.uuid] : [this.bytes]).filter(({ length }) => length === size)
    return forms.length === 0 ? undefined : ahead((reader) => standsIn(reader, size, forms))
  }

  private standsInNumbers(reader: AvroReader, width: number, isNumber: (reader: AvroReader) => boolean): boolean {
    let at = 0
    const outer = reader.enterBlocks()
    for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
      if (at + count > this.bytes.length) return false
      for (let i = 0; i < count; i++) if (!isNumber(reader) || reader.long() !== this.bytes.readInt8(at++)) return false
    }
    reader.leaveBlocks(outer)
    return at === this.bytes.length
  }
}

/** Written as a loop rather than closures, as it is asked of every text of every record. */
function standsIn(reader: AvroReader, length: number, forms: readonly Buffer[]): boolean {
  for (let i = 0; i < forms.length; i++) {
    if (forms[i]!.length !== length) continue
    const start = reader.skip(length)
    if (forms[i]!.compare(reader.bytes, start, start + length) === 0) return true
    reader.pos = start
  }
  return false
}

/** As Java's `UUID.nameUUIDFromBytes` makes it: version 3 without a namespace (RFC 9562, 5.3). */
function nameUuidOf(bytes: Buffer): Buffer {
  const uuid = createHash('md5').update(bytes).digest()
  uuid[6] = (uuid[6]! & 0x0f) | 0x30
  uuid[8] = (uuid[8]! & 0x3f) | 0x80
  return uuid
}

/** Dates among them, as those of a list come as numbers too. */
function isWhole(node: AvroNode): boolean {
  return node.kind === 'int' || node.kind === 'long'
}

/** Looks ahead over a scalar. */
function ahead(stands: IsUnavailable): IsUnavailable {
  return (reader) => {
    const { pos } = reader
    const answer = stands(reader)
    reader.pos = pos
    return answer
  }
}

function aheadInList(stands: IsUnavailable): IsUnavailable {
  return (reader) => {
    const place = reader.place()
    const answer = stands(reader)
    reader.returnTo(place)
    return answer
  }
}
