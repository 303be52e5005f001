/**
 * A server for tests of pages: what a page would be sent by Sluice, in the hands of the test. It is handed to the client in place of the
 * platform's `WebSocket`; nothing is listened on, and no time passes by it.
 */
import { closeNumbers } from '#protocol/close-codes.js'
import type { SocketLike } from '../api.js'
import type { CloseName } from '../failure-codes.js'
import type { ScriptedGreeting, ScriptedRequest, SeenConnection } from './script-api.js'
import { ScriptedConnection } from './scripted-connection.js'
import { ScriptedSocket } from './scripted-socket.js'
import { keyOf, ScriptedTable, type ToldVersion } from './scripted-table.js'

export type * from './script-api.js'
export type { ScriptedServer }

export interface ScriptedServerOptions extends Partial<ScriptedGreeting> {
  /** Which it knows; of those that a client offers the first of these is taken. None: it speaks the seed's protocol alone. */
  readonly subprotocols?: readonly string[]
}

const greeting: ScriptedGreeting = {
  node: 'script',
  features: ['authenticate', 'collections', 'list', 'ping', 'resume', 'snapshot'],
  limits: { subscriptions: 1000, frames_per_second: 1000, bytes_per_frame: 128, frame_bytes: 16_384, collections: 100 },
  token_expires_in_s: 3600,
}

export function scriptedServer({ subprotocols = ['sluice.v1.batch', 'sluice.v1'], ...more }: ScriptedServerOptions = {}): ScriptedServer {
  return new ScriptedServer({ ...greeting, ...more }, subprotocols)
}

/** How long nothing must happen, in turns of promises, until nothing more can without time passing. */
const quietTurns = 30

class ScriptedServer {
  /** For `SluiceClient`'s options. */
  readonly WebSocket: new (url: string, protocols?: string | readonly string[]) => SocketLike
  private readonly all: ScriptedConnection[] = []
  private readonly table = new ScriptedTable()
  private readonly tasks: (() => void)[] = []
  private isRunning = false
  private isHanging = false
  private refusal: { readonly code: number; readonly name: string; readonly retryAfterMs: number | undefined } | undefined

  constructor(
    private readonly greeting: ScriptedGreeting,
    private readonly subprotocols: readonly string[],
  ) {
    const peer = {
      opened: (socket: ScriptedSocket) => this.later(() => this.greet(socket)),
      sent: (socket: ScriptedSocket, text: string) => this.later(() => this.open.find((one) => one.socket === socket)?.receive(text)),
      closed: (socket: ScriptedSocket, code: number, reason: string) => this.later(() => socket.end(code, reason)),
    }
    this.WebSocket = class extends ScriptedSocket {
      constructor(url: string, protocols: string | readonly string[] = []) {
        super(url, protocols, peer)
      }
    }
  }

  /** All that there were, the last one last. */
  get connections(): readonly SeenConnection[] {
    return this.all
  }

  /** What clients have asked for on all connections, those in lists each by itself. */
  get requests(): readonly ScriptedRequest[] {
    return this.all.flatMap((one) => one.requests)
  }

  /** The entity is so from now on: told to those who have subscribed, and found by whoever comes. */
  update(entityType: string, entityId: string, data: object): void {
    this.now(() => this.tellUpdates([this.table.write(entityType, entityId, data)]))
  }

  delete(entityType: string, entityId: string): void {
    this.now(() => this.tellUpdates([this.table.write(entityType, entityId, undefined)]))
  }

  /** Today's rights show nothing of this entity. */
  hide(entityType: string, entityId: string): void {
    this.now(() => this.tellUpdates(this.table.changeRights((hidden) => hidden.add(keyOf(entityType, entityId)))))
  }

  show(entityType: string, entityId: string): void {
    this.now(() => this.tellUpdates(this.table.changeRights((hidden) => hidden.delete(keyOf(entityType, entityId)))))
  }

  /** Today's rights show nothing of any entity of the type. */
  forbid(entityType: string): void {
    this.now(() => {
      this.tellUpdates(this.table.changeRights((_hidden, forbidden) => forbidden.add(entityType)))
      for (const connection of this.open) connection.tellForbidden(entityType)
    })
  }

