const head = '{"type":"entity_update","entity_id":"o'
const entityDigits = 8
const sequenceDigits = 10
const entityAt = head.length
/** The last bytes before the sequence number tell a message whose numbers stand where they should. */
const mark = Buffer.from('"seq":')

/** Where an `entity_update` has its entity's number and its sequence number: at fixed places, as ids and numbers have fixed widths. */
class UpdateLayout {
  private readonly sequenceAt: number

  constructor(operation: 'update' | 'snapshot') {
    this.sequenceAt = entityAt + entityDigits + `","entity_type":"order","operation":"${operation}","data":{"seq":`.length
  }

  /** Whether the text at `start` is such a message, of which the numbers can be read. */
  fits(chunk: Buffer, start: number, end: number): boolean {
    if (end - start < this.sequenceAt + sequenceDigits) return false
    const markAt = start + this.sequenceAt - mark.length
    for (let i = 0; i < mark.length; i++) if (chunk[markAt + i] !== mark[i]) return false
    return true
  }

  entityNumberAt(chunk: Buffer, start: number): number {
    return digitsAt(chunk, start + entityAt, entityDigits)
  }

  sequenceNumberAt(chunk: Buffer, start: number): number {
    return digitsAt(chunk, start + this.sequenceAt, sequenceDigits)
  }
}

export const updateLayout = new UpdateLayout('update')
export const snapshotLayout = new UpdateLayout('snapshot')

function digitsAt(chunk: Buffer, start: number, digits: number): number {
  let value = 0
  for (let i = start; i < start + digits; i++) value = value * 10 + (chunk[i]! - 48)
  return value
}

const messageHead = Buffer.from(',{"type":"')

/** Where the messages of a batched frame lie: an array, of which no message has such a beginning within it. */
export function* messagesIn(chunk: Buffer, start: number, end: number): Generator<readonly [start: number, end: number]> {
  let from = start + 1
  for (;;) {
    const comma = chunk.indexOf(messageHead, from)
    if (comma === -1 || comma >= end) break
    yield [from, comma]
    from = comma + 1
  }
  yield [from, end - 1]
}
