/** The machine's monotonic clock, which all processes share: what one of them schedules, another can measure against. */
const [seconds, nanoseconds] = process.hrtime()
const offsetMs = seconds * 1000 + nanoseconds / 1e6 - performance.now()

/** Milliseconds since the machine's start, with fractions. `performance.now` takes a third of what `process.hrtime.bigint` does. */
export function monotonicMs(): number {
  return offsetMs + performance.now()
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
