import type { Listener, Observer, Store, Unsubscribe } from './api.js'
import { makeObservable, observerOf, unsubscribeBy } from './listening.js'
import { PullQueue } from './pull-queue.js'
import type { Turns } from './turns.js'

export interface ValueHooks {
  /** Somebody listens, or nobody any more. */
  readonly first?: () => void
  readonly last?: () => void
  /** All listeners know the value as it is. */
  readonly told?: () => void
}

/** A value and who listens to it. */
export class Value<T> implements Store<T> {
  private readonly listeners = new Set<Partial<Observer<T>>>()
  private value: T
  private hasEnded = false

  constructor(
    private readonly initial: T,
    private readonly turns: Turns,
    private readonly hooks: ValueHooks = {},
  ) {
    this.value = initial
    makeObservable(this)
  }

  readonly getSnapshot = (): T => this.value

  readonly getServerSnapshot = (): T => this.initial

  readonly subscribe = (listener: Listener<T>): Unsubscribe => {
    const observer = { ...observerOf(listener) }
    this.listeners.add(observer)
    if (this.listeners.size === 1) this.hooks.first?.()
    this.turns.guard(() => observer.next?.(this.value))
    if (this.hasEnded) this.turns.guard(() => observer.complete?.())
    return unsubscribeBy(() => {
      if (this.listeners.delete(observer) && this.listeners.size === 0) this.hooks.last?.()
    })
  };

  [Symbol.asyncIterator](): AsyncIterator<T> {
    const queue = new PullQueue<T>(
      () => undefined,
      () => stop(),
    )
    const stop = this.subscribe({
      next(value) {
        queue.items[0] = value
        queue.serve()
      },
      complete: () => queue.end(undefined),
    })
    return queue
  }

  set(value: T): void {
    if (value === this.value) return
    this.value = value
    this.turns.add(this.tell)
  }

  /** Nothing follows. */
  end(): void {
    this.hasEnded = true
    this.turns.add(this.tell)
  }

  private readonly tell = (): void => {
    const { value } = this
    for (const observer of [...this.listeners]) if (this.listeners.has(observer)) this.turns.guard(() => observer.next?.(value))
    this.hooks.told?.()
    if (this.hasEnded) for (const observer of [...this.listeners]) this.turns.guard(() => observer.complete?.())
  }
}
