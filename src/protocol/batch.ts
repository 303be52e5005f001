import { readMessageIn, type ServerMessage } from './message.js'

const [open, comma, close] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer]

/** The frame of a batch (`sluice.v1.batch`) with these messages, of which there must be one or more. */
export function writeBatch(messages: readonly Uint8Array[]): Buffer {
  const pieces: Uint8Array[] = []
  for (const message of messages) pieces.push(pieces.length === 0 ? open : comma, message)
  return Buffer.concat([...pieces, close])
}

/** The messages of such a frame, undefined for each that is none; undefined for what is no batch. */
export function readBatch(text: string): readonly (ServerMessage | undefined)[] | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return Array.isArray(json) ? json.map(readMessageIn) : undefined
  } catch {
    return undefined
  }
}
