import type { Clock } from '#clock.js'

/** The process as a command sees it. */
export interface Terminal {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** Aborted by Ctrl-C, and by a reader that has seen enough, as `head` has. A command that does not ask for it is ended instead. */
  readonly stop: () => AbortSignal
  /** Whether people read the output, on a terminal that can. */
  readonly hasColours: boolean
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}
