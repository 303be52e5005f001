import type { Frame } from '../../authorize/entity-update.js'
import type { Clock } from '#clock.js'
import type { Meter } from '../../observe/meter.js'
import type { Transport } from './transport.js'

/**
 * As much as may wait in the socket, in bytes. Low, so that pings and pongs, which queue behind it, still arrive in time with
 * a slow reader; the rest waits in the backlog, which is counted and bounded.
 */
export const socketBytesMax = 64 * 1024

/** Writes the frames of one connection into its socket, and keeps account of what of them the system may not have taken yet. */
export class FrameWriter {
  private blocked = false
  /** In the socket, when it was last asked; counted in the meter. */
  private buffered = 0
  private bytesSinceCheck = 0
  private framesInTurn = 0
  private bytesInTurn = 0
  private oldestWrittenMs = 0
  /** The entity types of which something was written since the socket was last known to be empty: nearly always one. */
  private latestType: string | undefined
  private otherTypes: Set<string> | undefined
  /** Inside of a handler the library corks the socket itself, until the handler returns: its own count knows nothing of those bytes. */
  private isAmidHandler = false

  constructor(
    private readonly transport: Transport,
    private readonly meter: Meter,
    private readonly clock: Clock,
  ) {}

  /** Whether no more is to be written now. */
  get isBlocked(): boolean {
    return this.blocked
  }

  /** That the system has not taken yet, when the socket was last asked. */
  get bufferedBytes(): number {
    return this.buffered
  }

  /** Around what is done with a message of the client. */
  amidHandler(act: () => void): void {
    this.isAmidHandler = true
    act()
    this.isAmidHandler = false
  }

  /** Around the frames that are written in one go. */
  turn(isSingle: boolean, write: () => void): void {
    this.framesInTurn = this.bytesInTurn = 0
    // A frame by itself is written as fast as that: 4.9 µs, where by way of a cork it takes 5.1.
    if (isSingle) write()
    else this.transport.cork(write)
    if (this.framesInTurn > 0) this.turnEnded()
  }

  write(frame: Frame): void {
    const { update, size } = frame
    if (update !== undefined && update.entityType !== this.latestType) this.turnTo(update.entityType)
    this.transport.send(frame)
    this.framesInTurn++
    this.bytesInTurn += size
    if (this.oldestWrittenMs === 0) this.oldestWrittenMs = frame.kafkaTimestampMs
    this.bytesSinceCheck += size
    // Once in a while and after each turn, as asking the socket for each frame would cost as much as sending it.
    if (this.bytesSinceCheck > socketBytesMax) this.check()
  }

  /** The socket can take more. */
  drained(): void {
    if (this.check() === 0) this.forgetTypes()
  }

  /** Whether something of a type that passes the test may still be in the socket. */
  mayHold(isMeant: (entityType: string) => boolean): boolean {
    if (this.latestType === undefined) return false
    if (this.transport.bufferedBytes() > 0) return isMeant(this.latestType) || [...(this.otherTypes ?? [])].some(isMeant)
    this.forgetTypes()
    return false
  }

  /** The socket has gone, with what was in it. */
  gone(): void {
    this.note(0)
    this.forgetTypes()
  }

  private turnEnded(): void {
    const { meter } = this
    meter.framesSent += this.framesInTurn
    meter.bytesSent += this.bytesInTurn
    meter.writes++
    // Amid a turn, or a handler, an empty socket says nothing of what a cork holds back.
    if (this.check() === 0 && !this.isAmidHandler) this.forgetTypes()
    if (this.oldestWrittenMs > 0) meter.deliveryLatency.observe(this.clock.now() - this.oldestWrittenMs)
    this.oldestWrittenMs = 0
  }

  private check(): number {
    this.bytesSinceCheck = 0
    const bytes = this.transport.bufferedBytes()
    this.blocked = bytes > socketBytesMax
    if (bytes !== this.buffered) this.note(bytes)
    return bytes
  }

  private note(bytes: number): void {
    this.meter.socketBytes += bytes - this.buffered
    this.buffered = bytes
  }

  private turnTo(entityType: string): void {
    if (this.latestType !== undefined) (this.otherTypes ??= new Set()).add(this.latestType)
    this.latestType = entityType
  }

  private forgetTypes(): void {
    this.latestType = this.otherTypes = undefined
  }
}
