import type { Clock } from '#clock.js'
import { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import { type JudgingFault, Meter } from './meter.js'

/** Called with an error that was thrown while users' rights were judged. Never throws. */
export type NoteFault = (at: JudgingFault, entityType: string, error: unknown) => void

/** How many faults are logged a minute: one user's claims may cause the same fault with each event. All of them are counted. */
const logsPerMinuteMax = 20

const messages: Readonly<Record<JudgingFault, string>> = {
  rights: "A user's rights could not be worked out: nothing is shown to this user.",
  index: "A user's rights could not be looked up by what they ask for: they are judged with each event.",
  mask: 'What some users may see of an event could not be decided: it is not shown to them.',
  frame: 'An update could not be written: those who would have seen this much of the event miss it.',
}

/**
 * Counts and logs errors that are thrown while one user's rights are judged. They concern that user only, who is shown nothing, which is
 * safe. The other users get their updates.
 */
export class JudgingFaults {
  private readonly pace: LinePace

  constructor(
    private readonly meter: Meter,
    private readonly log: Log,
    clock: Clock,
  ) {
    this.pace = new LinePace(logsPerMinuteMax, clock)
  }

  readonly note: NoteFault = (at, entityType, error) => {
    Meter.count(this.meter.judgingFaults, at)
    if (this.pace.next() !== 'log') return
    try {
      this.log.error({ at, entity_type: entityType, thrown: thrownBy(error) }, messages[at])
    } catch {
      // The fault is counted already, and a failing log must not let one user's fault concern everybody.
    }
  }
}

/** Names the place where an error was thrown. Leaves out its message, which may quote a claim or an event's value. */
function thrownBy(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
  return [error.name, ...frames.slice(0, 5).map((line) => line.trim())].join(' ')
}
