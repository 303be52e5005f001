import type { Change, Missed, SubscribeOptions } from './api.js'
import type { SluiceError } from './sluice-error.js'

/** A change of whatever type. */
export type AnyChange = Change<Readonly<Record<string, unknown>>>

/** Who is told of an entity: an iterator, a callback, or a store with all of its listeners. */
export interface Subscriber {
  /** Undefined for every type. */
  readonly type: string | undefined
  readonly wishes: SubscribeOptions
  /** Whether how the entity is now would be news. */
  awaits: boolean
  take(change: AnyChange): void
  /** Something could not be delivered; the next change says so. */
  miss(missed: Missed): void
  /** The subscription stands. */
  begin?(): void
  /** What is known is so now, or may not be so any more. */
  fresh?(isFresh: boolean): void
  /** All that there is has been told: nothing of a collection, where an error says why. */
  settle(error?: SluiceError): void
  /** What is held must not be shown any more, and what it is now is not known. */
  forget(): void
  /** Nothing follows: because of the error, or as the client was closed. Answers whether it awaits that the error passes all the same. */
  end(error: SluiceError | undefined): boolean
}

/** Several losses before one change are told as one. The widest counts: what came while there was no connection, nobody can count. */
export function missedWith(before: Missed | undefined, { because, count }: Missed): Missed {
  if (before === undefined) return { because, count }
  const both = before.count === undefined || count === undefined ? undefined : before.count + count
  return { because: because === 'not_resumed' ? because : before.because, count: both }
}
