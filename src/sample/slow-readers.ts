import type { Clock } from '#clock.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { Frame } from '#gateway/authorize/entity-update.js'
import type { AcceptedConnection, AdmissionRefusal, ConnectionAcceptor } from '#gateway/deliver/connection/connection-acceptor.js'
import { socketBytesMax } from '#gateway/deliver/connection/frame-writer.js'
import type { Transport } from '#gateway/deliver/connection/transport.js'
import type { CloseCode } from '#protocol/codes.js'

/** How often a slow reader takes what it was sent: the order that is shown first changes three times meanwhile. */
const readEveryMs = 3000

/** What the gateway takes for a socket that can take no more. */
const fullBytes = socketBytesMax + 1

/**
 * Clients of the embedded default, any of which can be made to read slowly. A page cannot leave its WebSocket unread, and a process that
 * does has megabytes of the kernel's buffers to fill first, for which the shop takes an hour: so it is the socket that says it is full.
 */
export class SlowReaders implements ConnectionAcceptor {
  /** As many as there are connections. */
  private readonly readers = new Map<string, Reader>()

  private gateway!: ConnectionAcceptor

  constructor(private readonly clock: Clock) {}

  /** Stands between the sockets of clients and this gateway. */
  before(gateway: ConnectionAcceptor): ConnectionAcceptor {
    this.gateway = gateway
    return this
  }

  admissionRefusal(identity?: Identity): AdmissionRefusal | undefined {
    return this.gateway.admissionRefusal(identity)
  }

  accept(identity: Identity, socket: Transport): AcceptedConnection {
    const key = keyOf(identity)
    const reader = new Reader(socket, this.clock, () => {
      if (this.readers.get(key) === reader) this.readers.delete(key)
    })
    reader.connection = this.gateway.accept(identity, reader)
    this.readers.set(key, reader)
    return reader
  }

  /** Until its connection ends, or it is told otherwise. Answers whether there is such a client. */
  setPace(client: Pick<Identity, 'sub' | 'clientId'>, slowly: boolean): boolean {
    const reader = this.readers.get(keyOf(client))
    reader?.setPace(slowly)
    return reader !== undefined
  }
}

/** Stands between a socket and its connection. What is sent arrives; the socket says that it is full until it is read the next time. */
class Reader implements Transport, AcceptedConnection {
  connection!: AcceptedConnection
  private isSlow = false
  /** Undefined while the socket is not full. */
  private cancelRead: (() => void) | undefined

  constructor(
    private readonly socket: Transport,
    private readonly clock: Clock,
    private readonly gone: () => void,
  ) {}

  setPace(slowly: boolean): void {
    this.isSlow = slowly
    if (!slowly && this.cancelRead !== undefined) this.read()
  }

  cork(write: () => void): void {
    this.socket.cork(write)
  }

  send(frame: Frame): void {
    this.socket.send(frame)
    if (this.isSlow) this.cancelRead ??= this.clock.after(readEveryMs, () => this.read())
  }

  bufferedBytes(): number {
    return this.cancelRead === undefined ? this.socket.bufferedBytes() : fullBytes
  }

  close(close: CloseCode): void {
    this.socket.close(close)
  }

  cut(close: CloseCode): void {
    this.socket.cut(close)
  }

  receiveText(text: string): void {
    this.connection.receiveText(text)
  }

  receiveBinary(): void {
    this.connection.receiveBinary()
  }

  drained(): void {
    if (this.cancelRead === undefined) this.connection.drained()
  }

  closed(...how: Parameters<AcceptedConnection['closed']>): void {
    this.cancelRead?.()
    this.gone()
    this.connection.closed(...how)
  }

  private read(): void {
    this.cancelRead?.()
    this.cancelRead = undefined
    this.connection.drained()
  }
}

function keyOf({ sub, clientId }: Pick<Identity, 'sub' | 'clientId'>): string {
  return JSON.stringify([sub, clientId])
}
