import type { Listener, Observer, Unsubscribe } from './api.js'

/** Ends something once, by a call, by `unsubscribe`, or by `using` where there is that. */
export function unsubscribeBy(end: () => void): Unsubscribe {
  const once = (): void => {
    const last = end
    end = () => undefined
    last()
  }
  const dispose: unknown = (Symbol as { dispose?: symbol }).dispose
  return Object.assign(once, { unsubscribe: once }, dispose ? { [dispose as symbol]: once } : {})
}

export function observerOf<T>(listener: Listener<T>): Partial<Observer<T>> {
  return typeof listener === 'function' ? { next: listener } : listener
}

/** Makes a thing one that rxjs and its kin take. Which symbol these look for depends on who was loaded first, so both are there. */
export function makeObservable(thing: object): void {
  const interop = (Symbol as { observable?: symbol }).observable
  for (const name of ['@@observable', interop]) if (name) Object.defineProperty(thing, name, { value: () => thing })
}
