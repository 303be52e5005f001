import type { Surroundings } from './surroundings.js'

/**
 * Tells listeners what has changed once all of a frame is in, so that nobody sees half of it. Whatever they do then, subscribe, unsubscribe or
 * close, comes in its turn; one that throws is reported and stops nobody.
 */
export interface Turns {
  /** Once, however often it is asked for. */
  add(tell: () => void): void
  run(): void
  /** Runs somebody else's code. */
  guard(call: () => void): void
}

export function makeTurns(around: Surroundings): Turns {
  const waiting = new Set<() => void>()
  let [isRunning, isScheduled] = [false, false]
  const guard = (call: () => void): void => {
    try {
      call()
    } catch (error) {
      around.report(error)
    }
  }
  const run = (): void => {
    isScheduled = false
    if (isRunning) return
    isRunning = true
    for (const tell of waiting) {
      waiting.delete(tell)
      guard(tell)
    }
    isRunning = false
  }
  return {
    guard,
    run,
    add(tell) {
      waiting.add(tell)
      if (!isScheduled) around.soon(run)
      isScheduled = true
    },
  }
}
