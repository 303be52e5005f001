import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { WebSocket, type ClientOptions } from 'ws'
import { readBatch } from '#protocol/batch.js'
import { readMessage, type ServerMessage, type UpdateMessage } from '#protocol/message.js'
import { writeRequest, type Request } from '#protocol/request.js'

/** A client by another library than the server's, which keeps what it receives. */
export class WsClient {
  readonly received: string[] = []
  /** Resolves with the close code and reason. */
  readonly closed: Promise<{ code: number; reason: string }>

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.received.push(data.toString()))
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })))
  }

  static async connect(url: string, { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {}): Promise<WsClient> {
    const client = new WsClient(new WebSocket(url, protocols, options))
    await once(client.socket, 'open')
    return client
  }

  ask(request: Request): void {
    this.socket.send(writeRequest(request))
  }

  /** All that it was told. Throws where that was no message of the protocol. */
  messages(): ServerMessage[] {
    return this.received.flatMap((text) => {
      const messages = readBatch(text) ?? [readMessage(text)]
      return messages.map((message) => message ?? assert.fail(`no message of the protocol: ${text}`))
    })
  }

  updates(): UpdateMessage[] {
    return this.messages().filter((message) => message.type === 'entity_update')
  }

  /** The names of the fields that the latest update shows, separated by commas. */
  latestFields(): string {
    return Object.keys(this.updates().at(-1)?.data ?? {}).join()
  }
}

export interface Refusal {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** The answer to an upgrade that is refused. */
export async function refusedUpgrade(
  url: string,
  { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
): Promise<Refusal> {
  const socket = new WebSocket(url, protocols, options)
  socket.on('error', () => undefined)
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode!, headers: response.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }
}
