import type { ClientOptions, LinkEnd, SocketLike } from './api.js'
import type { Dialect } from './dialect.js'
import { messagesIn, type Incoming } from './incoming.js'
import { idleLink, linkPhases, type AlarmName, type Link, type LinkEffects, type LinkEvent, type Moment, type Step } from './link.js'
import { linkEventIn } from './link-messages.js'
import { endOf } from './link-moves.js'
import { linkTable } from './link-table.js'
import { followPage } from './page-life.js'
import { SluiceError } from './sluice-error.js'
import type { Surroundings } from './surroundings.js'
import { makeTokenSource } from './token-source.js'

/** Where a client connects to: an address, or who knows it. */
export type Destination = string | (() => string | Promise<string>)

/** Whom a link serves, by what it tells them to do. */
export type LinkUser = {
  readonly [E in Exclude<keyof LinkEffects, 'ask' | 'open' | 'drop' | 'send'>]: (detail: LinkEffects[E]) => void
} & {
  changed(link: Link): void
  connected(greeting: Incoming, features: readonly string[], send: (text: string) => void): void
  take(message: Incoming): void
  /** All of a frame is in. */
  framed(text: string, messages: readonly Incoming[]): void
}

export interface LinkParts {
  readonly destination: Destination
  readonly options: ClientOptions
  readonly dialect: Dialect
  readonly around: Surroundings
  readonly clientId: () => string
  readonly user: LinkUser
}

interface SocketEvent {
  readonly data: unknown
  readonly code: number
  readonly reason: string
}

/** A timer that is so late was held up by a machine that slept, or a browser that throttles a hidden page. */
const lateMsMax = 10_000

type Perform = { readonly [E in keyof LinkEffects]: (detail: LinkEffects[E]) => void }

/** Does what the link's table says, with sockets, timers, tokens and the page's life. */
export class LinkDriver {
  private link = idleLink
  private readonly events: LinkEvent[] = []
  private isRunning = false
  /** Stands for the socket, or for the address that it will have. What comes by another one is late, and dropped. */
  private current: object | undefined
  private socket: SocketLike | undefined
  private timer: { readonly dueMs: number; readonly cancel: () => void } | undefined
  private leavePage: (() => void) | undefined
  private readonly perform: Perform
  private readonly settings: Moment['settings']

  constructor(private readonly parts: LinkParts) {
    const { options, around, user } = parts
    const { leastMs = 500, mostMs = 30_000, steadyMs = 30_000 } = options.backoff ?? {}
    const mayReturn = (end: LinkEnd): boolean => {
      try {
        return options.shouldReconnect?.(end) !== false
      } catch (error) {
        around.report(error)
        return true
      }
    }
    this.settings = { leastMs, mostMs, steadyMs, mayReturn }
    const tokens = makeTokenSource(
      options.token,
      around,
      (token) => this.dispatch({ type: 'token', token, sub: around.subOf(token) }),
      (error) => this.dispatch({ type: 'failed', error }),
    )
    this.perform = {
      ...user,
      ask: tokens.ask,
      open: (token) => this.open(token),
      drop: () => this.drop(),
      send: (request) => this.socket?.send(JSON.stringify(request)),
      over(error) {
        tokens.stop()
        user.over(error)
      },
    }
  }

  /** What an event brings about is done before the next one. */
  dispatch(event: LinkEvent): void {
    this.events.push(event)
    if (this.isRunning) return
    this.isRunning = true
    try {
      for (let next; (next = this.events.shift());) this.run(next)
    } finally {
      this.isRunning = false
    }
  }

  private run(event: LinkEvent): void {
    const { around, user } = this.parts
    const moment = { nowMs: around.nowMs(), chance: around.random(), settings: this.settings }
    const cell = linkTable[event.type][linkPhases.indexOf(this.link.at)] as (link: Link, event: LinkEvent, moment: Moment) => Step
    const [link, ...effects] = cell(this.link, event, moment)
    this.link = link
    for (const [name, detail] of effects) (this.perform[name] as (detail: unknown) => void)(detail)
    user.changed(link)
    this.setTimer()
    this.watchPage()
  }

