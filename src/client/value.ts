import type { Listener, Observer, Store } from './api.js'
import { makeObservable, observerOf, unsubscribeBy } from './listening.js'
import { makePullQueue } from './pull-queue.js'
import type { Turns } from './turns.js'

/** A store, and who may change it. */
export interface Value<T> {
  readonly store: Store<T>
  readonly set: (value: T) => void
  /** Sets what is made when somebody looks. */
  readonly later: (make: (last: T) => T) => void
  /** Nothing follows. */
  readonly end: () => void
}

interface Hooks {
  /** Somebody listens, or nobody any more. */
  readonly first?: () => void
  readonly last?: () => void
  /** All listeners know the value as it is. */
  readonly told?: () => void
}

export function makeValue<T>(initial: T, turns: Turns, { first, last, told }: Hooks = {}): Value<T> {
  const listeners = new Set<Partial<Observer<T>>>()
  let [value, hasEnded] = [initial, false]
  let make: ((last: T) => T) | undefined
  const getSnapshot = (): T => {
    if (make) [value, make] = [make(value), undefined]
    return value
  }
  const hand = (observer: Partial<Observer<T>>): void => {
    if (listeners.has(observer)) turns.guard(() => observer.next?.(getSnapshot()))
    if (hasEnded && listeners.has(observer)) turns.guard(() => observer.complete?.())
  }
  const tell = (): void => {
    for (const observer of [...listeners]) hand(observer)
    told?.()
  }
  const subscribe = (listener: Listener<T>) => {
    const observer = { ...observerOf(listener) }
    listeners.add(observer)
    if (listeners.size === 1) first?.()
    hand(observer)
    return unsubscribeBy(() => {
      if (listeners.delete(observer) && listeners.size === 0) last?.()
    })
  }
  const store = { subscribe, getSnapshot, getServerSnapshot: () => initial, [Symbol.asyncIterator]: () => latestOf(store) }
  return {
    store: makeObservable(store),
    set(next) {
      if (make || next !== value) turns.add(tell)
      ;[value, make] = [next, undefined]
    },
    later(next) {
      make = next
      turns.add(tell)
    },
    end() {
      hasEnded = true
      turns.add(tell)
    },
  }
}

/** The value as it is when it is asked for, once each. */
function latestOf<T>({ subscribe }: Pick<Store<T>, 'subscribe'>): AsyncIterator<T> {
  const { items, iterator, serve, end } = makePullQueue<T>(
    () => undefined,
    () => stop(),
  )
  const stop = subscribe({
    next(value) {
      items[0] = value
      serve()
    },
    complete: end,
  })
  return iterator
}
