import { connect, type Socket } from 'node:net'
import { writeRequest, type EntityRequest } from '#protocol/request.js'
import { entityIdOf, entityNumberOf } from '../workload/order.js'
import { monotonicMs } from '../harness/monotonic.js'
import type { Schedule } from '../workload/schedule.js'
import type { ClientPlan, SubscriptionOptions } from './client-plan.js'
import { clientFrame, FrameReader } from './frame-reader.js'
import { endOfUpgrade, upgradeRequest } from './handshake.js'
import { portionsPerSecond, ReadAllowance } from './read-allowance.js'
import type { Tally } from './tally.js'
import { entityNumberAt, isUpdate, messagesIn, sequenceNumberAt } from './update-layout.js'

/** What socket.io writes before the message that is sent as event `m`. */
const socketIoHead = '42["m",'

/** What a request is answered by, and a snapshot ends with. */
const answerTypes = new Set(['subscription_success', 'unsubscription_success', 'snapshot_complete'])

/** What is read of a message that is no update of the common layout. */
interface OtherMessage {
  readonly type: string
  readonly resumed?: boolean
  readonly entity_id?: string
  readonly operation?: string
  readonly data?: { readonly seq: number }
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
  ) {
    const { entities, url, bytesPerSecond, subscribesLater } = plan
    this.only = entities.length === 1 ? entities[0]! : -1
    for (const [index, entity] of entities.entries()) this.slots.set(entity, this.firstSlot + index)
    this.headBytes = plan.socketIo ? socketIoHead.length : 0
    this.opened = this.untilAnswered(subscribesLater ? 1 : entities.length)
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
  ask(type: EntityRequest['type'], entity: number, more: SubscriptionOptions = {}): void {
    const request: EntityRequest = { type, entity_id: entityIdOf(entity), ...more }
    const text = writeRequest(request)
    this.send(1, this.plan.socketIo ? `42["request",${text}]` : text)
  }

  /** To all its entities. Resolves when each request is answered and each snapshot is complete. */
  subscribe(options: SubscriptionOptions): Promise<void> {
    const { entities } = this.plan
    const answered = this.untilAnswered(options.snapshot ? 2 * entities.length : entities.length)
    for (const entity of entities) this.ask('subscribe', entity, options)
    return answered
  }

  /** From all its entities. */
  unsubscribe({ entity_type }: SubscriptionOptions): Promise<void> {
    const { entities } = this.plan
    const answered = this.untilAnswered(entities.length)
    for (const entity of entities) this.ask('unsubscribe', entity, { ...(entity_type !== undefined && { entity_type }) })
    return answered
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
    if (!isUpdate(chunk, start, end))
      return this.takeOther(chunk.toString('utf8', start, end), chunk.toString('utf8', start - this.headBytes, end))
    const { tally } = this
    tally.sightings.look(this.plan.role, chunk, start, end, tally.nowMs)
    const entity = entityNumberAt(chunk, start)
    const sequence = sequenceNumberAt(chunk, start)
    const slot = entity === this.only ? this.firstSlot : this.slots.get(entity)
    if (slot === undefined) return tally.account.noteForeign()
    if (this.plan.keepsCursors) this.latest[slot - this.firstSlot] = chunk.toString('utf8', start, end)
    if (!tally.account.note(slot, sequence)) return tally.noteRepeat()
    tally.received++
    if (this.plan.timed) tally.latency.note(sequence, tally.nowMs)
    if (tally.wantsSample()) {
      const text = chunk.toString('utf8', start, this.plan.socketIo ? end - 1 : end)
      tally.samples.push({ role: this.plan.role, entity, sequence, text })
    }
  }

  private takeOther(text: string, whole: string): void {
    const { tally } = this
    if (this.plan.socketIo && !whole.startsWith(socketIoHead)) return this.takeSocketIo(whole)
    const message = JSON.parse(this.plan.socketIo ? text.slice(0, -1) : text) as OtherMessage
    if (message.type === 'connection_established') this.begun()
    else if (message.operation === 'snapshot') this.takeSnapshot(message, text)
    else if (!answerTypes.has(message.type) || message.resumed === false) this.noteError(text)
    else if (this.missing > 0) this.noteAnswered()
    else tally.answers++
  }

  private begun(): void {
    const { entities, cursors, subscribesLater } = this.plan
    if (subscribesLater) return this.noteAnswered()
    for (const [index, entity] of entities.entries())
      this.ask('subscribe', entity, cursors && { entity_type: 'order', since: cursors[index]! })
  }

  /** It stands for all versions that the client has not seen: here, for the only one. */
  private takeSnapshot({ entity_id: id, data }: OtherMessage, text: string): void {
    const { tally } = this
    const [entity, sequence] = [entityNumberOf(id!), data!.seq]
    const slot = this.slots.get(entity)
    if (slot === undefined) return tally.account.noteForeign()
    tally.account.noteVersion(slot, sequence)
    tally.received++
    if (tally.wantsSample()) tally.samples.push({ role: this.plan.role, entity, sequence, text })
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
    this.tally.noteClose(this.closeCode)
    this.fail(new Error(`closed with ${this.closeCode} before it was answered; ${this.answer.toString().slice(0, 200)}`))
  }
}
