/**
 * When each event is to leave, set before the first one does: an open loop. A system that falls behind finds the events waiting, and
 * their latency counts from when they were due, so that no slow moment hides those behind it (coordinated omission).
 */
export interface Schedule {
  /** On the clock of `monotonicMs`. */
  readonly startMs: number
  readonly eventsPerSecond: number
  /** Events that are due at the same moment; 1: evenly spaced. */
  readonly burst: number
  readonly events: number
  /** Of the first event. Each event has a number of its own in a whole trial. */
  readonly firstSequence: number
}

/** On the clock of `monotonicMs`. */
export function dueMs({ startMs, eventsPerSecond, burst, firstSequence }: Schedule, sequence: number): number {
  const nth = sequence - firstSequence
  return startMs + ((nth - (nth % burst)) * 1000) / eventsPerSecond
}

/** How many events are due at that moment. */
export function dueEvents({ startMs, eventsPerSecond, burst, events }: Schedule, nowMs: number): number {
  if (nowMs < startMs) return 0
  const bursts = Math.floor(((nowMs - startMs) * eventsPerSecond) / 1000 / burst) + 1
  return Math.min(events, bursts * burst)
}
