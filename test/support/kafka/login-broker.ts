import { once } from 'node:events'
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Test } from 'tap'
import { FieldReader } from '#kafka/wire/field-reader.js'
import { FieldWriter } from '#kafka/wire/field-writer.js'
import { takeRequests, writeResponse, type RequestFrame } from './request-frames.js'
import { metadataSide, readAsked, versionsSide, writeAnswer } from './wire-answers.js'

const apiKeys = { handshake: 17, authenticate: 36 }
const errors = { none: 0, illegalSaslState: 34, authenticationFailed: 58 }

interface Login {
  readonly connection: number
  readonly mechanism: string
  /** As it came. */
  readonly text: string
  readonly atMs: number
}

interface Session {
  readonly connection: number
  mechanism: string
  startedAtMs: number
  endsAtMs: number
}

/**
 * A broker in this process that lets clients log in, by the rules of a real one: a login ends after its time, and what is asked after its
 * end cuts the connection; a login that follows the last one within a second is refused.
 */
export class LoginBroker {
  readonly logins: Login[] = []
  /** Connections that were cut as their login had ended. */
  cut = 0
  /** The names by which its clients have told who they are. */
  readonly clientIds = new Set<string>()
  /** Takes what is asked and answers nothing. */
  isHanging = false
  /** How long a login lasts, in milliseconds; 0: it does not end. */
  loginMs = 0
  /** Whether it takes the bytes of a login. */
  takes: (login: string) => boolean = () => true
  /** What it says of a login that it does not take. */
  refusal: (login: string) => string = () => 'Authentication failed'
  port = 0
  private server: Server | undefined
  private connections = 0
  private readonly sockets = new Set<Socket>()

  /** @param pems of its certificate, where it listens by TLS. */
  static async start(t: Test, pems?: { readonly cert: string; readonly key: string }): Promise<LoginBroker> {
    const broker = new LoginBroker()
    t.teardown(() => broker.stop())
    await broker.listen(pems)
    return broker
  }

  /** Again on the same port, perhaps with another certificate. */
  async listen(pems?: { readonly cert: string; readonly key: string; readonly ca?: string }): Promise<void> {
    const asks = pems?.ca !== undefined
    this.server = pems
      ? createTlsServer({ ...pems, requestCert: asks, rejectUnauthorized: asks }, (socket) => this.accept(socket))
      : createPlainServer((socket) => this.accept(socket))
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  stop(): void {
    this.server?.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket))
    const session: Session = { connection: ++this.connections, mechanism: '', startedAtMs: -Infinity, endsAtMs: -Infinity }
    takeRequests(socket, (request) => this.serve(socket, request, session))
  }

  private serve(socket: Socket, request: RequestFrame, session: Session): void {
    this.clientIds.add(request.clientId)
    const answer = this.answer(request, session)
    if (this.isHanging) return
    if (answer === undefined) {
      this.cut++
      socket.destroy()
      return
    }
    writeResponse(socket, request, answer)
  }

  /** Undefined where it cuts the connection. */
  private answer({ apiKey, version, body }: RequestFrame, session: Session): Buffer | undefined {
    if (apiKey === versionsSide.apiKey) return writeAnswer(versionsSide, { errorCode: 0, versions: versions() }, version)
    if (apiKey === apiKeys.handshake) return this.handshake(body, session)
    if (apiKey === apiKeys.authenticate) return this.authenticate(body, version, session)
    if (performance.now() > session.endsAtMs) return undefined
    return writeAnswer(metadataSide, { brokers: [], topics: readAsked(metadataSide, body, version).map(unknownTopic) }, version)
  }

  private handshake(body: Buffer, session: Session): Buffer {
    const isTooSoon = performance.now() < session.startedAtMs + 1_000
    if (!isTooSoon) session.startedAtMs = performance.now()
    session.mechanism = new FieldReader(body, false).string()
    const fields = new FieldWriter(false)
    fields.int16(isTooSoon ? errors.illegalSaslState : errors.none)
    fields.array([session.mechanism], (mechanism) => fields.string(mechanism))
    return fields.bytes
  }

  private authenticate(body: Buffer, version: number, session: Session): Buffer {
    const text = new FieldReader(body, false).bytes().toString()
    const { connection, mechanism } = session
    this.logins.push({ connection, mechanism, text, atMs: performance.now() })
    const isTaken = this.takes(text)
    if (isTaken) session.endsAtMs = performance.now() + (this.loginMs || Infinity)
    const fields = new FieldWriter(false)
    fields.int16(isTaken ? errors.none : errors.authenticationFailed)
    fields.string(isTaken ? '' : this.refusal(text))
    fields.int32(0) // No bytes.
    if (version >= 1) fields.int64(this.loginMs)
    return fields.bytes
  }
}

function versions() {
  const range = (maxVersion: number) => ({ minVersion: 0, maxVersion })
  return {
    [metadataSide.apiKey]: range(12),
    [apiKeys.handshake]: range(1),
    [versionsSide.apiKey]: range(3),
    [apiKeys.authenticate]: range(1),
  }
}

function unknownTopic(topic: string) {
  return { errorCode: 3, topic, topicId: undefined, partitions: [] }
}
