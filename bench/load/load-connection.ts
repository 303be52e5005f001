import { connect, type Socket } from 'node:net'
import { writeRequest, type EntityRequest } from '#protocol/request.js'
import { entityIdOf } from '../workload/order.js'
import { monotonicMs } from '../harness/monotonic.js'
import type { Schedule } from '../workload/schedule.js'
import { clientFrame, FrameReader } from './frame-reader.js'
import { endOfUpgrade, upgradeRequest } from './handshake.js'
import { portionsPerSecond, ReadAllowance } from './read-allowance.js'
import type { Tally } from './tally.js'
import { entityNumberAt, isUpdate, messagesIn, sequenceNumberAt } from './update-layout.js'

/** One client to be. */
export interface ClientPlan {
  readonly url: string
  readonly token: string
  /** What it is called where a sample of what it received is judged. */
  readonly role: string
  /** Whether it may see the events of its entities at all. */
  readonly sees: boolean
  /** Whether its latencies count. */
  readonly timed: boolean
  /** The numbers of the entities that it subscribes to. */
  readonly entities: readonly number[]
  /** It takes no more than this while events are fed; undefined: all that there is. */
  readonly bytesPerSecond?: number
  /** It asks for frames that hold several messages each. */
  readonly batched?: boolean
  /** socket.io has messages of its own around those of the protocol. */
  readonly socketIo?: boolean
}

/** What socket.io writes before the message that is sent as event `m`. */
const socketIoHead = '42["m",'

/** All connections of the process read into the same bytes, one after the other. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024)

/** A client on a raw socket, which reads no more of a frame than it counts. */
export class LoadConnection {
  private readonly socket: Socket
  private readonly reader: FrameReader
  private readonly slots = new Map<number, number>()
  private readonly only: number
  private readonly firstSlot: number
  private readonly headBytes: number
  private upgraded = false
  private answer = Buffer.alloc(0)
  private missing: number
  private ready!: () => void
  private fail!: (error: Error) => void
  private closeCode = 1006
  private readonly allowance: ReadAllowance | undefined
  /** Resolves when every subscription stands. */
  readonly subscribed: Promise<void>

  constructor(
    private readonly plan: ClientPlan,
    private readonly tally: Tally,
  ) {
    const { entities, url, bytesPerSecond } = plan
    this.firstSlot = tally.account.reserve(entities.length)
    this.only = entities.length === 1 ? entities[0]! : -1
    for (const [index, entity] of entities.entries()) this.slots.set(entity, this.firstSlot + index)
    this.headBytes = plan.socketIo ? socketIoHead.length : 0
    this.missing = entities.length
    this.subscribed = new Promise((resolve, reject) => ([this.ready, this.fail] = [resolve, reject]))
    this.reader = new FrameReader((opcode, chunk, start, end) => this.take(opcode, chunk, start, end))
    const { hostname, port } = new URL(url)
    const onread = { buffer, callback: (bytes: number) => this.read(bytes) }
    this.socket = connect({ host: hostname, port: Number(port), onread, noDelay: true })
    this.socket.once('connect', () =>
      this.socket.write(upgradeRequest(new URL(url), plan.token, plan.batched ? 'sluice.v1.batch' : undefined)),
    )
    this.socket.once('error', (error) => this.fail(error))
    this.socket.once('close', () => this.closed())
    this.allowance = bytesPerSecond === undefined ? undefined : this.readSlowly(new ReadAllowance(bytesPerSecond))
  }

  /** Its answer is counted. */
  ask(type: EntityRequest['type'], entity: number): void {
    const text = writeRequest({ type, entity_id: entityIdOf(entity) })
    this.send(1, this.plan.socketIo ? `42["request",${text}]` : text)
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
    if (opcode === 1 && this.plan.batched) for (const [from, to] of messagesIn(chunk, start, end)) this.takeText(chunk, from, to)
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
    tally.account.note(slot, sequence)
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
    const { type } = JSON.parse(this.plan.socketIo ? text.slice(0, -1) : text) as { type: string }
    if (type === 'connection_established') for (const entity of this.plan.entities) this.ask('subscribe', entity)
    else if (type === 'subscription_success' && this.missing > 0) this.noteSubscribed()
    else if (type === 'subscription_success' || type === 'unsubscription_success') tally.answers++
    else this.noteError(text)
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

  private noteSubscribed(): void {
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
    this.fail(new Error(`closed with ${this.closeCode} before it had subscribed; ${this.answer.toString().slice(0, 200)}`))
  }
}
