/** Of so many readings of the two clocks the closest is taken. */
const tries = 100

/** The machine's monotonic clock, which all processes share: what one of them schedules, another can measure against. */
const offsetMs = closestOffset(sharedMs, () => performance.now())

/**
 * What the own clock lacks of the shared one. Where a process is held up between two readings, it is off for good by as much: of 25
 * processes on a busy machine with one try each, all were by 0.8 ms, as the first use of `performance` loads it, and two by 20.
 */
export function closestOffset(shared: () => number, own: () => number): number {
  let [offset, closest] = [0, Infinity]
  for (let nth = 0; nth < tries; nth++) {
    const [before, now, after] = [shared(), own(), shared()]
    if (after - before < closest) [closest, offset] = [after - before, (before + after) / 2 - now]
  }
  return offset
}

function sharedMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** Milliseconds since the machine's start, with fractions. `performance.now` takes a third of what `process.hrtime.bigint` does. */
export function monotonicMs(): number {
  return monotonicOf(performance.now())
}

/** Of a time on the own clock of this process, as its `PerformanceEntry`s have it. */
export function monotonicOf(ownMs: number): number {
  return offsetMs + ownMs
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
