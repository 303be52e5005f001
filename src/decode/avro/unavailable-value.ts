import type { AvroReader } from './avro-reader.js'
import { type AvroNode, minWidthOf, type ScalarNode } from './avro-schema.js'

/** Whether the value that begins at the reader's place is the one that stands for 'not known here'. The reader stays where it is. */
export type IsUnavailable = (reader: AvroReader) => boolean

/**
 * What a connector writes in place of a value that it does not have, such as a large column that did not change: a fixed text, its bytes,
 * or a list of it; of whole numbers the list of its bytes. It is never a value.
 */
export class UnavailableValue {
  private readonly bytes: Buffer

  constructor(private readonly text: string) {
    this.bytes = Buffer.from(text)
  }

  /** Undefined where no value of the type can be it. */
  testOf(node: ScalarNode): IsUnavailable | undefined {
    if (node.kind === 'string' || node.kind === 'bytes') return ahead((reader) => this.standsIn(reader, reader.length()))
    if (node.kind === 'fixed' && node.size === this.bytes.length) return ahead((reader) => this.standsIn(reader, node.size))
    const symbol = node.kind === 'enum' ? node.symbols.indexOf(this.text) : -1
    return symbol === -1 || node.kind !== 'enum' ? undefined : ahead((reader) => reader.index(node.symbols.length) === symbol)
  }

  /** Of a list of whole numbers, which has no place for a text; undefined where the list is of something else. */
  testOfList(items: AvroNode): IsUnavailable | undefined {
    const branches = items.kind === 'union' ? items.branches : [items]
    if (!branches.some(isWhole) || !branches.every((branch) => isWhole(branch) || branch.kind === 'null')) return undefined
    const isItem = branches.map(isWhole)
    const read = items.kind === 'union' ? (reader: AvroReader) => isItem[reader.index(isItem.length)]! : () => true
    return aheadInList((reader) => this.standsInNumbers(reader, minWidthOf(items), read))
  }

  private standsIn(reader: AvroReader, length: number): boolean {
    if (length !== this.bytes.length) return false
    const start = reader.skip(length)
    return this.bytes.compare(reader.bytes, start, start + length) === 0
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

function isWhole(node: AvroNode): boolean {
  return (node.kind === 'int' || node.kind === 'long') && node.logical === undefined
}

/** Of a scalar. */
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
