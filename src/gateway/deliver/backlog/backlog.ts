import type { Frame } from '../../authorize/entity-update.js'
import type { CloseName } from '#protocol/codes.js'
import type { Sized, Taker } from './mailbox.js'

/** What waits for one connection, in the order in which it is to be sent. */
export type ConnectionMessage = Frame | CloseMessage

interface CloseMessage extends Sized {
  readonly kind: 'close'
  readonly name: CloseName
}

/**
 * What waits until its connection can be written to. Each implementation is a policy for clients that read too slowly: it decides what it
 * keeps of what is pushed, when that is too much, and what gives then.
 */
export interface Backlog<M extends Sized> {
  /** Of what waits. */
  readonly bytes: number
  /** How many messages wait. */
  readonly count: number
  readonly isEmpty: boolean
  /** Whether more waits than may. Asked after each push, so that it must cost nothing. */
  readonly isOverfull: boolean
  push(message: M): void
  /** Hands out what waits, the oldest first, until the taker answers that it takes no more. */
  drain(taker: Taker<M>): void
  /** Replaces each message that waits by what `revise` makes of it; undefined: it is taken out. */
  revise(revise: (message: M) => M | undefined): void
  clear(): void
  /** More waits than may. Makes room, or answers with which code the connection is to be closed. */
  overflow(): CloseName | undefined
}
