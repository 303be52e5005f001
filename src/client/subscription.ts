import type { Cursor, Subscription } from './api.js'
import { makeObservable, observerOf, unsubscribeBy } from './listening.js'
import type { SluiceError } from './sluice-error.js'
import { beginStream, type StreamParts } from './stream.js'
import type { AnyChange } from './subscriber.js'

/** Changes of an entity for whoever iterates or listens, each of whom begins when they do so. Nothing is asked for before. */
export function makeSubscription(parts: Omit<StreamParts, 'observer' | 'began' | 'reached'>): Subscription<AnyChange> {
  let began!: (error?: SluiceError) => void
  let cursor: Cursor | undefined
  const reached = (by: Cursor | undefined): void => void (cursor = by ?? cursor)
  const ready = new Promise<void>((resolve, reject) => {
    began = (error) => (error ? reject(error) : resolve())
  })
  // Whoever does not ask for it is told of the failure by what they did ask for.
  ready.catch(() => undefined)
  return makeObservable({
    ready,
    get cursor() {
      return cursor
    },
    subscribe: (listener) => unsubscribeBy(beginStream({ ...parts, began, reached, observer: observerOf(listener) }).stop),
    [Symbol.asyncIterator]: () => beginStream({ ...parts, began, reached, observer: undefined }).iterator,
  } satisfies Subscription<AnyChange>)
}
