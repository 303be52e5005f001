/** Where an `entity_update` has its entity's number and its sequence number: at fixed places, as ids and numbers have fixed widths. */
const head = '{"type":"entity_update","entity_id":"o'
const entityDigits = 8
const middle = '","entity_type":"order","operation":"update","data":{"seq":'
const sequenceDigits = 10

const entityAt = head.length
const middleAt = entityAt + entityDigits
const sequenceAt = middleAt + middle.length
/** The last bytes before the sequence number: `"seq":` tells an update whose numbers stand where they should. */
const markAt = sequenceAt - 6
const mark = Buffer.from('"seq":')

/** Whether the text at `start` is an update of which the numbers can be read. */
export function isUpdate(chunk: Buffer, start: number, end: number): boolean {
  if (end - start < sequenceAt + sequenceDigits) return false
  for (let i = 0; i < mark.length; i++) if (chunk[start + markAt + i] !== mark[i]) return false
  return true
}

export function entityNumberAt(chunk: Buffer, start: number): number {
  return digitsAt(chunk, start + entityAt, entityDigits)
}

export function sequenceNumberAt(chunk: Buffer, start: number): number {
  return digitsAt(chunk, start + sequenceAt, sequenceDigits)
}

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
