import type { Cursor, Missed, Observer, SubscribeOptions } from './api.js'
import { dropHidden, dropOldest, lossOf } from './lag.js'
import { makePullQueue } from './pull-queue.js'
import { closedError, type SluiceError } from './sluice-error.js'
import { missedWith, type AnyChange, type Subscriber } from './subscriber.js'
import type { Turns } from './turns.js'

const queueMaxByDefault = 1024

export interface StreamParts {
  readonly type: string | undefined
  /** Whether they are of a collection. */
  readonly isOfMany?: boolean
  readonly wishes: SubscribeOptions
  readonly turns: Turns
  /** Whom changes are handed to as they come; undefined where an iterator takes them. */
  readonly observer: Partial<Observer<AnyChange>> | undefined
  readonly began: (error?: SluiceError) => void
  readonly reached: (cursor: Cursor | undefined) => void
  readonly join: (subscriber: Subscriber) => () => void
}

export interface Stream {
  readonly iterator: AsyncIterator<AnyChange>
  readonly stop: () => void
}

/** The changes of an entity on their way to one observer, or to one iterator that may lag behind. */
export function beginStream(parts: StreamParts): Stream {
  const { type, isOfMany, wishes, turns, observer, began, reached, join } = parts
  const [{ signal }, held] = [wishes, new Set<string>()]
  let [isOver, hasLeft, missed, error, leave] = [false, false] as [boolean, boolean, Missed?, SluiceError?, (() => void)?]
  const close = (failure?: SluiceError): void => {
    ;[isOver, error] = [true, failure]
    items.length = 0
    signal?.removeEventListener('abort', stop)
  }
  const stop = (): void => {
    hasLeft = true
    close()
    end()
    leave?.()
  }
  const { items, iterator, serve, end } = makePullQueue<AnyChange>(({ cursor }) => reached(cursor), stop)
  const tell = (): void => {
    if (!observer) return isOver ? end(error) : serve()
    handOn(items.splice(0), observer, parts, () => isOver)
    // Who has left is told no end.
    if (isOver && !hasLeft) turns.guard(() => (error ? observer.error?.(error) : observer.complete?.()))
  }
  const subscriber: Subscriber = {
    ...{ type, wishes, awaits: wishes.snapshot === true && !wishes.since, begin: began, settle: began },
    take(change) {
      const isNews = isOfMany && isNewTo(held, change)
      // That something is gone is nothing to whom it was not shown.
      if (isOver || (isNews && !change.data)) return
      if (!observer && !isNews) missed = lossOf(dropHidden(items, change), missed)
      items.push(missed ? { ...change, missed } : change)
      missed = undefined
      if (!observer && items.length > (wishes.queueMax ?? queueMaxByDefault)) dropOldest(items)
      turns.add(tell)
    },
    miss: (more) => (missed = missedWith(missed, more)),
    forget: () => (missed = lossOf(items.splice(0), missed)),
    end(failure) {
      if (!isOver) {
        close(failure)
        began(failure ?? closedError())
        turns.add(tell)
      }
      return false
    },
  }
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  else leave = join(subscriber)
  return { iterator, stop }
}

/** @param held the entities that are there, as far as it was told */
function isNewTo(held: Set<string>, { entityId, data }: AnyChange): boolean {
  const isNews = !held.has(entityId)
  if (data) held.add(entityId)
  else held.delete(entityId)
  return isNews
}

/** All of them were taken out at once: of very many, to take out each by itself costs the more the more there are. */
function handOn(changes: readonly AnyChange[], observer: Partial<Observer<AnyChange>>, parts: StreamParts, isOver: () => boolean): void {
  for (const change of changes) {
    if (isOver()) return
    parts.turns.guard(() => observer.next?.(change))
    parts.reached(change.cursor)
  }
}
