import type { Socket } from 'node:net'

/** A request as a broker gets it. */
export interface RequestFrame {
  readonly apiKey: number
  readonly version: number
  /** The number by which the client knows the answer. */
  readonly correlation: Buffer
  readonly clientId: string
  readonly body: Buffer
}

/** Calls `serve` with each request that comes by the socket, in their order. */
export function takeRequests(socket: Socket, serve: (request: RequestFrame) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const request = rest.subarray(4, 4 + rest.readInt32BE(0))
      rest = rest.subarray(4 + request.length)
      serve(readRequest(request))
    }
  })
}

export function writeResponse(socket: Socket, { correlation }: RequestFrame, answer: Buffer): void {
  const length = Buffer.alloc(4)
  length.writeInt32BE(correlation.length + answer.length)
  socket.write(Buffer.concat([length, correlation, answer]))
}

function readRequest(bytes: Buffer): RequestFrame {
  const bodyAt = 10 + bytes.readInt16BE(8)
  const head = { apiKey: bytes.readInt16BE(0), version: bytes.readInt16BE(2), correlation: bytes.subarray(4, 8) }
  return { ...head, clientId: bytes.toString('utf8', 10, bodyAt), body: bytes.subarray(bodyAt) }
}
