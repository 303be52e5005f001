/** An event of a WebSocket, with the members that its listeners read. */
interface ScriptedEvent {
  readonly type: string
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
}

/** What the other end of a socket is told. */
export interface SocketPeer {
  opened(socket: ScriptedSocket): void
  sent(socket: ScriptedSocket, text: string): void
  closed(socket: ScriptedSocket, code: number, reason: string): void
}

/** As browsers have it (RFC 6455, 4.1). */
const subprotocolPattern = /^[\w!#$%&'*+.^`|~-]+$/
const [connecting, open, closing, closed] = [0, 1, 2, 3] as const

/** A `WebSocket` whose other end is a script. Nothing happens to it before whoever has made it has put its listeners on. */
export class ScriptedSocket {
  readonly url: string
  /** As a client offers them. */
  readonly offered: readonly string[]
  protocol = ''
  readyState: number = connecting
  private readonly listeners = new Map<string, Set<(event: never) => void>>()

  /** @throws as a WebSocket does, where a subprotocol is none */
  constructor(
    url: string,
    protocols: string | readonly string[],
    private readonly peer: SocketPeer,
  ) {
    this.url = url
    this.offered = [protocols].flat()
    const wrong = this.offered.find((one) => !subprotocolPattern.test(one))
    if (wrong !== undefined) throw new SyntaxError(`"${wrong}" cannot be a subprotocol.`)
    peer.opened(this)
  }

  get isOpen(): boolean {
    return this.readyState === open
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    const listeners = this.listeners.get(type) ?? new Set()
    this.listeners.set(type, listeners.add(listener))
  }

  removeEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.get(type)?.delete(listener)
  }

  /** @throws as a WebSocket does, before it is open. What is sent after its end is lost. */
  send(text: string): void {
    if (this.readyState === connecting) throw new Error('The WebSocket is not open yet.')
    if (this.isOpen) this.peer.sent(this, text)
  }

  close(code = 1005, reason = ''): void {
    if (this.readyState >= closing) return
    this.readyState = closing
    this.peer.closed(this, code, reason)
  }

  accept(protocol: string): void {
    if (this.readyState !== connecting) return
    this.readyState = open
    this.protocol = protocol
    this.emit({ type: 'open' })
  }

  receive(data: unknown): void {
    if (this.isOpen) this.emit({ type: 'message', data })
  }

  end(code: number, reason: string): void {
    if (this.readyState === closed) return
    const wasOpen = this.readyState !== connecting
    this.readyState = closed
    if (!wasOpen) this.emit({ type: 'error' })
    this.emit({ type: 'close', code, reason, wasClean: code !== 1006 })
  }

  private emit(event: ScriptedEvent): void {
    for (const listener of [...(this.listeners.get(event.type) ?? [])]) listener(event as never)
  }
}
