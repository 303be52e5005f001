import type { Clock } from '#clock.js'

/**
 * Actors in one tick: some three milliseconds of writes of a frame each. 10,000 of them in one go would be 60 to 80 ms in which no ping is
 * answered, no policy read and no record fetched: the last forbidden byte after a change of the policy came up to 149 ms late, now 20.
 */
const sliceMax = 512

interface Runnable {
  run(): void
}

/**
 * Runs the actors that have messages, in rounds: each once, so that what arrives until its turn comes is handled together. A round
 * takes as many ticks as it needs; whoever gets messages behind its turn is in the next one.
 */
export class ActorScheduler {
  private round: readonly Runnable[] = []
  /** In the round: whose turn is next. */
  private next = 0
  private callsAfterRound: readonly (() => void)[] = []
  private ready: Runnable[] = []
  /** To be called after the round of those that are ready now. */
  private calls: (() => void)[] = []
  private isAwaited = false

  constructor(
    private readonly clock: Clock,
    private readonly actorsInTickMax = sliceMax,
  ) {}

  schedule(actor: Runnable): void {
    this.ready.push(actor)
    this.goOnLater()
  }

  /** Calls when every actor that is scheduled now has run, at once where none is. */
  afterRound(call: () => void): void {
    if (!this.isAwaited) call()
    else this.calls.push(call)
  }

  private goOnLater(): void {
    if (this.isAwaited) return
    this.isAwaited = true
    this.clock.nextTick(() => this.goOn())
  }

  private goOn(): void {
    this.isAwaited = false
    if (this.next === this.round.length) this.begin()
    const end = Math.min(this.round.length, this.next + this.actorsInTickMax)
    while (this.next < end) this.round[this.next++]!.run()
    if (end === this.round.length) this.end()
    if (this.next < this.round.length || this.ready.length > 0 || this.calls.length > 0) this.goOnLater()
  }

  private begin(): void {
    this.round = this.ready
    this.callsAfterRound = this.calls
    this.ready = []
    this.calls = []
    this.next = 0
  }

  private end(): void {
    const calls = this.callsAfterRound
    this.round = []
    this.callsAfterRound = []
    this.next = 0
    for (const call of calls) call()
  }
}
