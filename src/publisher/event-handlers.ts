import type { EventEmitter } from 'node:events'
import { types } from 'node:util'
import type { Operation } from '#entities.js'

/** A change that a handler wants to be published: the arguments of `publish` by their names. */
export interface PublishedChange {
  readonly entityType: string
  readonly operation: Operation
  readonly entity: unknown
  readonly entityId?: string | undefined
  readonly timestamp?: Date | undefined
}

/** Handlers by the event's name. Each answers the changes to publish. It may not wait, as changes keep the order of their events. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an emitter knows no types of its events, the handlers do
export type EventHandlers = Readonly<Record<string, (event: any) => PublishedChange | readonly PublishedChange[] | undefined>>

/** An event whose handler has failed, or whose change could not be published. */
export type OnPublishError = (error: Error, eventName: string, event: unknown) => void

/** Puts the handlers on an emitter. Returns a function that takes them off again. */
export function listen(
  emitter: EventEmitter,
  handlers: EventHandlers,
  onError: OnPublishError,
  publish: (change: PublishedChange) => Promise<unknown>,
): () => void {
  const listeners = Object.entries(handlers).map(([name, handler]) => {
    const listener = (event: unknown) => {
      const fail = (error: unknown) => onError(asError(error), name, event)
      try {
        const made: unknown = handler(event)
        if (types.isPromise(made)) made.catch(fail) // A rejection that nobody handles would end the process.
        for (const change of changesIn(made)) publish(change).catch(fail)
      } catch (error) {
        fail(error)
      }
    }
    emitter.on(name, listener)
    return { name, listener }
  })
  return () => {
    for (const { name, listener } of listeners) emitter.off(name, listener)
  }
}

/** A handler may throw anything, even undefined. */
function asError(error: unknown): Error {
  return types.isNativeError(error) ? error : new Error('The handler threw what is no Error.', { cause: error })
}

function changesIn(made: unknown): readonly PublishedChange[] {
  if (made === undefined || made === null) return []
  if (Array.isArray(made)) return made as readonly PublishedChange[]
  if (typeof made === 'object' && 'entityType' in made) return [made as PublishedChange]
  // A promise, as an `async` handler makes one, would lose the order of the events.
  throw new TypeError('The handler must return at once what is to be published: a change, a list of changes, or nothing.')
}
