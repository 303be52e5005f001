import type { Frame } from '../../authorize/entity-update.js'
import type { CloseName } from '#protocol/codes.js'
import type { Sized, Taker } from './mailbox.js'
import type { Owed } from './owed.js'

/** A message that waits for one connection. Messages are sent in the order in which they were pushed. */
export type ConnectionMessage = Frame | Owed | CloseMessage

interface CloseMessage extends Sized {
  readonly kind: 'close'
  readonly name: CloseName
}

/**
 * The messages that wait until their connection can be written to. Each implementation is a policy for clients that read too slowly: it
 * decides which messages it keeps, how many are too many, and what happens then.
 */
export interface Backlog<M extends Sized> {
  /** The size of all waiting messages. */
  readonly bytes: number
  /** The number of waiting messages. */
  readonly count: number
  readonly isEmpty: boolean
  /** Whether the waiting messages exceed the limit. Read after each push, so that it must cost nothing. */
  readonly isOverfull: boolean
  push(message: M): void
  /** Puts the message before all that wait. */
  pushFirst(message: M): void
  /** Hands out the messages, the oldest first, until the taker answers that it takes no more. */
  drain(taker: Taker<M>): void
  /** Replaces each waiting message by the result of `revise`, or removes it where that is undefined. */
  revise(revise: (message: M) => M | undefined): void
  clear(): void
  /** Called when the backlog is overfull. It makes room, or answers the code with which the connection is to be closed. */
  overflow(): CloseName | undefined
}
