/** Time as the gateway sees it. Handed in everywhere, so that a simulation can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch (UTC). */
  now(): number
  /** Calls once after `delayMs`; what is returned cancels it. */
  after(delayMs: number, call: () => void): () => void
  /** Calls once when the input that has already arrived has been handled (one tick of the event loop). */
  nextTick(call: () => void): void
}

/** Node cannot hold a longer timer; it would fire at once. */
const timerMsMax = 2_147_483_647

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, call) {
    const timer = setTimeout(call, Math.min(delayMs, timerMsMax))
    return () => clearTimeout(timer)
  },
  nextTick: (call) => void setImmediate(call),
}
