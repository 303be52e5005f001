import type { ClientOptions, SocketLike } from '#client/api.js'
import { Client } from '#client/client.js'
import { scriptedServer, type ScriptedServer, type ScriptedServerOptions } from '#client/testing/scripted-server.js'
import { v1Dialect } from '#client/v1-dialect.js'
import { SimulatedSurroundings } from './simulated-surroundings.js'
import type { TestEntities } from './client-fixture.js'

/** More would be a client that never rests. */
const alarmsMax = 10_000

/** Where a client runs whose server is a script: time is simulated, and passes only when it is told to. */
export class ScriptedWorld extends SimulatedSurroundings {
  readonly server: ScriptedServer
  openCount = 0
  private callCount = 0
  private readonly due = new Set<{ readonly atMs: number }>()
  /** What the client has sent, when, and on which connection from 1 on. */
  readonly sent: { readonly atMs: number; readonly bytes: number; readonly connection: number }[] = []

  constructor(random?: () => number, options: ScriptedServerOptions = {}) {
    super(random)
    this.server = scriptedServer(options)
  }

  override open(url: string, subprotocols: string[]): SocketLike {
    const connection = ++this.openCount
    const socket = new this.server.WebSocket(url, subprotocols)
    const send = socket.send.bind(socket)
    return Object.assign(socket, {
      send: (text: string) => {
        this.sent.push({ atMs: this.nowMs(), bytes: Buffer.byteLength(text), connection })
        send(text)
      },
    })
  }

  client(options: Partial<ClientOptions> = {}): Client<TestEntities> {
    return new Client<TestEntities>('ws://script', { token: 'ann.1', clientId: 'tab-1', ...options }, v1Dialect, this)
  }

  override soon(call: () => void): void {
    this.callCount++
    super.soon(call)
  }

  override after(delayMs: number, call: () => void): () => void {
    const due = { atMs: this.nowMs() + delayMs }
    this.due.add(due)
    const cancel = super.after(delayMs, () => {
      this.due.delete(due)
      call()
    })
    return () => {
      this.due.delete(due)
      cancel()
    }
  }

  /** All that client and server have to say to each other at this moment. */
  async talk(): Promise<void> {
    do {
      this.callCount = 0
      this.settle()
      await this.server.settled()
    } while (this.callCount > 0)
  }

  /** Lets time pass, and what is due happen in its time; an answer takes none. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs() + ms
    await this.talk()
    for (let alarms = 0; this.nextMs() <= endMs; alarms++) {
      if (alarms === alarmsMax) throw new Error(`more than ${alarmsMax} alarms in ${ms} ms`)
      this.advance(Math.max(0, this.nextMs() - this.nowMs()))
      await this.talk()
    }
    this.advance(endMs - this.nowMs())
    await this.talk()
  }

  private nextMs(): number {
    return Math.min(Infinity, ...[...this.due].map(({ atMs }) => atMs))
  }
}
