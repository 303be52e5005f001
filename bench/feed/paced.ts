import { monotonicMs } from '../harness/monotonic.js'
import { entityChooser } from '../workload/popularity.js'
import { dueEvents, dueMs, type Schedule } from '../workload/schedule.js'
import { Standstills } from '../timeline/standstills.js'
import { EventLog, type Fed, type FeedOrder } from './event-log.js'

/** Events that are sent in one go at the most: a feeder that has fallen behind catches up in portions. */
const portionMax = 5000

/** What takes the events that are fed. */
export interface FeedTarget {
  /** Its process is measured: waiting must cost nothing, and events may leave a millisecond late. */
  readonly isMeasured?: boolean
  /** From one sending to the next at the least, in milliseconds; what comes due meanwhile goes together. */
  readonly lingerMs?: number
  take(entity: number, sequence: number): void
  /** Sends what was taken since the last call, of which the first was due then. */
  send(dueMs: number, log: EventLog): Promise<void> | undefined
}

/** Feeds all that is ordered, when it is due, and keeps the account of it. */
export async function feedTo(target: FeedTarget, { schedule, popularity }: FeedOrder): Promise<Fed> {
  const log = new EventLog(popularity.entities)
  const entityOf = entityChooser(popularity)
  const standstills = new Standstills()
  const pace = { until: target.isMeasured ? untilTimer : untilDue, lingerMs: target.lingerMs ?? 0 }
  standstills.begin()
  await paced(schedule, pace, (from, to) => {
    const due = dueMs(schedule, from)
    log.noteLeft(due, monotonicMs(), to - from)
    for (let sequence = from; sequence < to; sequence++) {
      const entity = entityOf(sequence - schedule.firstSequence)
      target.take(entity, sequence)
      log.note(entity, sequence)
    }
    return target.send(due, log)
  })
  return log.result(await standstills.end())
}

/**
 * Calls `send` with the events that have become due, never before their time. When several are due at once, or while `send`
 * still waits, they go together: [from, to) of the schedule's sequence numbers.
 */
async function paced(
  schedule: Schedule,
  { until, lingerMs }: { readonly until: (dueAt: number) => Promise<void>; readonly lingerMs: number },
  send: (from: number, to: number) => Promise<void> | undefined,
): Promise<void> {
  const { firstSequence, events } = schedule
  let [sent, nextMs] = [0, 0]
  while (sent < events) {
    while (monotonicMs() < nextMs) await untilTimer(nextMs) // A timer may be early by a millisecond or more.
    const due = Math.min(dueEvents(schedule, monotonicMs()), sent + portionMax)
    if (due === sent) await until(dueMs(schedule, firstSequence + sent))
    else {
      nextMs = monotonicMs() + lingerMs
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

/** By turns of the event loop the ceiling took a whole core at 5,000 events a second, and was said to deliver less than the gateway. */
async function untilTimer(dueAt: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, dueAt - monotonicMs()))
}
