import type { Clock } from '#clock.js'

/** What a command knows of the process that it runs in. */
export interface Terminal {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** Aborted by Ctrl-C, and by a reader such as `head` that has seen enough. Asked for by those who can stop: whoever does not is ended. */
  readonly stop: () => AbortSignal
  /** Whether people read the output, on a terminal that can. */
  readonly hasColours: boolean
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}