  allow(entityType: string): void {
    this.now(() => {
      const told = this.table.changeRights((_hidden, forbidden) => forbidden.delete(entityType))
      for (const connection of this.open) connection.tellAllowed(entityType, told)
    })
  }

  /** Says that so many updates were left out, as the client was too slow. */
  gap(entityType: string, entityId: string, missed: number): void {
    this.now(() => this.open.forEach((connection) => connection.tellGap(entityType, entityId, missed)))
  }

  /** Sends the collections of a type anew, which nobody asked for: so does a server when it has lost track of what clients hold. */
  snapshotCollections(entityType: string): void {
    this.now(() => this.open.forEach((connection) => connection.tellSnapshots(entityType)))
  }

  /** Ends the collections of a type, as they have too many entities. */
  endCollections(entityType: string): void {
    this.now(() => this.open.forEach((connection) => connection.endCollections(entityType)))
  }

  /** Whoever comes back is told that what came meanwhile is not known. */
  forgetVersions(): void {
    this.now(() => this.table.forgetVersions())
  }

  /** Ends all connections: as a network does, or by a close code. */
  cut(code: CloseName | number = 1006, reason = ''): void {
    const number = codeOf(code)
    this.now(() => this.open.forEach(({ socket }) => socket.end(number, reason)))
  }

  /** Whoever connects is closed at once, as a browser sees it; 1006 is a server that is not there. New tokens are refused too. */
  refuse(code: CloseName | number, retryAfterMs?: number): void {
    this.refusal = { code: codeOf(code), name: String(code), retryAfterMs }
  }

  /** Ends `refuse`. */
  accept(): void {
    this.refusal = undefined
  }

  /** Nothing comes from it or reaches it, and nobody is told so, until it goes on. */
  hang(): void {
    this.isHanging = true
  }

  goOn(): void {
    this.isHanging = false
    this.run()
  }

  /** Asks clients to go to another node. */
  drain(withinMs: number): void {
    this.send({ type: 'reconnect', within_ms: withinMs })
  }

  expireSoon(seconds = 30): void {
    this.send({ type: 'token_expiring', token_expires_in_s: seconds })
  }

  /** Sends anything at all to all that are connected, in one frame. */
  send(...messages: readonly object[]): void {
    this.now(() => this.open.forEach((connection) => connection.send(messages)))
  }

  /** As the text of a frame. */
  raw(text: unknown): void {
    this.now(() => this.open.forEach(({ socket }) => socket.receive(text)))
  }

  /** Once clients and the server have said all that they have to say without time passing. */
  async settled(): Promise<void> {
    for (let turns = 0; turns < quietTurns; turns++) {
      if (this.tasks.length > 0 && !this.isHanging) turns = 0
      await Promise.resolve()
    }
  }

  private get open(): readonly ScriptedConnection[] {
    return this.all.filter(({ isOpen }) => isOpen)
  }

  private greet(socket: ScriptedSocket): void {
    const { refusal } = this
    if (refusal?.code === 1006) return socket.end(1006, '')
    socket.accept(this.subprotocols.find((one) => socket.offered.includes(one)) ?? '')
    const connection = new ScriptedConnection(socket, this.table, this.greeting, () => this.refusal?.name)
    this.all.push(connection)
    if (refusal === undefined) return connection.greet()
    if (refusal.retryAfterMs !== undefined)
      connection.tell([{ type: 'error', message: refusal.name, code: refusal.name, retry_after_ms: refusal.retryAfterMs }])
    socket.end(refusal.code, refusal.name)
  }

  private tellUpdates(all: readonly (ToldVersion | undefined)[]): void {
    for (const told of all) if (told !== undefined) for (const connection of this.open) connection.tellUpdate(told)
  }

  /** What the test does happens at once, but never in the midst of something else. */
  private now(task: () => void): void {
    this.tasks.push(task)
    this.run()
  }

  /** What a client does reaches the server when the client is done with what it does. */
  private later(task: () => void): void {
    this.tasks.push(task)
    void Promise.resolve().then(() => this.run())
  }

  private run(): void {
    if (this.isRunning) return
    this.isRunning = true
    try {
      for (let task; !this.isHanging && (task = this.tasks.shift());) task()
    } finally {
      this.isRunning = false
    }
  }
}

function codeOf(code: CloseName | number): number {
  return typeof code === 'number' ? code : closeNumbers[code]
}
