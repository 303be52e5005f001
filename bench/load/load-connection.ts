import { connect, type Socket } from 'node:net'
import { closeNumbers } from '#protocol/close-codes.js'
import { writeRequest, type EntityRequest, type Request } from '#protocol/request.js'
import { entityIdOf } from '../workload/order.js'
import { monotonicMs } from '../harness/monotonic.js'
import type { Schedule } from '../workload/schedule.js'
import { answersTo, firstRequestsOf, subscribesOf, unsubscribesOf } from './asked.js'
import type { ClientPlan, SubscriptionOptions } from './client-plan.js'
import { clientFrame, FrameReader } from './frame-reader.js'
import { endOfUpgrade, upgradeRequest } from './handshake.js'
import { portionsPerSecond, ReadAllowance } from './read-allowance.js'
import type { Tally } from './tally.js'
import { messagesIn, snapshotLayout, updateLayout } from './update-layout.js'

/** What socket.io writes before the message that is sent as event `m`. */
const socketIoHead = '42["m",'

/** What a request is answered by, and a snapshot ends with. */
const answerTypes = new Set(['subscription_success', 'unsubscription_success', 'snapshot_complete'])

/** What is read of a message that tells no version of an entity. */
interface OtherMessage {
  readonly type: string
  readonly resumed?: boolean
  readonly within_ms?: number
}

/** All connections of the process read into the same bytes, one after the other. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024)

/** A client on a raw socket, which reads no more of a frame than it counts. */
export class LoadConnection {
  private readonly socket: Socket
  private readonly reader: FrameReader
  private readonly slots = new Map<number, number>()
  private readonly only: number
  private readonly headBytes: number
  private upgraded = false
  private answer = Buffer.alloc(0)
  private missing = 0
  private ready!: () => void
  private fail!: (error: Error) => void
  private closeCode = 1006
  private hasLeft = false
  private readonly allowance: ReadAllowance | undefined
  /** The text of the last update of each entity, in their order. */
  private readonly latest: string[] = []
  /** Resolves when it is there, with every subscription that it makes at once. */
  readonly opened: Promise<void>

  constructor(
    private readonly plan: ClientPlan,
    private readonly tally: Tally,
    /** In the account, of its first entity. */
    private readonly firstSlot: number,
    /** Called where its server leaves, with the time that it gives where it says one. */
    private readonly serverLeaves?: (withinMs?: number) => void,
  ) {
    const { entities, url, bytesPerSecond, subscribesLater } = plan
    this.only = entities.length === 1 ? entities[0]! : -1
    for (const [index, entity] of entities.entries()) this.slots.set(entity, this.firstSlot + index)
    this.headBytes = plan.socketIo ? socketIoHead.length : 0
    this.opened = this.untilAnswered(subscribesLater ? 1 : answersTo(firstRequestsOf(plan)))
    this.reader = new FrameReader((opcode, chunk, start, end) => this.take(opcode, chunk, start, end))
    const { hostname, port } = new URL(url)
    const onread = { buffer, callback: (bytes: number) => this.read(bytes) }
    this.socket = connect({ host: hostname, port: Number(port), onread, noDelay: true })
    this.socket.once('connect', () => this.socket.write(upgradeRequest(new URL(url), plan.token, plan.subprotocol)))
    this.socket.once('error', (error) => this.fail(error))
    this.socket.once('close', () => this.closed())
    this.allowance = bytesPerSecond === undefined ? undefined : this.readSlowly(new ReadAllowance(bytesPerSecond))
  }

  /** Its answer is counted. */
  ask(type: EntityRequest['type'], entity: number): void {
    const request: EntityRequest = { type, entity_id: entityIdOf(entity) }
    this.request(request)
  }

  /** To all its entities. Resolves when each request is answered and each snapshot is complete. */
  subscribe(options: SubscriptionOptions): Promise<void> {
    return this.requestAll(subscribesOf(this.plan, options))
  }

  /** From all its entities. */
  unsubscribe(options: SubscriptionOptions): Promise<void> {
    return this.requestAll(unsubscribesOf(this.plan, options))
  }

  /** Of what it holds of its entities, in their order. */
  cursors(): string[] {
    return this.latest.map((text) => (JSON.parse(text) as { cursor: string }).cursor)
  }

  /** What is fed from here on. */
  begin(schedule: Schedule): void {
    this.allowance?.begin(schedule)
  }

  /** Resets the connection, so that its port is free at once. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** Closes the connection, as its client has gone elsewhere. */
  leave(): void {
    this.hasLeft = true
    this.socket.destroy()
  }

  private read(bytes: number): boolean {
    const { tally } = this
    tally.nowMs = monotonicMs()
    tally.bytes += bytes
    const chunk = buffer.subarray(0, bytes)
    if (this.upgraded) this.reader.read(chunk)
    else this.upgrade(chunk)
    tally.latency.flush(tally.nowMs)
    return this.allowance?.take(bytes) ?? true
  }

  private upgrade(chunk: Buffer): void {
    this.answer = Buffer.concat([this.answer, chunk])
    try {
      const end = endOfUpgrade(this.answer)
      if (end === undefined) return
      this.upgraded = true
      this.reader.read(this.answer.subarray(end))
    } catch (error) {
      this.fail(error as Error)
    }
  }

