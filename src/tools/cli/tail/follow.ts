import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { Clock } from '#clock.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { readRefusal } from '#protocol/http-refusal.js'
import { readMessage, type ServerMessage } from '#protocol/message.js'
import { writeRequest, type Request } from '#protocol/request.js'
import type { Ending } from './ending.js'

export interface Destination {
  /** Where to connect: `ws://HOST:PORT/ws/{client_id}`. */
  readonly address: URL
  readonly token: string
}

export type Send = (request: Request) => void

export interface Follower {
  readonly clock: Clock
  /** Aborted when the user has had enough. */
  readonly stop: AbortSignal
  /** The connection is open. */
  opened(send: Send): void
  /** Each message that can be read, with the text that it was read from. Answers the ending where it is one. */
  received(message: ServerMessage, text: string, send: Send): Ending | undefined
  /** A frame that is no message of the protocol. */
  notUnderstood(text: string): void
}

/** A gateway answers an upgrade at once. If it takes longer than this, the network loses packets. */
const handshakeTimeoutMs = 10_000
/** A ping that is not answered before the next one means that the connection is dead: laptops sleep, and networks change. */
const pingIntervalMs = 30_000
/** A close that the server does not answer must not hold up Ctrl-C. */
const farewellMsMax = 500
/** A longer HTTP answer than this is not an error of the gateway. */
const refusalBytesMax = 4096

/** One connection, from the first packet to the last. Never rejects. */
export async function follow({ address, token }: Destination, follower: Follower): Promise<Ending> {
  const socket = new WebSocket(address, ['sluice.v1'], { headers: bearerHeaders(token), handshakeTimeout: handshakeTimeoutMs })
  const tidy = [giveUpWhenSilent(socket, follower.clock), closeOn(follower.stop, socket, follower.clock)]
  try {
    return await new Promise((resolve) => listen(socket, follower, resolve))
  } finally {
    for (const end of tidy) end()
    socket.terminate()
  }
}

/** The first ending counts: what `ws` reports after it follows from it. */
function listen(socket: WebSocket, follower: Follower, end: (ending: Ending) => void): void {
  let opened = false
  const send: Send = (request) => socket.send(writeRequest(request))
  socket.on(
    'unexpected-response',
    (_request, response) =>
      void upgradeRefused(response)
        .then(end)
        .finally(() => socket.terminate()),
  )
  socket.on('open', () => {
    opened = true
    follower.opened(send)
  })
  socket.on('message', (data) => {
    const text = frameText(data)
    const message = readMessage(text)
    if (message === undefined) return follower.notUnderstood(text)
    const ending = follower.received(message, text, send)
    if (ending !== undefined) end(ending)
  })
  // After the opening, 'close' follows and brings the code.
  socket.on('error', (error) => opened || end({ kind: 'unreachable', message: failureText(error) }))
  socket.on('close', (code, reason) => end({ kind: 'closed', code, reason: reason.toString() }))
}

/** `ws` hands on fragments and array buffers only to those that ask for them. */
function frameText(data: WebSocket.RawData): string {
  return (data as Buffer).toString()
}

/** An attempt on several addresses (`localhost` has two) fails with an error for each, and has no message of its own. */
function failureText(error: Error): string {
  return error instanceof AggregateError ? error.errors.map((each) => (each as Error).message).join(', ') : error.message
}

async function upgradeRefused(response: IncomingMessage): Promise<Ending> {
  return { kind: 'upgrade_refused', status: response.statusCode ?? 0, message: readRefusal(await readBody(response))?.message ?? '' }
}

/** The part of an answer that arrived before it ended, broke off or became too long. */
async function readBody(response: IncomingMessage): Promise<string> {
  let body = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      body += chunk as string
      if (body.length > refusalBytesMax) break
    }
  } catch {
    // The status is what matters, and it has arrived.
  }
  return body
}

function giveUpWhenSilent(socket: WebSocket, clock: Clock): () => void {
  let answered = true
  const ask = (): void => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
    cancel = clock.after(pingIntervalMs, ask)
  }
  let cancel = (): void => undefined
  socket.on('open', () => (cancel = clock.after(pingIntervalMs, ask)))
  socket.on('pong', () => (answered = true))
  return () => cancel()
}

function closeOn(stop: AbortSignal, socket: WebSocket, clock: Clock): () => void {
  let cancel = (): void => undefined
  const close = (): void => {
    cancel = clock.after(farewellMsMax, () => socket.terminate())
    socket.close(1000)
  }
  stop.addEventListener('abort', close, { once: true })
  return () => {
    stop.removeEventListener('abort', close)
    cancel()
  }
}
