import type { Cursor, Listener, Observer, SubscribeOptions, Subscription, Unsubscribe } from './api.js'
import { ChangeStream } from './change-stream.js'
import { makeObservable, observerOf, unsubscribeBy } from './listening.js'
import type { SluiceError } from './sluice-error.js'
import type { AnyChange, Subscriber } from './subscriber.js'
import type { Turns } from './turns.js'

const queueMaxByDefault = 1024

/** Changes of an entity for whoever iterates or listens, each of whom begins when they do so. Nothing is asked for before. */
export class EntitySubscription implements Subscription<AnyChange> {
  readonly ready: Promise<void>
  private settle!: (error?: SluiceError) => void
  private reached: Cursor | undefined

  constructor(
    private readonly entityType: string | undefined,
    private readonly options: SubscribeOptions,
    private readonly turns: Turns,
    private readonly join: (subscriber: Subscriber) => () => void,
  ) {
    this.ready = new Promise((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    // Whoever does not ask for it is told of the failure by what they did ask for.
    this.ready.catch(() => undefined)
    makeObservable(this)
  }

  get cursor(): Cursor | undefined {
    return this.reached
  }

  subscribe(listener: Listener<AnyChange>): Unsubscribe {
    return unsubscribeBy(this.begin(observerOf(listener)).stop)
  }

  [Symbol.asyncIterator](): AsyncIterator<AnyChange> {
    return this.begin(undefined).queue
  }

  private begin(observer: Partial<Observer<AnyChange>> | undefined): ChangeStream {
    const { entityType, options, turns } = this
    let leave = (): void => undefined
    const stream = new ChangeStream({
      ...{ entityType, wishes: options, turns, observer, signal: options.signal },
      queueMax: Math.max(1, options.queueMax ?? queueMaxByDefault),
      began: this.settle,
      reached: (cursor) => (this.reached = cursor ?? this.reached),
      leave: () => leave(),
    })
    if (options.signal?.aborted) stream.stop()
    else leave = this.join(stream)
    return stream
  }
}