  private take(opcode: number, chunk: Buffer, start: number, end: number): void {
    if (opcode === 1 && this.plan.subprotocol === 'sluice.v1.batch')
      for (const [from, to] of messagesIn(chunk, start, end)) this.takeText(chunk, from, to)
    else if (opcode === 1) this.takeText(chunk, start + this.headBytes, end)
    else if (opcode === 9) this.send(10, '')
    else if (opcode === 8) this.closeCode = end - start >= 2 ? chunk.readUInt16BE(start) : 1005
  }

  private takeText(chunk: Buffer, start: number, end: number): void {
    if (updateLayout.fits(chunk, start, end)) return this.takeUpdate(chunk, start, end)
    if (snapshotLayout.fits(chunk, start, end)) return this.takeSnapshot(chunk, start, end)
    this.takeOther(chunk.toString('utf8', start, end), chunk.toString('utf8', start - this.headBytes, end))
  }

  private takeUpdate(chunk: Buffer, start: number, end: number): void {
    const { tally } = this
    tally.sightings.look(this.plan.role, chunk, start, end, tally.nowMs)
    const entity = updateLayout.entityNumberAt(chunk, start)
    const sequence = updateLayout.sequenceNumberAt(chunk, start)
    const slot = this.slotOf(entity)
    if (slot === undefined) return tally.account.noteForeign()
    if (this.plan.keepsCursors) this.latest[slot - this.firstSlot] = chunk.toString('utf8', start, end)
    if (!tally.account.note(slot, sequence)) return tally.noteRepeat()
    if (this.plan.timed) tally.latency.note(sequence, tally.nowMs)
    this.received(entity, sequence, chunk, start, end)
  }

  /** It stands for all versions that the client has not seen: here, for the only one. */
  private takeSnapshot(chunk: Buffer, start: number, end: number): void {
    const [entity, sequence] = [snapshotLayout.entityNumberAt(chunk, start), snapshotLayout.sequenceNumberAt(chunk, start)]
    const slot = this.slotOf(entity)
    if (slot === undefined) return this.tally.account.noteForeign()
    this.tally.account.noteVersion(slot, sequence)
    this.received(entity, sequence, chunk, start, end)
  }

  private slotOf(entity: number): number | undefined {
    return entity === this.only ? this.firstSlot : this.slots.get(entity)
  }

  private received(entity: number, sequence: number, chunk: Buffer, start: number, end: number): void {
    const { tally } = this
    tally.received++
    if (!tally.wantsSample()) return
    const text = chunk.toString('utf8', start, this.plan.socketIo ? end - 1 : end)
    tally.samples.push({ role: this.plan.role, entity, sequence, text })
  }

  private takeOther(text: string, whole: string): void {
    const { tally } = this
    if (this.plan.socketIo && !whole.startsWith(socketIoHead)) return this.takeSocketIo(whole)
    const message = JSON.parse(this.plan.socketIo ? text.slice(0, -1) : text) as OtherMessage
    if (message.type === 'connection_established') this.begun()
    else if (message.type === 'reconnect' && this.serverLeaves) this.serverLeaves(message.within_ms)
    else if (!answerTypes.has(message.type) || message.resumed === false) this.noteError(text)
    else if (this.missing > 0) this.noteAnswered()
    else tally.answers++
  }

  private begun(): void {
    if (this.plan.subscribesLater) return this.noteAnswered()
    for (const request of firstRequestsOf(this.plan)) this.request(request)
  }

  private noteError(text: string): void {
    this.tally.errors.push(text)
    this.fail(new Error(`it received what it does not expect: ${text}`))
  }

  /** Its handshake, and its pings. */
  private takeSocketIo(text: string): void {
    if (text.startsWith('0')) this.send(1, '40')
    else if (text === '2') this.send(1, '3')
  }

  private requestAll(requests: readonly Request[]): Promise<void> {
    const answered = this.untilAnswered(answersTo(requests))
    for (const request of requests) this.request(request)
    return answered
  }

  private request(request: EntityRequest | Request): void {
    const text = writeRequest(request)
    this.send(1, this.plan.socketIo ? `42["request",${text}]` : text)
  }

  private untilAnswered(answers: number): Promise<void> {
    this.missing = answers
    return new Promise((resolve, reject) => ([this.ready, this.fail] = [resolve, reject]))
  }

  private noteAnswered(): void {
    if (--this.missing === 0) this.ready()
  }

  private send(opcode: number, text: string): void {
    this.socket.write(clientFrame(opcode, Buffer.from(text)))
  }

  private readSlowly(allowance: ReadAllowance): ReadAllowance {
    const renew = () => {
      if (allowance.renew(monotonicMs())) this.socket.resume()
    }
    const timer = setInterval(renew, 1000 / portionsPerSecond)
    this.socket.once('close', () => clearInterval(timer))
    return allowance
  }

  private closed(): void {
    if (this.hasLeft) return
    if (this.closeCode === closeNumbers.shutting_down && this.serverLeaves) return this.serverLeaves()
    this.tally.noteClose(this.closeCode)
    this.fail(new Error(`closed with ${this.closeCode} before it was answered; ${this.answer.toString().slice(0, 200)}`))
  }
}
