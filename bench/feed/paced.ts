import { monotonicMs } from '../harness/monotonic.js'
import { dueEvents, dueMs, type Schedule } from '../workload/schedule.js'

/** Events that are sent in one go at the most: a feeder that has fallen behind catches up in portions. */
const portionMax = 5000

/**
 * Calls `send` with the events that have become due, never before their time. When several are due at once, or while `send`
 * still waits, they go together: [from, to) of the schedule's sequence numbers.
 */
export async function paced(schedule: Schedule, send: (from: number, to: number) => Promise<void> | undefined): Promise<void> {
  const { firstSequence, events } = schedule
  let sent = 0
  while (sent < events) {
    const due = Math.min(dueEvents(schedule, monotonicMs()), sent + portionMax)
    if (due === sent) await untilDue(dueMs(schedule, firstSequence + sent))
    else {
      await send(firstSequence + sent, firstSequence + due)
      sent = due
    }
  }
}

/** Timers of Node are late by up to a millisecond or more; a turn of the event loop is not. */
async function untilDue(dueAt: number): Promise<void> {
  const waitMs = dueAt - monotonicMs()
  if (waitMs > 1.5) await new Promise((resolve) => setTimeout(resolve, waitMs - 1.2))
  else await new Promise((resolve) => setImmediate(resolve))
}
