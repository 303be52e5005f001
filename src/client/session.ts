import type { ClientEvents, ClientOptions, ClientState } from './api.js'
import { Channels } from './channels.js'
import type { Dialect } from './dialect.js'
import { lostDigitsPath, mayLoseDigits } from './digits.js'
import { EventListeners } from './event-listeners.js'
import { textIn, type Incoming } from './incoming.js'
import type { Link } from './link.js'
import { LinkRunner, type Destination, type LinkUser } from './link-runner.js'
import { stateOf } from './link-step.js'
import type { Server } from './outbox.js'
import { closedError, type SluiceError } from './sluice-error.js'
import type { Subscriber } from './subscriber.js'
import type { Surroundings } from './surroundings.js'
import { Turns } from './turns.js'
import { Value } from './value.js'

const lingerMsByDefault = 1000

/** Joins a client's link with its subscriptions, and both with who listens. */
export class Session implements LinkUser {
  readonly turns: Turns
  readonly events: EventListeners
  readonly state: Value<ClientState>
  private readonly channels: Channels
  private readonly link: LinkRunner
  private id: string | undefined
  /** Whether it is connected without any subscription too. */
  private isHeld = false
  private hasToldLostDigits: boolean

  constructor(
    destination: Destination,
    options: ClientOptions,
    dialect: Dialect,
    private readonly surroundings: Surroundings,
  ) {
    const { clientId, lingerMs = lingerMsByDefault, parse } = options
    this.id = clientId
    this.hasToldLostDigits = parse !== undefined
    this.turns = new Turns(surroundings)
    this.events = new EventListeners(this.turns)
    this.state = new Value<ClientState>({ status: 'idle' }, this.turns)
    this.link = new LinkRunner({ destination, options, dialect, surroundings, user: this, clientId: () => this.clientId })
    this.channels = new Channels({
      ...{ surroundings, lingerMs, hasMarks: dialect.hasMarks },
      tell: (event, value) => this.tell(event, value),
      wanted: (isWanted) => this.want(isWanted),
      broken: (reason) => this.link.dispatch({ type: 'broken', reason }),
    })
  }

  /** Made when it is needed: chance is not there for whoever only renders a page. */
  get clientId(): string {
    return (this.id ??= Array.from({ length: 4 }, () => this.surroundings.random().toString(36).slice(2, 10)).join(''))
  }

  join(entityType: string | undefined, entityId: string, subscriber: Subscriber): () => void {
    return this.channels.join(entityType, entityId, subscriber)
  }

  connect(): Promise<void> {
    this.isHeld = true
    this.link.dispatch({ type: 'wanted' })
    return new Promise((resolve, reject) => {
      const look = (state: ClientState): void => {
        if (state.status === 'closed') reject(state.error ?? closedError())
        else if (state.status === 'live') resolve()
        else return
        this.turns.add(() => stop())
      }
      const stop = this.state.subscribe(look)
    })
  }

  close(): void {
    this.link.dispatch({ type: 'close' })
  }

  changed(link: Link): void {
    this.state.set(stateOf(link, this.state.getSnapshot()))
  }

  connected(server: Server): void {
    this.channels.connected(server)
  }

  take(message: Incoming): void {
    this.channels.take(message)
  }

  framed(text: string, messages: readonly Incoming[]): void {
    if (!this.hasToldLostDigits && mayLoseDigits(text)) this.tellLostDigits(text, messages)
    this.turns.run()
  }

  up(): void {
    this.channels.up()
  }

  down(): void {
    this.channels.down()
  }

  stale(): void {
    this.channels.stale()
  }

  forget(): void {
    this.channels.forget()
  }

  over(error: SluiceError | undefined): void {
    this.channels.over(error)
    this.state.end()
  }

  tell<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void {
    this.events.tell(event, value)
  }

  private want(isWanted: boolean): void {
    if (isWanted) this.link.dispatch({ type: 'wanted' })
    else if (!this.isHeld) this.link.dispatch({ type: 'unwanted' })
  }

  private tellLostDigits(text: string, messages: readonly Incoming[]): void {
    for (const { data, entity_type } of messages) {
      const path = lostDigitsPath(data, text)
      if (path === undefined) continue
      this.hasToldLostDigits = true
      return this.tell('digits_lost', { entityType: textIn(entity_type) ?? '', path })
    }
  }
}
