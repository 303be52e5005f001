/**
 * Enters: a node that is to end. Leaves: the same without its clients, or with those that have not left in time. Balancers are given a
 * moment to send nobody here any more. Then clients of `sluice.v1` are asked to leave at moments of their own, and the others are closed one
 * by one in random order, so that the other nodes get all of them spread over the time.
 */
import type { Clock } from '#clock.js'
import { Slices } from './slices.js'

/** What a drain needs of a connection. */
export interface Leaving {
  /** Asks the client to connect elsewhere within this time. Answers false to one that knows no such message. */
  askToLeave(withinMs: number): boolean
  closeInOrder(name: 'shutting_down'): void
}

export interface DrainParts<Client extends Leaving> {
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  /** Those that are there. */
  readonly clients: () => Iterable<Client>
  /** Accepts no further connections. */
  readonly stopListening: () => void
}

/** How long others are let in after SIGTERM: Kubernetes and most balancers know within it that this node is not ready. */
const openMsMax = 5000
/** Of the whole time, where that is short. */
const openShare = 1 / 5
/** A client that is closed has some others before it and some behind it, and not one timer each. */
const stepMs = 50

export class Drain<Client extends Leaving> {
  private endsMs = 0
  /** Undefined while balancers may still send clients here. Those that are to be closed, the next one last. */
  private toClose: Client[] | undefined
  /** How many are to be closed now, with the fraction of the next one. */
  private due = 0
  private cancel: () => void = () => undefined
  private done: () => void = () => undefined

  constructor(private readonly parts: DrainParts<Client>) {}

  /** Resolves when all have left, when the time is over, or at `stop`. */
  run(drainMs: number): Promise<void> {
    const { clock, stopListening } = this.parts
    this.endsMs = clock.monotonicMs() + drainMs
    this.cancel = clock.after(Math.min(openMsMax, drainMs * openShare), () => {
      stopListening()
      this.sendAway()
    })
    return new Promise((resolve) => (this.done = resolve))
  }

  /** Whoever is left is to be closed by the caller. */
  stop(): void {
    this.cancel()
    this.done()
  }

  /** A client whose token was read while the port closed. */
  joined(client: Client): void {
    const { toClose } = this
    if (toClose === undefined || client.askToLeave(this.leftMs)) return
    const place = Math.floor(this.parts.random() * (toClose.length + 1))
    toClose.push(client)
    swap(toClose, place, toClose.length - 1)
  }

  /** The last one has gone. Before the port is closed others may come. */
  emptied(): void {
    if (this.toClose !== undefined) this.stop()
  }

  private get leftMs(): number {
    return Math.max(0, Math.ceil(this.endsMs - this.parts.clock.monotonicMs()))
  }

  private sendAway(): void {
    const clients = [...this.parts.clients()]
    this.toClose = []
    if (clients.length === 0) return this.stop()
    // Some in each tick: to write to 10,000 clients takes a tenth of a second.
    new Slices(this.asking(clients), this.parts.clock, { done: () => this.step() }).start()
  }

  private *asking(clients: readonly Client[]): Generator {
    for (const client of clients) {
      this.joined(client)
      yield
    }
  }

  /** Closes as many as are due by now. */
  private step(): void {
    const { leftMs } = this
    if (leftMs === 0) return this.stop()
    const steps = Math.ceil(leftMs / stepMs)
    const toClose = this.toClose!
    for (this.due += toClose.length / steps; this.due >= 1; this.due--) toClose.pop()?.closeInOrder('shutting_down')
    this.cancel = this.parts.clock.after(Math.min(stepMs, leftMs), () => this.step())
  }
}

function swap(list: unknown[], one: number, other: number): void {
  const [first, second] = [list[one], list[other]]
  list[one] = second
  list[other] = first
}
