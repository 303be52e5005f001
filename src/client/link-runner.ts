import type { ClientEvents, ClientOptions, SocketLike } from './api.js'
import type { Dialect } from './dialect.js'
import { messagesIn, type Incoming } from './incoming.js'
import type { Link, LinkEffect, LinkEvent, LinkSettings } from './link.js'
import { featuresIn, linkEventIn } from './link-messages.js'
import { endOf } from './link-moves.js'
import { dueMs, idleLink, step } from './link-step.js'
import type { Server } from './outbox.js'
import { followPage } from './page-life.js'
import { SluiceError } from './sluice-error.js'
import type { Surroundings } from './surroundings.js'
import { TokenSource } from './token-source.js'

/** Where a client connects to: an address, or who knows it. */
export type Destination = string | (() => string | Promise<string>)

/** Whom the link serves. */
export interface LinkUser {
  changed(link: Link): void
  connected(server: Server): void
  take(message: Incoming): void
  /** All of a frame is in. */
  framed(text: string, messages: readonly Incoming[]): void
  up(): void
  down(): void
  stale(): void
  forget(): void
  over(error: SluiceError | undefined): void
  tell<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void
}

export interface LinkParts {
  readonly destination: Destination
  readonly options: ClientOptions
  readonly dialect: Dialect
  readonly surroundings: Surroundings
  readonly clientId: () => string
  readonly user: LinkUser
}

interface SocketEvent {
  readonly data: unknown
  readonly code: number
  readonly reason: string
}

/** Does what the link's table says, with sockets, timers, tokens and the page's life. */
export class LinkRunner {
  private link: Link = idleLink
  private readonly settings: LinkSettings
  private readonly tokens: TokenSource
  private readonly events: LinkEvent[] = []
  private isRunning = false
  /** Stands for the socket, or for the address that it will have. Whatever comes by another one is late, and dropped. */
  private current: object | undefined
  private socket: SocketLike | undefined
  private timer: { readonly dueMs: number; readonly cancel: () => void } | undefined
  private leavePage: (() => void) | undefined

  constructor(private readonly parts: LinkParts) {
    const { options, surroundings } = parts
    const { leastMs = 500, mostMs = 30_000, steadyMs = 30_000 } = options.backoff ?? {}
    this.settings = { leastMs, mostMs, steadyMs }
    this.tokens = new TokenSource(
      options.token,
      surroundings,
      (token) => this.dispatch({ type: 'token', token, sub: surroundings.subOf(token) }),
      (error) => this.dispatch({ type: 'failed', error }),
    )
  }

  /** What an event brings about is done before the next one. */
  dispatch(event: LinkEvent): void {
    this.events.push(event)
    if (this.isRunning) return
    this.isRunning = true
    for (let next; (next = this.events.shift());) this.run(next)
    this.isRunning = false
  }

  private run(event: LinkEvent): void {
    const { surroundings, user } = this.parts
    const moment = { nowMs: surroundings.nowMs(), chance: surroundings.random(), settings: this.settings }
    const [link, ...effects] = step(this.link, event, moment)
    this.link = link
    for (const effect of effects) this.perform(effect)
    user.changed(link)
    this.setTimer()
    this.watchPage()
  }

  private perform(effect: LinkEffect): void {
    const { user } = this.parts
    if (effect.type === 'ask') this.tokens.ask(effect.reason)
    else if (effect.type === 'open') this.open(effect.token)
    else if (effect.type === 'drop') this.drop()
    else if (effect.type === 'send') this.socket?.send(JSON.stringify(effect.request))
    else if (effect.type === 'tell') user.tell(effect.event, effect.value)
    else if (effect.type === 'over') {
      this.tokens.stop()
      user.over(effect.error)
    } else user[effect.type]()
  }

  private open(token: string): void {
    const { destination } = this.parts
    const mark = (this.current = {})
    if (typeof destination === 'string') return this.connect(destination, token)
    new Promise<string>((resolve) => resolve(destination())).then(
      (url) => this.current === mark && this.connect(url, token),
      (error: unknown) => this.current === mark && this.dispatch({ type: 'failed', error: new SluiceError('lost', String(error)) }),
    )
  }

  private connect(url: string, token: string): void {
    const { dialect, surroundings, clientId } = this.parts
    try {
      this.listenTo(surroundings.open(dialect.address(url, clientId(), token), dialect.subprotocols(token)))
    } catch (error) {
      this.dispatch({ type: 'failed', error: new SluiceError('no_websocket', String(error), true) })
    }
  }

  private listenTo(socket: SocketLike): void {
    this.current = this.socket = socket
    const listen = (type: string, call: (event: SocketEvent) => void): void => {
      socket.addEventListener(type, (event: SocketEvent) => {
        if (this.current === socket) call(event)
      })
    }
    listen('message', ({ data }) => this.receive(data, socket))
    listen('close', ({ code, reason }) => {
      this.forgetSocket()
      this.dispatch({ type: 'ended', code, reason, mayReturn: this.mayReturn(code, reason) })
    })
    // 'close' follows, and says more.
    listen('error', () => undefined)
  }

  private receive(data: unknown, socket: SocketLike): void {
    const { user, options } = this.parts
    const messages = messagesIn(data, options.parse ?? JSON.parse)
    if (messages === undefined) return this.dispatch({ type: 'broken', reason: 'The server sent what is no message of the protocol.' })
    this.dispatch({ type: 'heard' })
    for (const message of messages) {
      if (this.current !== socket) return
      const event = linkEventIn(message)
      if (event?.type === 'established' && this.link.at === 'opening')
        user.connected({ features: featuresIn(message), limits: message['limits'], send: (text) => socket.send(text) })
      if (event !== undefined) this.dispatch(event)
      if (event?.type !== 'unauthenticated') user.take(message)
    }
    user.framed(data as string, messages)
  }

  /** Without waiting for its answer: what comes of it from now on is late. */
  private drop(): void {
    const { socket } = this
    this.forgetSocket()
    socket?.close(1000)
  }

  private forgetSocket(): void {
    this.current = this.socket = undefined
  }

  private mayReturn(code: number, reason: string): boolean {
    try {
      return this.parts.options.shouldReconnect?.(endOf(code, reason)) !== false
    } catch (error) {
      this.parts.surroundings.report(error)
      return true
    }
  }

  /** One timer serves all that the link waits for. It is not moved for what is due later. */
  private setTimer(): void {
    const { surroundings } = this.parts
    const due = dueMs(this.link)
    if (this.timer !== undefined && this.timer.dueMs <= due && due !== Infinity) return
    this.timer?.cancel()
    this.timer = undefined
    if (due === Infinity) return
    const cancel = surroundings.after(Math.max(0, due - surroundings.nowMs()), () => {
      this.timer = undefined
      this.dispatch({ type: 'timer', lateMs: surroundings.nowMs() - due })
    })
    this.timer = { dueMs: due, cancel }
  }

  /** Only while there is a link, so that a client that is left alone leaves nothing behind. */
  private watchPage(): void {
    const { options, surroundings } = this.parts
    const isResting = ['idle', 'closed'].includes(this.link.at)
    if (isResting) this.leavePage?.()
    if (isResting) this.leavePage = undefined
    else this.leavePage ??= followPage(surroundings, options.whenHidden === 'pause', (type) => this.dispatch({ type }))
  }
}
