import { performance } from 'node:perf_hooks'

/**
 * Time as the gateway sees it. Handed in everywhere, so that a simulation can hold it still. Two readings, as an administrator or NTP may
 * set the machine's clock back or ahead at any moment: what time it is, for what carries a date (tokens, records); and how much time has
 * passed, for everything that waits, paces, expires after a while or is measured.
 */
export interface Clock {
  /** Milliseconds since the epoch (UTC). Two readings say nothing of the time between them. */
  now(): number
  /** Milliseconds, with fractions, since a moment that means nothing: never less than before, whatever becomes of `now`. */
  monotonicMs(): number
  /** Calls once after `delayMs` have passed; what is returned cancels it. */
  after(delayMs: number, call: () => void): () => void
  /** Calls once when the input that has already arrived has been handled (one tick of the event loop). */
  nextTick(call: () => void): void
}

/** Resolves when the time has passed, with true; or with false as soon as `stop` is aborted. */
export function pause(clock: Clock, ms: number, stop?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (stop?.aborted) return resolve(false)
    const leave = (): void => {
      cancel()
      resolve(false)
    }
    const cancel = clock.after(ms, () => {
      stop?.removeEventListener('abort', leave)
      resolve(true)
    })
    stop?.addEventListener('abort', leave, { once: true })
  })
}

/** Node cannot hold a longer timer; it would fire at once. */
const timerMsMax = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, Math.min(delayMs, timerMsMax))
    return () => clearTimeout(timer)
  },
  nextTick: (call) => void setImmediate(call),
}

/** For what must not keep a process alive that has nothing else to do. */
export const backgroundClock: Clock = {
  ...systemClock,
  after(delayMs, call) {
    const timer = setTimeout(call, Math.min(delayMs, timerMsMax)).unref()
    return () => clearTimeout(timer)
  },
}
