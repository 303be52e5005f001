import type { Socket } from 'node:net'
import type { ISocketFactoryArgs } from 'kafkajs'
import KafkajsConnection from 'kafkajs/src/network/connection.js'
import type { Clock } from '#clock.js'
import { kafkaConfig, newKafka, type KafkaClientOptions } from './kafka-client.js'
import { decodeAnswer, encodeQuestion, type Question } from './wire/question.js'
import { versionsQuestion, type VersionsAnswer } from './wire/versions-question.js'

// One connection to one broker, on which we ask questions of our own. It is kafkajs's `Connection`, which knows how to log in and how to
// renew a login. Only this file knows what is inside kafkajs, whose version is pinned. No module of it is overwritten; two methods of our own
// connection are replaced.

export interface KafkaLinkOptions extends KafkaClientOptions {
  readonly clock: Clock
}

export interface KafkaAddress {
  readonly host: string
  readonly port: number
}

/** What is used of `kafkajs/src/network/connection.js`. */
interface Connection {
  readonly requestQueue: { scheduleCheckPendingRequests: () => void }
  /** How long the login lasts, in milliseconds; 0 where it does not end. */
  readonly sessionLifetime: { readonly value: bigint }
  /** How long before its end the next request renews the login, in milliseconds. */
  reauthenticationThreshold: number
  /** How many bytes the answer has that is being received, with its length. */
  readonly bytesNeeded: number
  processData: (bytes: Buffer) => void
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  authenticate(): Promise<void>
  isConnected(): boolean
  rejectRequests(error: Error): void
  setVersions(versions: VersionsAnswer['versions']): void
  setSupportAuthenticationProtocol(isSupported: boolean): void
  send<Answer>(asked: { request: object; response: object; logResponseError: false }): Promise<Answer>
}

const Connection = KafkajsConnection as new (options: object) => Connection

/** The question that carries the bytes of a login. Without it kafkajs sends them bare, as before Kafka 1.0. */
const saslAuthenticateKey = 36
/**
 * A login that ends is renewed by the first request in its last quarter, or in its last minute if that begins later, so that there is time
 * to ask for a token again. A login that has ended is renewed too, before anything else is asked.
 */
const loginAheadShare = 0.25
const loginAheadMsMax = 60_000
/** The shortest login that can be renewed, in milliseconds: brokers refuse a login within a second of the last one on its connection. */
const loginMsMin = 1_500

/** The longest answer that is taken, in bytes. Brokers take no batch of more than 100 MiB unless told otherwise (`socket.request.max.bytes`). */
const answerBytesMax = 256 * 1024 * 1024

export class KafkaLink {
  private versions: VersionsAnswer['versions'] = {}
  private readonly connection: Connection
  private socket: Socket | undefined
  private readonly requestMsMax: number

  private constructor(
    address: KafkaAddress,
    private readonly options: KafkaLinkOptions,
    private readonly closing: AbortSignal | undefined,
  ) {
    const config = kafkaConfig(options)
    this.requestMsMax = config.requestTimeout
    const socketFactory = (asked: ISocketFactoryArgs) => (this.socket = config.socketFactory(asked))
    const logger = newKafka(options).logger()
    this.connection = new Connection({ ...config, ...address, socketFactory, enforceRequestTimeout: false, logger })
    // Where no request waits, the queue sets a timer for a moment long past, and another one when that has fired, some 850 times a second.
    // We keep the pauses that a broker asks for ourselves, so that no request ever waits there.
    this.connection.requestQueue.scheduleCheckPendingRequests = () => undefined
    const receive = this.connection.processData.bind(this.connection)
    this.connection.processData = (bytes) => this.receive(bytes, receive)
  }

  /** Connects and logs in. @param closing closes the link, whatever it waits for. @throws Error */
  static async open(address: KafkaAddress, options: KafkaLinkOptions, closing?: AbortSignal): Promise<KafkaLink> {
    closing?.throwIfAborted()
    const link = new KafkaLink(address, options, closing)
    closing?.addEventListener('abort', link.close)
    try {
      await link.connection.connect()
      await link.withinLimit('logging in', link.logIn())
      return link
    } catch (error) {
      link.close()
      throw error
    }
  }

