import type { Listener, Observer, Unsubscribe } from './api.js'

/** Ends something once, by a call, by `unsubscribe`, or by `using` where there is that. */
export function unsubscribeBy(end: () => void): Unsubscribe {
  const once = (): void => {
    const last = end
    end = () => undefined
    last()
  }
  const { dispose = '' } = Symbol as { dispose?: symbol }
  return Object.assign(once, { unsubscribe: once, [dispose]: once })
}

export function observerOf<T>(listener: Listener<T>): Partial<Observer<T>> {
  return typeof listener === 'function' ? { next: listener } : listener
}

/** Makes a thing one that rxjs and its kin take. Which symbol these look for depends on who was loaded first, so both are there. */
export function makeObservable<T extends object>(thing: T): T {
  const { observable = '@@observable' } = Symbol as { observable?: symbol | string }
  const itself = (): T => thing
  return Object.assign(thing, { [observable]: itself, '@@observable': itself })
}