  private open(token: string): void {
    const { destination } = this.parts
    const mark = (this.current = {})
    const isCurrent = (): boolean => this.current === mark
    if (typeof destination === 'string') return this.connect(destination, token)
    new Promise<string>((resolve) => resolve(destination())).then(
      (url) => isCurrent() && this.connect(url, token),
      (error: unknown) => isCurrent() && this.fail(new SluiceError('lost', String(error))),
    )
  }

  private connect(url: string, token: string): void {
    const { dialect, around, clientId } = this.parts
    try {
      this.listenTo(around.open(dialect.address(url, clientId(), token), dialect.subprotocols(token)))
    } catch (error) {
      this.fail(new SluiceError('no_websocket', String(error), true))
    }
  }

  private fail(error: SluiceError): void {
    this.dispatch({ type: 'failed', error })
  }

  private listenTo(socket: SocketLike): void {
    this.current = this.socket = socket
    const listen = (type: string, call: (event: SocketEvent) => void): void => {
      socket.addEventListener(type, (event: SocketEvent) => this.current === socket && call(event))
    }
    listen('message', ({ data }) => this.receive(data, socket))
    listen('close', ({ code, reason }) => {
      this.current = this.socket = undefined
      this.dispatch({ type: 'ended', ...endOf(code, reason) })
    })
    // 'close' follows, and says more.
    listen('error', () => undefined)
  }

  private receive(data: unknown, socket: SocketLike): void {
    const { user, options } = this.parts
    const messages = messagesIn(data, options.parse ?? JSON.parse)
    if (!messages) return this.dispatch({ type: 'broken' })
    this.dispatch({ type: 'heard' })
    try {
      this.takeAll(messages, socket)
      user.framed(data as string, messages)
    } catch (error) {
      // No server nests so deep that the stack overflows.
      if (!(error instanceof RangeError)) throw error
      this.dispatch({ type: 'broken' })
    }
  }

  private takeAll(messages: readonly Incoming[], socket: SocketLike): void {
    const { user } = this.parts
    for (const message of messages) {
      if (this.current !== socket) return
      const event = linkEventIn(message)
      if (event?.type === 'established' && this.link.at === 'opening') user.connected(message, event.features, (text) => socket.send(text))
      if (event) this.dispatch(event)
      if (event?.type !== 'unauthenticated') user.take(message)
    }
  }

  /** Without waiting for its answer: what comes of it from now on is late. */
  private drop(): void {
    const { socket } = this
    this.current = this.socket = undefined
    socket?.close(1000)
  }

  /** One timer serves all alarms. It is not moved for what is due later. */
  private setTimer(): void {
    const { around } = this.parts
    const dueMs = Math.min(...Object.values(this.link.alarms).map((alarm) => alarm ?? Infinity))
    if (this.timer && this.timer.dueMs <= dueMs && dueMs < Infinity) return
    this.timer?.cancel()
    this.timer = dueMs < Infinity ? { dueMs, cancel: around.after(Math.max(0, dueMs - around.nowMs()), () => this.ring(dueMs)) } : undefined
  }

  private ring(dueMs: number): void {
    const nowMs = this.parts.around.nowMs()
    const isLate = nowMs - dueMs > lateMsMax
    this.timer = undefined
    for (const [type, alarmMs] of Object.entries(this.link.alarms) as [AlarmName, number | undefined][])
      if (alarmMs !== undefined && alarmMs <= nowMs) this.dispatch({ type, isLate })
    if (isLate) this.dispatch({ type: 'woken' })
    this.setTimer()
  }

  /** Only while there is a link, so that a client that is left alone leaves nothing behind. */
  private watchPage(): void {
    const { options, around } = this.parts
    if (this.link.at !== 'idle' && this.link.at !== 'closed') {
      this.leavePage ??= followPage(around, options.whenHidden === 'pause', (type) => this.dispatch({ type }))
    } else {
      this.leavePage?.()
      this.leavePage = undefined
    }
  }
}