  get isOpen(): boolean {
    return this.connection.isConnected()
  }

  /** The newest version that both sides know. @throws Error where there is none. */
  versionOf({ apiKey, name, versionMin, versionMax }: Question<never, unknown>): number {
    const range = this.versions[apiKey]
    const version = Math.min(versionMax, range?.maxVersion ?? -1)
    if (version < Math.max(versionMin, range?.minVersion ?? 0)) throw new Error(`the broker does not know ${name} as we ask it`)
    return version
  }

  /** A link that has failed must be closed: the rest of a broken answer would be taken for the next answer. @throws Error */
  ask<Asked, Answer>(question: Question<Asked, Answer>, asked: Asked, version = this.versionOf(question)): Promise<Answer> {
    return this.withinLimit(question.name, this.send(question, asked, version))
  }

  /** An answer that is waited for becomes an error. */
  readonly close = (): void => this.closeFor(new Error('the connection was closed'))

  private closeFor(reason: Error): void {
    this.closing?.removeEventListener('abort', this.close)
    this.connection.rejectRequests(reason)
    void this.connection.disconnect().catch(() => undefined)
    this.socket?.destroy()
  }

  /** kafkajs throws here at a length that is none, amid the socket's event, which would end the process. */
  private receive(bytes: Buffer, receive: (bytes: Buffer) => void): void {
    try {
      receive(bytes)
      if (this.connection.bytesNeeded > answerBytesMax) throw new Error(`an answer of ${this.connection.bytesNeeded} bytes`)
    } catch (error) {
      this.closeFor(new Error(`what the broker sends cannot be read: ${(error as Error).message}`))
    }
  }

  private async logIn(): Promise<void> {
    const { errorCode, versions } = await this.send(versionsQuestion, undefined, 0)
    if (errorCode !== 0) throw new Error(`the broker does not say what it knows: error ${errorCode}`)
    this.versions = versions
    this.connection.setVersions(versions)
    this.connection.setSupportAuthenticationProtocol(versions[saslAuthenticateKey] !== undefined)
    await this.connection.authenticate()
    if (this.loginMs > 0 && this.loginMs < loginMsMin)
      throw new Error(`the broker ends logins within ${loginMsMin} ms (connections.max.reauth.ms, or the end of the token): too soon`)
  }

  /** How long the login lasts, in milliseconds; 0 where it does not end. */
  private get loginMs(): number {
    return Number(this.connection.sessionLifetime.value)
  }

  private send<Asked, Answer>(question: Question<Asked, Answer>, asked: Asked, version: number): Promise<Answer> {
    const encode = () => {
      const bytes = encodeQuestion(question, asked, version)
      // kafkajs reads these members of what an encoder answers.
      return Promise.resolve({ buffer: bytes, buf: bytes, size: () => bytes.length })
    }
    this.connection.reauthenticationThreshold = Math.min(loginAheadMsMax, Math.floor(loginAheadShare * this.loginMs))
    const request = { apiKey: question.apiKey, apiName: question.name, apiVersion: version, encode }
    const decode = (bytes: Buffer) => new Promise((resolve) => resolve(decodeAnswer(question, bytes, version)))
    return this.connection.send({ request, response: { decode, parse: (answer: Answer) => answer }, logResponseError: false })
  }

  private async withinLimit<T>(what: string, work: Promise<T>): Promise<T> {
    let giveUp: (reason: Error) => void = () => undefined
    const late = new Promise<never>((_resolve, reject) => (giveUp = reject))
    const cancel = this.options.clock.after(this.requestMsMax, () => {
      const reason = new Error(`no answer within ${this.requestMsMax} ms (${what})`)
      this.connection.rejectRequests(reason)
      giveUp(reason) // Also of what has not become a request yet, as a token that is waited for.
    })
    try {
      return await Promise.race([work, late])
    } finally {
      cancel()
    }
  }
}
