import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { pipeline, Writable } from 'node:stream'

// Records over a local socket, into a log that lives in the memory of another process. A portion is its length in bytes and then, for each
// record, the lengths of key and value, key and value. It is answered by one byte when all of it has been appended.

export interface PipedRecord {
  readonly key: Buffer
  readonly value: Buffer
}

const lengthBytes = 4

export class RecordPipe {
  private constructor(private readonly socket: Socket) {}

  static async connect(port: number): Promise<RecordPipe> {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    await once(socket, 'connect')
    return new RecordPipe(socket)
  }

  /** Resolves when all have been appended. One portion at a time. */
  async send(records: readonly PipedRecord[]): Promise<void> {
    const parts = records.flatMap(({ key, value }) => [lengthOf(key), lengthOf(value), key, value])
    const portion = Buffer.concat(parts)
    const appended = once(this.socket, 'data')
    this.socket.write(Buffer.concat([lengthOf(portion), portion]))
    await appended
  }

  close(): void {
    this.socket.destroy()
  }
}

/** Resolves with the port on which records are taken. */
export async function takeRecords(take: (record: PipedRecord) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    pipeline(socket, portionsOf(socket, take), () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function portionsOf(socket: Socket, take: (record: PipedRecord) => void): Writable {
  let kept: Buffer = Buffer.alloc(0)
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      kept = Buffer.concat([kept, bytes])
      while (kept.length >= lengthBytes && kept.length >= lengthBytes + kept.readUInt32BE(0)) {
        const end = lengthBytes + kept.readUInt32BE(0)
        for (const record of recordsIn(kept.subarray(lengthBytes, end))) take(record)
        kept = kept.subarray(end)
        socket.write(Buffer.of(1))
      }
      done()
    },
  })
}

function* recordsIn(portion: Buffer): Generator<PipedRecord> {
  let at = 0
  while (at < portion.length) {
    const [keyLength, valueLength] = [portion.readUInt32BE(at), portion.readUInt32BE(at + lengthBytes)]
    const keyAt = at + 2 * lengthBytes
    at = keyAt + keyLength + valueLength
    yield { key: portion.subarray(keyAt, keyAt + keyLength), value: portion.subarray(keyAt + keyLength, at) }
  }
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32BE(bytes.length)
  return length
}
