import type { SignalLike, SocketLike } from '#client/api.js'
import type { PageEvent, Surroundings } from '#client/surroundings.js'

interface Timer {
  readonly dueMs: number
  readonly order: number
  readonly call: () => void
}

type SocketEvent = 'message' | 'close' | 'error'

/** A socket of which the test is the other end. */
export class SimulatedSocket implements SocketLike {
  readonly protocol = 'sluice.v1.batch'
  /** What the client has sent, as JSON. */
  readonly sent: Record<string, unknown>[] = []
  /** Whether the client has closed it, and whether this end has. */
  isClosed = false
  hasEnded = false
  onSend: (text: string) => void = () => undefined
  private readonly listeners = new Map<string, ((event: never) => void)[]>()

  constructor(
    readonly url: string,
    readonly subprotocols: readonly string[],
  ) {}

  get token(): string {
    return (
      this.subprotocols.find((entry) => entry.startsWith('bearer.'))?.slice('bearer.'.length) ?? this.url.split('access_token=')[1] ?? ''
    )
  }

  send(text: string): void {
    if (this.isClosed || this.hasEnded) return
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
    this.onSend(text)
  }

  close(): void {
    this.isClosed = true
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener])
  }

  /** One message, or several in one frame. Also what is still on its way when the client has closed. */
  receive(...messages: readonly object[]): void {
    this.receiveText(JSON.stringify(messages))
  }

  receiveText(data: unknown): void {
    this.emit('message', { data })
  }

  end(code = 1006, reason = ''): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.emit('close', { code, reason })
  }

  private emit(type: SocketEvent, event: object): void {
    for (const listener of this.listeners.get(type) ?? []) listener(event as never)
  }
}

/** Where a client runs, with a clock that stands still until it is told to go on. Nothing happens by itself. */
export class SimulatedSurroundings implements Surroundings {
  readonly sockets: SimulatedSocket[] = []
  readonly reported: unknown[] = []
  page: ((event: PageEvent) => void) | undefined
  onOpen: (socket: SimulatedSocket) => void = () => undefined
  private timers: Timer[] = []
  private readonly calls: (() => void)[] = []
  private order = 0

  /** @param random from 0 up to 1 */
  constructor(
    readonly random: () => number = () => 0.5,
    private passedMs = Date.UTC(2026, 0, 1),
  ) {}

  get timerCount(): number {
    return this.timers.length
  }

  /** When the next timer is due; Infinity without one. */
  get nextDueMs(): number {
    return this.nextDue(Infinity)?.dueMs ?? Infinity
  }

  /** The socket that was made last. */
  get socket(): SimulatedSocket {
    return this.sockets.at(-1)!
  }

  nowMs(): number {
    return this.passedMs
  }

  after(delayMs: number, call: () => void): () => void {
    const timer: Timer = { dueMs: this.passedMs + delayMs, order: this.order++, call }
    this.timers.push(timer)
    return () => void (this.timers = this.timers.filter((other) => other !== timer))
  }

  soon(call: () => void): void {
    this.calls.push(call)
  }

  open(url: string, subprotocols: string[]): SocketLike {
    const socket = new SimulatedSocket(url, subprotocols)
    this.sockets.push(socket)
    this.onOpen(socket)
    return socket
  }

  watchPage(listener: (event: PageEvent) => void): () => void {
    this.page = listener
    return () => (this.page = undefined)
  }

  report(error: unknown): void {
    this.reported.push(error)
  }

  aborter(): { readonly signal: SignalLike; abort(): void } {
    return new AbortController()
  }

  /** Tokens of tests begin with the name of their user. */
  subOf(token: string): string | undefined {
    return token.includes('.') ? token.split('.')[0] : undefined
  }

  /** Does what was put off until all else is done. */
  settle(): void {
    for (let call; (call = this.calls.shift());) call()
  }

  /** Lets time pass, and what is due happen in its time. */
  advance(ms: number): void {
    const endMs = this.passedMs + ms
    this.settle()
    for (let timer = this.nextDue(endMs); timer !== undefined; timer = this.nextDue(endMs)) {
      this.passedMs = Math.max(this.passedMs, timer.dueMs)
      this.fire(timer)
    }
    this.passedMs = endMs
  }

  /** The machine sleeps: time passes, and what is due meanwhile happens afterwards. */
  sleep(ms: number): void {
    this.settle()
    this.passedMs += ms
    this.advance(0)
  }

  private fire(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer)
    timer.call()
    this.settle()
  }

  private nextDue(endMs: number): Timer | undefined {
    return this.timers.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0]
  }
}
